"""Mail goes out over a real socket, reads as it was written, and cannot be made to say more than it should."""

import logging
import ssl
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import example, given
from hypothesis import strategies as st

import connectors.mail
from bpm.connecting import ConnectorError, ConnectorSettingError, OutsideError, Registry, read_manifest, typed_settings
from connectors.mail.connector import Connector, compose
from connectors.mail.simulator import Simulator, for_demo

MANIFEST = read_manifest(Path(connectors.mail.__path__[0]))
WANG = "wang@example.com"
LETTER = {"to": WANG, "subject": "您的投诉已受理", "text": "王先生，您好：\n工单 SD-531-20261121-000123 已受理。\n"}
CONTROL = ["\r\nBcc: all@example.com", "\nBcc: all@example.com", "\rX: 1", "\x00", "\x0b", "\x85X: 1", "\u2028X: 1", "\n"]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    simulator = Simulator()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def mail(simulator: Simulator) -> Registry:
    return reaching(simulator.settings)


def reaching(settings: Any, *, time_limit: float | None = None) -> Registry:
    """Our side: the connector with these settings, behind the registry."""
    manifest = MANIFEST
    if time_limit is not None:
        manifest = replace(manifest, operations={"send": replace(manifest.operations["send"], time_limit=time_limit)})
    values = typed_settings(manifest, settings)
    assert values is not None
    registry = Registry()
    registry.register(manifest, Connector(values, manifest), [values["password"]] if "password" in values else [])
    return registry


def send(mail: Registry, key: str = "i1:t1", **changes: Any) -> str:
    answer = mail.perform("mail", "send", {**LETTER, **changes}, key)
    return str(answer["message_id"])


def refused(mail: Registry, **changes: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        send(mail, **changes)
    return raised.value


def test_the_customer_reads_what_was_written(mail, simulator):
    sent = send(mail, reply_to="reply+abc.def@baton.example")
    (letter,) = simulator.messages_to(WANG)
    assert letter["Subject"] == "您的投诉已受理"
    assert letter.get_content().replace("\r\n", "\n") == LETTER["text"]
    assert (letter["From"], letter["To"], letter["Reply-To"]) == ("baton@baton.example", WANG, "reply+abc.def@baton.example")
    assert letter["Message-ID"] == sent
    assert letter["Date"].datetime.tzinfo is not None


def test_no_machine_answers_a_machine(mail, simulator):
    send(mail)
    (letter,) = simulator.messages_to(WANG)
    assert (letter["Auto-Submitted"], letter["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


def test_text_and_html_travel_together(mail, simulator):
    send(mail, html="<p>您好，<b>已受理</b></p>")
    (letter,) = simulator.messages_to(WANG)
    plain, html = letter.iter_parts()
    assert plain.get_content_type() == "text/plain"
    assert "已受理" in plain.get_content()
    assert html.get_content().strip() == "<p>您好，<b>已受理</b></p>"


def test_a_mail_that_is_sent_again_is_the_same_mail(mail, simulator):
    assert send(mail, "i1:t1") == send(mail, "i1:t1") != send(mail, "i1:t2")
    first, again, other = simulator.messages_to(WANG)
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert "i1:t1" not in first["Message-ID"]


def test_a_long_subject_and_long_lines_arrive_whole(mail, simulator):
    subject, text = "关于套餐外流量费用的投诉" * 20, "无信号" * 20000
    send(mail, subject=subject, text=text)
    (letter,) = simulator.messages_to(WANG)
    assert letter["Subject"] == subject
    assert letter.get_content().strip() == text
    assert max(len(line) for line in letter.as_bytes().splitlines()) < 200


def test_answers_find_their_thread_by_ids_that_stay_whole(tmp_path):
    simulator = for_demo(tmp_path, tmp_path)
    simulator.start()
    ids = [f"<baton.{'0123456789' * 4}@a-very-long-name-of-a-mail-domain-{n}.operator.example.com>" for n in range(3)]
    send(
        reaching(simulator.settings),
        headers={"In-Reply-To": ids[0], "References": " ".join(ids), "X-Baton-Order": "SD-531-20261121-000123"},
    )
    simulator.stop()
    (letter,) = simulator.messages_to(WANG)
    (written,) = (tmp_path / "mail").iterdir()
    assert f"In-Reply-To: {ids[0]}\r\nReferences: {ids[0]}\r\n {ids[1]}\r\n {ids[2]}\r\n".encode() in written.read_bytes()
    assert letter["References"].split() == ids
    assert letter["X-Baton-Order"] == "SD-531-20261121-000123"


@pytest.mark.parametrize("control", CONTROL)
@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_a_line_break_cannot_begin_another_header(mail, simulator, field, control):
    assert refused(mail, **{field: WANG + control}).code == "bad-input"
    assert simulator.messages() == []


@pytest.mark.parametrize("control", CONTROL)
def test_a_subject_of_several_lines_arrives_in_one(mail, simulator, control):
    send(mail, subject=f"漫游费{control} 又多扣了\t")
    (letter,) = simulator.messages_to(WANG)
    assert letter["Subject"] == " ".join(f"漫游费{control} 又多扣了".replace("\0", " ").split())
    assert {"Bcc", "X"}.isdisjoint(letter.keys())


@pytest.mark.parametrize("control", CONTROL)
def test_a_line_break_cannot_hide_in_a_further_header(mail, simulator, control):
    assert refused(mail, headers={"X-Baton-Order": f"1{control}"}).code == "bad-input"
    assert refused(mail, headers={f"X-Baton-Order{control}": "1"}).code == "bad-input"
    assert simulator.messages() == []


@pytest.mark.parametrize(
    "name", ["Bcc", "To", "From", "Subject", "Message-ID", "Content-Type", "Auto-Submitted", "X-Auto-Response-Suppress", ""]
)
def test_a_further_header_cannot_take_the_place_of_ours(mail, simulator, name):
    assert refused(mail, headers={name: "x@example.com"}).code == "bad-input"
    assert simulator.messages() == []


@example("\r", "subject")
@example("\r", "X-Baton-Order")
@given(st.text(min_size=1), st.sampled_from(["subject", "X-Baton-Order"]))
def test_even_without_the_manifest_no_text_makes_a_second_header(text, field):
    """The library alone lets a last carriage return cut the headers in two, and Auto-Submitted with them."""
    inputs = {**LETTER, **({"subject": text} if field == "subject" else {"headers": {field: text}})}
    if field != "subject" and any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text):
        with pytest.raises(OutsideError, match="mail-refused"):
            compose(inputs, "i1:t1", "baton@baton.example")
        return
    written = compose(inputs, "i1:t1", "baton@baton.example").as_bytes()
    names = [name.lower() for name in message_from_bytes(written, policy=policy.default)]
    ours = ["from", "to", "subject", "date", "message-id", "auto-submitted", "x-auto-response-suppress", "content-type"]
    ours += ["content-transfer-encoding", "mime-version"] + ([field.lower()] if field != "subject" else [])
    assert sorted(names) == sorted(ours)


@pytest.mark.parametrize(
    "address",
    [
        "nobody",
        "@example.com",
        "wang@",
        "alice@corp.cn)bob@evil.com",
        "Wang <wang@example.com>",
        "a@example.com,b@example.com",
        "a b@example.com",
        ".a@example.com",
        "a..b@example.com",
        '"a b"@example.com',
        "a@exa mple.com",
        "a@-example.com",
        "a@example..com",
        "王@example.com",
        f"{'a' * 65}@example.com",
        "<script>@example.com",
    ],
)
def test_what_is_not_one_plain_address_gets_no_mail(mail, simulator, address):
    error = refused(mail, to=address)
    assert (error.code, error.retry, error.facts["reason"]) == ("bad-address", False, "not-an-address")
    assert refused(mail, reply_to=address).code == "bad-address"
    assert simulator.messages() == []


def test_a_chinese_domain_is_written_in_ascii(mail, simulator):
    send(mail, to="kefu@例子.中国")
    assert len(simulator.messages_to("kefu@xn--fsqu00a.xn--fiqs8s")) == 1


def test_an_address_that_the_server_does_not_know(mail, simulator, caplog):
    simulator.fail("reject", address="nobody@example.com")
    error = refused(mail, to="nobody@example.com")
    assert (error.code, error.retry) == ("bad-address", False)
    assert error.message == "No mail can be sent to n***@example.com (smtp-550)."
    assert error.translations["zh"].format(**error.facts) == "无法向 n***@example.com 发送邮件（smtp-550）。"
    assert "nobody@" not in caplog.text


def test_only_the_address_that_was_named_is_refused(mail, simulator):
    simulator.fail("reject", address="nobody@example.com")
    send(mail)
    assert len(simulator.messages_to(WANG)) == 1


@pytest.mark.parametrize(
    ("kind", "code", "retry", "reason"),
    [
        ("refuse", "mail-down", True, "connection"),
        ("busy", "mail-down", True, "smtp-451"),
        ("cut", "mail-down", True, "connection"),
        ("content", "mail-refused", False, "smtp-554"),
    ],
)
def test_each_fault_is_told_and_says_whether_another_try_helps(mail, simulator, kind, code, retry, reason):
    simulator.fail(kind)
    error = refused(mail)
    assert (error.code, error.retry, error.facts["reason"]) == (code, retry, reason)
    assert simulator.messages() == []
    send(mail)
    assert len(simulator.messages_to(WANG)) == 1


def test_a_server_that_hangs_up_before_it_says_yes_gets_the_same_mail_again(mail, simulator):
    simulator.fail("lost-answer")
    error = refused(mail)
    assert (error.code, error.retry) == ("mail-down", True)
    again = send(mail)
    assert [letter["Message-ID"] for letter in simulator.messages_to(WANG)] == [again, again]


def test_a_server_that_keeps_silent_is_given_up_in_time(simulator):
    impatient = reaching(simulator.settings, time_limit=0.5)
    simulator.fail("slow")
    error = refused(impatient)
    assert (error.code, error.retry, error.facts["reason"]) == ("mail-down", True, "timeout")


def test_a_server_that_is_not_there(simulator):
    simulator.stop()
    error = refused(reaching(simulator.settings))
    assert (error.code, error.retry, error.facts["reason"]) == ("mail-down", True, "connection")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def guarded(authority: trustme.CA, tmp_path: Path) -> Iterator[Callable[..., dict[str, str]]]:
    """A server that wants encryption and a login; gives the settings to reach it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    simulator = Simulator(tls=context, login=("baton", "correct-horse-battery"))
    simulator.start()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    settings = {**simulator.settings, "BATON_MAIL_SECURITY": "starttls", "BATON_MAIL_CA_FILE": str(tmp_path / "ca.pem")}
    settings |= {"BATON_MAIL_USERNAME": "baton", "BATON_MAIL_PASSWORD": "correct-horse-battery"}
    yield lambda **changes: settings | {f"BATON_MAIL_{name.upper()}": value for name, value in changes.items()}
    simulator.stop()


def test_a_login_goes_over_an_encrypted_line(guarded):
    assert send(reaching(guarded()))


def test_a_wrong_password_is_refused_and_appears_nowhere(guarded, caplog):
    caplog.set_level(logging.DEBUG)
    error = refused(reaching(guarded(password="my-own-private-password")))
    assert (error.code, error.retry, error.facts["reason"]) == ("mail-refused", False, "smtp-535")
    assert "my-own-private-password" not in caplog.text + error.message + repr(error.facts)


def test_a_server_with_an_unknown_certificate_gets_neither_password_nor_mail(guarded):
    error = refused(reaching(guarded(ca_file="")))
    assert (error.code, error.retry, error.facts["reason"]) == ("mail-refused", False, "certificate")


def test_a_server_that_offers_no_encryption_gets_no_mail(simulator):
    error = refused(reaching({**simulator.settings, "BATON_MAIL_SECURITY": "starttls"}))
    assert (error.code, error.retry, error.facts["reason"]) == ("mail-refused", False, "no-encryption-or-login")
    assert simulator.messages() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "none", "username": "baton", "password": "correct-horse"},
        {"password": "correct-horse"},
        {"port": "mail"},
        {"port": "70000"},
        {"sender": "baton"},
        {"security": "ssl"},
    ],
)
def test_settings_that_would_not_do_stop_the_start(wrong):
    settings = {"host": "mail.example.com", "sender": "baton@example.com"} | wrong
    with pytest.raises(ConnectorSettingError) as raised:
        typed_settings(MANIFEST, {f"BATON_MAIL_{name.upper()}": value for name, value in settings.items()})
    assert "correct-horse" not in str(raised.value)


def test_the_demo_keeps_every_mail_as_a_file(tmp_path):
    simulator = for_demo(tmp_path, tmp_path / "var")
    simulator.start()
    mail = reaching(simulator.settings)
    send(mail, "i1:t1")
    send(mail, "i1:t2", subject="办结")
    simulator.stop()
    kept = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted((tmp_path / "var" / "mail").glob("*.eml"))]
    assert [letter["Subject"] for letter in kept] == ["您的投诉已受理", "办结"]
