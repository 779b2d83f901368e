"""Hostile texts wherever a text is shown, searched for, sorted by or sent."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, update

from bpm import access, attachments, clock, notices, org
from bpm.models import Attachment, Task, WorkOrder
from bpm.models.database import unit_of_work
from bpm.paging import CursorError, cursor_of, read_cursor
from bpm.request import SESSION_COOKIE
from tests.api.drawings import ERRAND, FORM
from tests.security.payloads import SCRIPTS, SQL, TEMPLATES
from tests.security.town import Loot, Town
from tests.web.office import COMPLAINT

WATCH = """
window.told = [];
window.pwned = () => window.told.push('a script ran');
window.alert = window.pwned;
const tell = (event) => window.told.push([event.violatedDirective, event.blockedURI, event.sample]);
document.addEventListener('securitypolicyviolation', tell);
"""
INJECTED = (
    "x-pwned, [onerror], [onload], [onfocus], [onmouseover], [ontoggle], [hx-on\\\\:click], "
    "iframe, object, embed, base, marquee, script:not([src])"
)


def poisoned(town: Town) -> Loot:
    """An order in all of whose fields somebody has written scripts."""
    loot, everything = town.another(), "\n".join(SCRIPTS)
    agent = town.desk["agent"]
    agent.post(f"/work-orders/{loot.number}/notes", {"text": everything})
    agent.post(f"/work-orders/{loot.number}/information", {"text": everything})
    agent.post(f"/work-orders/{loot.number}/urge", {"reason": everything})
    town.desk["reviewer"].post(f"/tasks/{loot.task_id}/comments", {"text": everything})
    with unit_of_work() as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == loot.number)).one()
        order.description = order.demand = order.answer_text = everything
        order.title, order.contact_name, order.result = SCRIPTS[0], SCRIPTS[1], SCRIPTS[2]
        order.answered_at = None
        for payload in SCRIPTS[:12]:
            attachments.attach(session, order, f"{payload.replace('/', '')}.pdf", b"x", clock.now())
        people = [org.find_user(session, login) for login in ("agent", "reviewer")]
        notices.tell(session, people, "urge", "{text}", {"text": everything}, now=clock.now(), order=order)
    return loot


def entitle(loot: Loot, title: str) -> None:
    """Give the order other texts where they are short."""
    with unit_of_work() as session:
        session.execute(
            update(WorkOrder).where(WorkOrder.number == loot.number).values(title=title, contact_name=title, current_step=title)
        )
        session.execute(update(Task).where(Task.id == loot.task_id).values(name=title, why=title))


def come_in(page: Page, town: Town, address: str, login: str) -> None:
    """Open a browser in which somebody is logged in."""
    with unit_of_work() as session:
        _, secret = access.open_login(session, org.find_user(session, login), clock.wall())
    page.context.clear_cookies()
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": address}])


def look(page: Page, url: str) -> None:
    """Read a page as a person does; nothing of what strangers wrote has become part of it."""
    page.goto(url, wait_until="load")
    assert page.locator("main, body").first.is_visible()
    told = page.evaluate("window.told")
    assert told == [], (url, told)
    assert page.evaluate(f"[...document.querySelectorAll('{INJECTED}')].map((node) => node.outerHTML.slice(0, 200))") == [], url
    hrefs = page.evaluate(
        "['href', 'action', 'src'].flatMap((name) => [...document.querySelectorAll(`[${name}]`)].map((n) => n.getAttribute(name)))"
    )
    assert not [href for href in hrefs if re.match(r"\s*(java|data:text|vb)", href or "")], url


@pytest.mark.browser
def test_no_script_of_a_stranger_runs_in_anybodys_browser(town: Town, address: str, page: Page) -> None:
    loot = poisoned(town)
    page.add_init_script(WATCH)
    own = (f"/orders/{loot.number}", "/orders", f"/inbox/tasks/{loot.task_id}", "/inbox?view=unit")
    for start in range(0, len(SCRIPTS), 3):
        entitle(loot, " ".join(SCRIPTS[start : start + 3]))
        come_in(page, town, address, "reviewer")
        look(page, address + own[(start // 3) % len(own)])
    for path in (*own, "/notices", f"/inbox?q={quote(SCRIPTS[0])}", f"/orders?q={quote(SCRIPTS[1])}", f"/inbox?view={quote(SCRIPTS[2])}"):
        look(page, address + path)
    come_in(page, town, address, "agent")
    for path in ("/intake?number=13805312716", "/notices", f"/nowhere/{quote(SCRIPTS[0], safe='')}"):
        look(page, address + path)
    page.context.clear_cookies()
    for path in (f"/track/{loot.token}", "/complain", f"/login?to={quote(SCRIPTS[25])}", "/track"):
        look(page, address + path)
    assert "pwned()" in page.goto(f"{address}/track/{loot.token}").text(), "the customer reads what was written, as text"  # type: ignore[union-attr]


@pytest.mark.browser
def test_no_script_of_a_model_author_runs_either(town: Town, address: str, page: Page) -> None:
    """Names in a drawing, its form and its texts, in the list of processes, in the picture and in the findings."""
    name = quote_xml(" ".join(SCRIPTS[:9]))
    drawing = ERRAND.replace('name="跑腿"', f'name="{name}"').replace('name="去办"', f'name="{name}"').replace('id="errand"', 'id="evil"')
    drawing = drawing.replace("</bpmn:definitions>", EVIL_PICTURE + "</bpmn:definitions>")
    form = FORM.replace("备注", "<img src=x onerror=pwned()>").replace("急", "<script>pwned()</script>")
    answer = town.deploy({"evil.bpmn": drawing.encode(), "forms/note.json": form.encode()}, publish="true", note=SCRIPTS[1])
    assert answer.status_code == 201, answer.text
    broken = town.deploy({"evil.bpmn": drawing.replace('ref="note"', f'ref="{quote_xml(SCRIPTS[1])}"').encode()}, publish="false")
    assert broken.status_code == 201, broken.text
    started = town.desk["agent"].post("/instances", {"definition_key": "evil", "variables": {"who": SCRIPTS[1], "amount": 1}}).json
    task = town.desk["agent"].get(f"/instances/{started['id']}/tasks").json["items"][0]
    page.add_init_script(WATCH)
    come_in(page, town, address, "agent")
    for path in (f"/inbox/tasks/{task['id']}", "/inbox?view=unit"):
        look(page, address + path)
    come_in(page, town, address, "analyst")
    look(page, f"{address}/definitions")
    for made in (answer, broken):
        look(page, f"{address}/definitions/{made.json['id']}")
        page.wait_for_selector("[data-diagram]:not([aria-busy])", state="attached")
        assert page.evaluate("window.told") == []
    raw = town["analyst"].get(f"/definitions/{answer.json['id']}/xml?file=evil.bpmn").response
    assert raw.headers["Content-Disposition"].startswith("attachment"), "an XML page could be dressed up as one of ours"


EVIL_PICTURE = """
<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="di">
<bpmndi:BPMNPlane id="pl" bpmnElement="evil">
<bpmndi:BPMNShape id="s1" bpmnElement="ask"><dc:Bounds x="10" y="10" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="s2" bpmnElement="go"><dc:Bounds x="200" y="10" width="100" height="80"/></bpmndi:BPMNShape>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
"""


def quote_xml(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("\t", " ").replace("\n", " ")


def test_nothing_that_somebody_wrote_is_ever_taken_for_a_template(town: Town) -> None:
    loot = town.another()
    text = " ".join(TEMPLATES)
    for path, body in (("notes", {"text": text}), ("information", {"text": text}), ("urge", {"reason": text})):
        assert town.desk["agent"].post(f"/work-orders/{loot.number}/{path}", body).status_code == 200, path
    entitle(loot, text)
    town.desk["reviewer"].post(f"/tasks/{loot.task_id}/comments", {"text": text})
    with unit_of_work() as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == loot.number)).one()
        told = notices.tell_customer(session, order, "received", {"title": text, "number": text}, clock.now())
        assert "__mro__" in told.text or text not in told.text
        assert "<class" not in told.text
    for login, path in (
        ("reviewer", f"/orders/{loot.number}"),
        ("reviewer", f"/inbox/tasks/{loot.task_id}"),
        ("agent", "/notices"),
        ("reviewer", "/inbox?view=unit"),
    ):
        shown = town[login].get(path)
        assert shown.status == 200, path
        assert "<class" not in shown.text, path
    assert "{{7*7}}" in town.stranger.get(f"/track/{loot.token}").text
    for payload in TEMPLATES:
        assert town.desk["agent"].post("/work-orders", {**COMPLAINT, "channel": payload}).status_code == 422, payload
        assert town.desk["agent"].post("/work-orders", {**COMPLAINT, "external_id": payload, "title": payload}).status_code == 201, payload
        clash = town.desk["far_agent"].post("/work-orders", {**COMPLAINT, "external_id": payload})
        assert (clash.status_code, clash.json["facts"]) == (409, {"external_id": payload})
        told_back = town.desk["agent"].post(f"/tasks/{loot.task_id}/complete", {"variables": {payload: payload}})
        assert told_back.status_code in {404, 409}
        assert town.deploy({f"{payload}.bpmn".replace("/", ""): payload.encode()}).status_code == 422, payload


@pytest.mark.parametrize("payload", SQL)
def test_no_text_becomes_part_of_a_query(town: Town, payload: str) -> None:
    agent, person = town.desk["agent"], town["agent"]
    for path, names in (
        ("/work-orders", ("q", "state", "unit", "class", "city", "level", "cursor")),
        ("/tasks", ("q", "sort", "view", "status", "cursor")),
        ("/instances", ("definition_key", "business_key", "cursor")),
    ):
        for name in names:
            answer = agent.get(path, **{name: payload})
            assert answer.status_code in {200, 422}, (path, name)
            if answer.status_code == 200 and name not in {"q"}:
                assert answer.json["items"] == [], (path, name)
    for path in (
        "/inbox?q={}",
        "/inbox?level={}",
        "/inbox?sort={}",
        "/orders?q={}",
        "/orders?class_code={}",
        "/orders?cursor={}",
        "/intake/classes?class-text={}",
        "/intake?number={}",
    ):
        assert person.get(path.format(quote(payload))).status in {200, 302, 422}, path
    assert town.stranger.post("/track", data={"number": payload, "digits": payload}).status_code == 404
    with unit_of_work(write=False) as session:
        assert session.scalars(select(Task.id)).first() is not None, "the table is still there"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "a",
        "%%%",
        "é",
        "A" * 100_000,
        "bnVsbA",
        cursor_of("0001-01-01T00:00:00+14:00", "x"),
        cursor_of("2026-01-01T00:00:00", "x"),
        cursor_of(10**18, "2026-01-01T00:00:00+00:00", "x"),
    ],
)
def test_a_place_in_a_list_that_was_made_up_is_refused(town: Town, cursor: str) -> None:
    with pytest.raises(CursorError):
        read_cursor(cursor, datetime, UUID)
    with pytest.raises(CursorError):
        read_cursor(cursor, int, datetime, UUID)
    for path in ("/work-orders", "/tasks", "/instances", "/definitions"):
        assert town.desk["agent"].get(path, cursor=cursor).status_code in ({422} if cursor else {200, 422})


def test_what_postgresql_cannot_keep_is_no_place_in_a_list() -> None:
    with pytest.raises(CursorError):
        read_cursor(cursor_of("a\0b", 1), str, int)
    assert read_cursor(cursor_of("ab", 1), str, int) == ["ab", 1]


def test_nul_is_dropped_from_forms_and_refused_in_json_and_addresses(town: Town) -> None:
    agent, person = town.desk["agent"], town["agent"]
    assert agent.post("/work-orders", {**COMPLAINT, "title": "a\0b"}).json["code"] == "not-plain"
    assert agent.post("/instances", {"definition_key": "complaint", "variables": {"\0": 1}}).json["code"] == "not-plain"
    kept = person.client.post("/intake", data={**COMPLAINT, "title": "a\0b", "csrf_token": person.csrf})
    assert kept.status_code == 303
    assert agent.get(f"/work-orders/{kept.headers['Location'].rpartition('/')[2]}").json["title"] == "ab"
    for path in ("/track/%00", "/orders/%00", "/api/v1/work-orders/%00", "/inbox?q=%00", "/api/v1/work-orders?q=a%00b", "/orders?%00=1"):
        answer = agent.client.get(path, headers={"Authorization": agent.headers["Authorization"]})
        assert answer.status_code == 404, path


def test_no_line_is_slipped_into_an_answer(town: Town) -> None:
    loot = town.another()
    with unit_of_work() as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == loot.number)).one()
        names = [
            "a\r\nSet-Cookie: x=y.pdf",
            'quote".pdf',
            "../../etc/passwd.pdf",
            "..\\..\\x.pdf",
            "=cmd|' /C calc'!A0.csv",
            "a\u202efdp.exe.pdf",
            "文件.pdf",
            "\ud83d\ude00.pdf".encode("utf-16", "surrogatepass").decode("utf-16"),
        ]
        files = [attachments.attach(session, order, name, b"x", clock.now()).id for name in names]
    for file in files:
        answer = town["agent"].get(f"/orders/{loot.number}/attachments/{file}").response
        assert answer.status_code == 200
        assert "x=y" not in str(answer.headers.getlist("Set-Cookie"))
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment; filename")
        assert not set("\r\n/\\") & set(said.replace('\\"', "").replace("UTF-8''", ""))
    with unit_of_work(write=False) as session:
        kept = [session.get_one(Attachment, file).name for file in files]
    assert all(name.isprintable() and "/" not in name for name in kept), kept


def test_the_customers_words_stay_text_in_mails(town: Town) -> None:
    number = town.loot.number
    with unit_of_work() as session:
        order = session.scalars(select(WorkOrder).where(WorkOrder.number == number)).one()
        order.title = "a\r\nBcc: all@evil.example"
        subject, _ = notices._wording(session, order, "no such text", {}, "zh")
        assert subject == "a Bcc: all@evil.example"
    assert notices._one_line("a\x01b\u2028c\x85d\te") == "ab c d e", "a control character would keep the mail back for good"
    told = town.desk["agent"].post("/work-orders", {**COMPLAINT, "title": "a\r\nb"})
    assert told.json["title"] == "a b"
    for email in ("a,b@c.de", "a;b@c.de", "<a@c.de>", "a@b@c.de", "a b@c.de", "a\r\nBcc:x@c.de", "a(x)@c.de", "a\x01@c.de", '"a"@c.de'):
        answer: Any = town.desk["agent"].post("/work-orders", {**COMPLAINT, "contact_email": email})
        assert answer.status_code == 422, email
        assert set(answer.json["fields"]) == {"contact_email"}
