"""A connector keeps what its manifest promises, and whatever happens outside comes back as one kind of error."""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpm import caller
from bpm.connecting import (
    ConnectorError,
    ConnectorSettingError,
    Json,
    Manifest,
    ManifestError,
    OutsideError,
    Registry,
    Retry,
    delay,
    load,
    read_manifest,
    typed_settings,
)

MANIFEST: Json = {
    "name": "postbox",
    "operations": {
        "drop": {
            "inputs": {
                "type": "object",
                "required": ["letter"],
                "additionalProperties": False,
                "properties": {"letter": {"type": "string", "maxLength": 20}, "stamp": {"type": "integer"}},
            },
            "outputs": {
                "type": "object",
                "required": ["slot"],
                "additionalProperties": False,
                "properties": {"slot": {"type": "integer"}},
            },
            "errors": ["full"],
            "time_limit": 20,
            "retry": {"tries": 3, "first_delay": 10, "max_delay": 60},
            "idempotent": True,
        }
    },
    "errors": {"full": {"retry": True}, "closed": {"retry": False}},
    "settings": {
        "type": "object",
        "required": ["street", "token"],
        "additionalProperties": False,
        "properties": {
            "street": {"type": "string"},
            "token": {"type": "string", "minLength": 8},
            "slots": {"type": "integer", "minimum": 1, "default": 4},
            "wide": {"type": "boolean", "default": False},
            "height": {"type": "number"},
        },
    },
    "secrets": ["token"],
}
CHINESE = {
    "title": "信箱",
    "operations.drop": "投递",
    "fields.letter": "信件",
    "fields.stamp": "邮票",
    "fields.slot": "格口",
    "errors.full": "{street}的信箱满了。",
    "errors.closed": "信箱关闭了。",
    "settings.street": "街道",
    "settings.token": "令牌",
    "settings.slots": "格口数",
    "settings.wide": "加宽",
    "settings.height": "高度",
}
ENGLISH = {key: key for key in CHINESE} | {
    "title": "Post box",
    "operations.drop": "Drop a letter",
    "errors.full": "The box in {street} is full.",
}
CODE = """
class Connector:
    def __init__(self, settings, manifest):
        self.settings, self.manifest = settings, manifest
    def perform(self, operation, inputs, key):
        return {"slot": self.settings["slots"]}
"""


class Box:
    """A connector that does what the test says, and remembers what it was asked."""

    def __init__(self, act: Callable[[], Any] = lambda: {"slot": 1}) -> None:
        self.act = act
        self.asked: list[tuple[str, Json, str]] = []

    def perform(self, operation: str, inputs: Json, key: str) -> Any:
        self.asked.append((operation, inputs, key))
        return self.act()


def write(folder: Path, manifest: Json = MANIFEST, chinese: Json = CHINESE, english: Json = ENGLISH) -> Path:
    (folder / "strings").mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "strings" / "zh.json").write_text(json.dumps(chinese), encoding="utf-8")
    (folder / "strings" / "en.json").write_text(json.dumps(english), encoding="utf-8")
    return folder


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return read_manifest(write(tmp_path / "postbox"))


def registry_of(manifest: Manifest, act: Callable[[], Any] = lambda: {"slot": 1}) -> tuple[Registry, Box]:
    registry, box = Registry(), Box(act)
    registry.register(manifest, box, ["top-secret-token"])
    return registry, box


def raising(error: BaseException) -> Callable[[], Any]:
    def act() -> Any:
        raise error

    return act


def refused(registry: Registry, inputs: Json | None = None, *, operation: str = "drop", key: str = "i1:t1") -> ConnectorError:
    with pytest.raises(ConnectorError) as raised:
        registry.perform("postbox", operation, {"letter": "hello"} if inputs is None else inputs, key)
    return raised.value


def test_a_call_that_fits_the_manifest_reaches_the_connector_with_its_key(manifest):
    registry, box = registry_of(manifest)
    assert registry.perform("postbox", "drop", {"letter": "你好"}, "i1:t1") == {"slot": 1}
    assert box.asked == [("drop", {"letter": "你好"}, "i1:t1")]


def test_a_variable_that_the_process_does_not_have_is_an_optional_input_left_out(manifest):
    registry, box = registry_of(manifest)
    registry.perform("postbox", "drop", {"letter": "hello", "stamp": None}, "i1:t1")
    assert box.asked[0][1] == {"letter": "hello"}
    assert refused(registry, {"letter": None}).code == "bad-input"


@pytest.mark.parametrize(
    "inputs", [{}, {"letter": 1}, {"letter": "x" * 21}, {"letter": "x", "colour": "red"}, {"letter": "x", "stamp": "a"}]
)
def test_inputs_that_do_not_fit_never_leave_the_house(manifest, inputs):
    registry, box = registry_of(manifest)
    error = refused(registry, inputs)
    assert (error.code, error.retry, box.asked) == ("bad-input", False, [])


def test_the_sentence_names_the_field_and_never_its_value(manifest):
    error = refused(registry_of(manifest)[0], {"letter": "13800001234 wrote this long letter"})
    assert "letter" in error.message
    assert "13800001234" not in error.message


@pytest.mark.parametrize("answer", [{}, {"slot": "one"}, {"slot": 1, "more": 2}, None, [1], "slot"])
def test_an_answer_that_does_not_fit_is_not_let_in(manifest, answer):
    error = refused(registry_of(manifest, lambda: answer)[0])
    assert (error.code, error.retry) == ("bad-output", False)


def test_what_the_connector_promised_to_raise_is_told_in_both_languages(manifest):
    error = refused(registry_of(manifest, raising(OutsideError("full", street="Long Street")))[0])
    assert (error.code, error.retry) == ("full", True)
    assert error.message == "The box in Long Street is full."
    assert caller.told(error, "zh") == "Long Street的信箱满了。"


@pytest.mark.parametrize(
    "raised",
    [
        ValueError("top-secret-token"),
        KeyError("x"),
        TimeoutError(),
        OutsideError("closed"),
        OutsideError("top-secret-token"),
        OutsideError("full"),
    ],
    ids=["bug", "lookup", "timeout", "not of this operation", "unknown code", "a fact is missing"],
)
def test_no_foreign_exception_escapes_and_none_tells_a_secret(manifest, raised, caplog):
    caplog.set_level(logging.DEBUG)
    error = refused(registry_of(manifest, raising(raised))[0])
    assert (error.code, error.retry) == ("connector-fault", False)
    assert error.__cause__ is error.__context__ is None
    assert "top-secret-token" not in error.message + repr(error.facts) + caplog.text


def test_a_secret_in_a_fact_is_covered(manifest):
    error = refused(registry_of(manifest, raising(OutsideError("full", street="top-secret-token street")))[0])
    assert error.message == "The box in *** street is full."


def test_a_connector_cannot_pass_an_error_of_its_own_making(manifest):
    own = ConnectorError("made-up", "top-secret-token", {}, retry=True)
    assert refused(registry_of(manifest, raising(own))[0]).code == "connector-fault"


@pytest.mark.parametrize(("idempotent", "retry"), [(True, True), (False, False)])
def test_a_call_that_hangs_is_given_up_and_asked_again_only_where_that_is_harmless(manifest, idempotent, retry):
    promised = replace(manifest.operations["drop"], time_limit=0.05, idempotent=idempotent)
    forever = threading.Event()
    registry, _ = registry_of(replace(manifest, operations={"drop": promised}), lambda: forever.wait(30))
    error = refused(registry)
    forever.set()
    assert (error.code, error.retry) == ("timed-out", retry)


def test_a_connector_whose_calls_all_hang_gets_no_more_until_they_come_back(manifest):
    promised = replace(manifest.operations["drop"], time_limit=0.02)
    forever = threading.Event()
    registry, box = registry_of(replace(manifest, operations={"drop": promised}), lambda: forever.wait(30) and {"slot": 1})
    codes = [refused(registry).code for _ in range(10)]
    assert codes == ["timed-out"] * 8 + ["overloaded"] * 2
    assert len(box.asked) == 8
    forever.set()
    for thread in threading.enumerate():
        if thread.name == "connector-call":
            thread.join()
    assert registry.perform("postbox", "drop", {"letter": "hello"}, "i1:t1") == {"slot": 1}


@pytest.mark.parametrize("key", ["", "a b", "a\r\nX-Evil: 1", "键", "k" * 201])
def test_a_key_that_could_not_stand_in_a_header_is_refused(manifest, key):
    registry, box = registry_of(manifest)
    assert refused(registry, key=key).code == "bad-key"
    assert box.asked == []


def test_unknown_and_not_set_up_are_told_apart(manifest):
    registry = Registry()
    assert refused(registry).code == "unknown-connector"
    registry.register(manifest, None)
    assert refused(registry, operation="burn").code == "unknown-operation"
    assert refused(registry).code == "not-set-up"
    assert not registry.ready("postbox")
    assert registry.get("postbox") is manifest


def test_a_drawn_call_is_checked_when_it_is_deployed(manifest):
    registry, _ = registry_of(manifest)
    assert registry.check("postbox", "drop", {"letter": None}) == []
    assert [f.code for f in registry.check("nobody", "drop", {})] == ["unknown-connector"]
    assert [f.code for f in registry.check("postbox", "burn", {})] == ["unknown-operation"]
    missing, unknown = registry.check("postbox", "drop", {"leter": "x"}, file="a.bpmn", element="Task_1")
    assert (missing.code, missing.facts["name"]) == ("call-input-missing", "letter")
    assert (unknown.code, unknown.facts["name"], unknown.file, unknown.element) == ("call-input-unknown", "leter", "a.bpmn", "Task_1")
    assert "leter" in unknown.sentence


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ({"letter": "hello", "stamp": None}, []),
        ({"letter": "hello", "stamp": "three"}, [("stamp", {"value": "three", "example": "= 1"})]),
        ({"letter": "hello", "stamp": "3"}, [("stamp", {"value": "3", "example": "= 1"})]),
        ({"letter": "h" * 21}, [("letter", {"value": "h" * 21, "rule": "maxLength 20"})]),
    ],
)
def test_an_input_that_is_drawn_as_what_the_operation_cannot_take_is_told_when_it_is_deployed(manifest, drawn, told):
    registry, _ = registry_of(manifest)
    found = registry.check("postbox", "drop", drawn, file="a.bpmn", element="Task_1")
    facts = [
        (each.facts["name"], {name: each.facts[name] for name in each.facts if name in ("value", "example", "rule")}) for each in found
    ]
    assert facts == told
    assert {(each.level, each.code, each.element) for each in found} <= {("error", "call-input-unfit", "Task_1")}


def test_a_call_to_a_connector_that_is_not_set_up_deploys_with_a_warning(manifest):
    registry = Registry()
    registry.register(manifest, None)
    (finding,) = registry.check("postbox", "drop", {"letter": None})
    assert (finding.level, finding.code) == ("warning", "connector-not-set-up")


@pytest.mark.parametrize(
    ("text", "names"), [("", ["postbox"]), ("投递", ["postbox"]), ("LETTER", ["postbox"]), ("信箱", ["postbox"]), ("fax", [])]
)
def test_the_designer_finds_connectors_in_either_language(manifest, text, names):
    assert [found.name for found in registry_of(manifest)[0].find(text)] == names


def test_the_panel_is_drawn_from_the_manifest(manifest):
    panel = manifest.describe("zh")
    (drop,) = panel["operations"]
    assert (panel["title"], drop["title"]) == ("信箱", "投递")
    assert drop["inputs"]["properties"]["letter"] == {"type": "string", "maxLength": 20, "title": "信件"}
    assert drop["errors"] == [{"code": "full", "text": "{street}的信箱满了。", "retry": True}]
    assert drop["retry"] == {"tries": 3, "first_delay": 10, "max_delay": 60}
    assert json.loads(json.dumps(panel)) == panel


def changed(path: str, value: Any) -> Json:
    manifest = json.loads(json.dumps(MANIFEST))
    *parents, last = path.split(".")
    place = manifest
    for parent in parents:
        place = place[parent]
    place[last] = value
    return manifest


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (changed("name", "letterbox"), "letterbox"),
        (changed("name", "Post Box"), "name"),
        (changed("colour", "red"), "additionalProperties"),
        (changed("operations.drop.time_limit", 0), "time_limit"),
        (changed("operations.drop.time_limit", 300), "time_limit"),
        (changed("operations.drop.retry.tries", 0), "tries"),
        (changed("operations.drop.errors", ["full", "on-fire"]), "on-fire"),
        (changed("operations.drop.inputs.properties.letter", {"type": "text"}), "drop.inputs"),
        (changed("settings.properties.street", {"type": 7}), "settings"),
        (changed("secrets", ["password"]), "password"),
        (changed("errors.late", {"retry": False}), "errors.late"),
    ],
)
def test_a_manifest_that_does_not_keep_the_contract_stops_the_start(tmp_path, wrong, said):
    with pytest.raises(ManifestError, match=said):
        read_manifest(write(tmp_path / "postbox", wrong))


def test_every_text_stands_in_both_languages_and_none_too_many(tmp_path):
    with pytest.raises(ManifestError, match=r"zh\.json has no text errors\.full"):
        read_manifest(write(tmp_path / "a" / "postbox", chinese={key: text for key, text in CHINESE.items() if key != "errors.full"}))
    with pytest.raises(ManifestError, match=r"en\.json has fields\.colour"):
        read_manifest(write(tmp_path / "b" / "postbox", english=ENGLISH | {"fields.colour": "Colour"}))


def test_a_folder_without_readable_strings_is_refused(tmp_path):
    folder = write(tmp_path / "postbox")
    (folder / "strings" / "zh.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ManifestError, match="not an object"):
        read_manifest(folder)
    (folder / "strings" / "zh.json").unlink()
    with pytest.raises(ManifestError, match="cannot be read"):
        read_manifest(folder)


def test_settings_are_typed_and_completed(manifest):
    given_ones = {
        "BATON_POSTBOX_STREET": "Long Street",
        "BATON_POSTBOX_TOKEN": "12345678",
        "BATON_POSTBOX_WIDE": "yes",
        "BATON_POSTBOX_HEIGHT": "1.5",
    }
    values = typed_settings(manifest, given_ones | {"BATON_MAIL_HOST": "elsewhere"})
    assert values == {"street": "Long Street", "token": "12345678", "slots": 4, "wide": True, "height": 1.5}


def test_nothing_set_means_not_set_up(manifest):
    assert typed_settings(manifest, {"BATON_MAIL_HOST": "elsewhere", "BATON_POSTBOX_STREET": ""}) is None


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"STREET": "Long Street"}, "BATON_POSTBOX_TOKEN"),
        ({"STREET": "Long Street", "TOKEN": "s3cret"}, "BATON_POSTBOX_TOKEN"),
        ({"STREET": "Long Street", "TOKEN": "s3cret-s3cret", "SLOTS": "many"}, "BATON_POSTBOX_SLOTS"),
        ({"STREET": "Long Street", "TOKEN": "s3cret-s3cret", "SLOTS": "0"}, "BATON_POSTBOX_SLOTS"),
        ({"STREET": "Long Street", "TOKEN": "s3cret-s3cret", "WIDE": "perhaps"}, "BATON_POSTBOX_WIDE"),
        ({"STREET": "Long Street", "TOKEN": "s3cret-s3cret", "TOKNE": "x"}, "BATON_POSTBOX_TOKNE"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_told(manifest, settings, name):
    with pytest.raises(ConnectorSettingError) as raised:
        typed_settings(manifest, {f"BATON_POSTBOX_{setting}": text for setting, text in settings.items()})
    assert raised.value.facts["name"] == name
    assert "s3cret" not in str(raised.value)


def test_the_connectors_of_a_folder_are_loaded_and_built_from_their_settings(tmp_path, monkeypatch):
    folder = write(tmp_path / "some_connectors" / "postbox")
    (folder / "connector.py").write_text(CODE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not load(folder.parent, {}).ready("postbox")
    settings = {"BATON_POSTBOX_STREET": "Long Street", "BATON_POSTBOX_TOKEN": "12345678", "BATON_POSTBOX_SLOTS": "7"}
    assert load(folder.parent, settings).perform("postbox", "drop", {"letter": "hello"}, "i1:t1") == {"slot": 7}


def test_tries_come_at_doubling_distances_up_to_the_longest():
    retry = Retry(tries=8, first_delay=10, max_delay=100)
    assert [delay(attempt, retry, 1.0) for attempt in range(1, 7)] == [10, 20, 40, 80, 100, 100]
    assert [delay(attempt, retry, 0.0) for attempt in range(1, 5)] == [5, 10, 20, 40]


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1e4), st.floats(0, 1e5))
def test_no_delay_is_negative_or_longer_than_the_longest(attempt, jitter, first, longest):
    assert 0 <= delay(attempt, Retry(3, first, longest), jitter) <= longest
