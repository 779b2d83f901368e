"""Some fifty ways in which the files of a draft can be damaged."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.api.desk import PROCESSES

Files = dict[str, str]
Change = Callable[[str], str | None]

COMPLAINT = PROCESSES / "complaint"
CORPUS = Path(__file__).parent / "corpus"
MAIN, OTHER, TABLE, FORM, SETTINGS = "main.bpmn", "other.bpmn", "visit_policy.dmn", "forms/visit.json", "process.json"
WHOLE: Files = {
    MAIN: (COMPLAINT / "return_visit.bpmn").read_text(encoding="utf-8"),
    OTHER: (CORPUS / "bpmnio-simple.bpmn").read_text(encoding="utf-8"),
    TABLE: (COMPLAINT / TABLE).read_text(encoding="utf-8"),
    FORM: (COMPLAINT / FORM).read_text(encoding="utf-8"),
    SETTINGS: '{"key": "damaged", "main": "main.bpmn", "name": "坏文件"}',
}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'


@dataclass(frozen=True)
class Damage:
    """One file is changed (None: taken away); what is said has these words in both languages."""

    file: str
    change: Change
    words: tuple[str, ...] = ()

    def files(self) -> Files:
        """The draft with this damage."""
        text = self.change(WHOLE.get(self.file, ""))
        kept = {name: content for name, content in WHOLE.items() if name != self.file}
        return kept if text is None else {**kept, self.file: text}


def whole(text: str | None) -> Change:
    return lambda _: text


def swap(old: str, new: str) -> Change:
    """Replace the first occurrence of what must be there."""

    def change(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return change


def cut(pattern: str, new: str = "") -> Change:
    """Replace what a pattern finds first, which must be there."""

    def change(text: str) -> str:
        changed, count = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
        assert count == 1, pattern
        return changed

    return change


def half(text: str) -> str:
    return text[: len(text) // 2]


def into(element: str) -> Change:
    """One more element at the end of the process."""
    return swap("</bpmn:process>", f"{element}</bpmn:process>")


def drawn(shape: str) -> Change:
    return swap("</bpmndi:BPMNPlane>", f"{shape}</bpmndi:BPMNPlane>")


NO_SHAPE = '<bpmndi:BPMNShape id="ghost" bpmnElement="gone"><dc:Bounds x="1" y="1" width="9" height="9"/></bpmndi:BPMNShape>'
NO_EDGE = '<bpmndi:BPMNEdge id="ghost" bpmnElement="gone"><di:waypoint x="1" y="1"/><di:waypoint x="2" y="2"/></bpmndi:BPMNEdge>'
DEEP = "".join(f'<bpmn:subProcess id="deep{n}">' for n in range(400)) + "</bpmn:subProcess>" * 400

DAMAGES: Mapping[str, Damage] = {
    # ---- a diagram that cannot be read
    "cut off": Damage(MAIN, half, (MAIN,)),
    "empty": Damage(MAIN, whole(""), (MAIN,)),
    "blanks": Damage(MAIN, whole(" \n\t "), (MAIN,)),
    "a picture": Damage(MAIN, whole("\x89PNG\r\n\x1a\n" + "x" * 200), (MAIN,)),
    "plain words": Damage(MAIN, whole("流程图在附件里"), (MAIN,)),
    "JSON": Damage(MAIN, whole('{"process": []}'), (MAIN,)),
    "a web page": Damage(MAIN, whole("<!doctype html><html><body>hello</body></html>"), (MAIN,)),
    "other XML": Damage(MAIN, whole(f"{HEAD}<html><body>hello</body></html>"), (MAIN,)),
    "a script": Damage(MAIN, whole(f"{HEAD}<script xmlns='http://www.w3.org/1999/xhtml'>document.title = 'caught'</script>"), (MAIN,)),
    "a DOCTYPE": Damage(MAIN, swap(HEAD, HEAD + "<!DOCTYPE definitions>"), (MAIN, "DOCTYPE")),
    "entities that laugh": Damage(MAIN, swap(HEAD, HEAD + LAUGHS), (MAIN, "DOCTYPE")),
    "an entity from the disk": Damage(MAIN, swap(HEAD, HEAD + OUTSIDE), (MAIN, "DOCTYPE")),
    "the wrong namespace": Damage(MAIN, swap(MODEL, MODEL.replace("2010", "2099")), (MAIN,)),
    "BPMN 1.1": Damage(MAIN, whole(f"{HEAD}<Package xmlns='http://www.wfmc.org/2008/XPDL2.1'/>"), (MAIN,)),
    "a prefix that means nothing": Damage(MAIN, swap("<bpmn:process ", "<zzz:process "), (MAIN,)),
    "a tag that is not closed": Damage(MAIN, swap("</bpmn:process>", ""), (MAIN,)),
    "two roots": Damage(MAIN, lambda text: text + "<again/>", (MAIN,)),
    "a lone ampersand": Damage(MAIN, swap('name="', 'name="& '), (MAIN,)),
    "an attribute twice": Damage(MAIN, swap("<bpmn:process id=", '<bpmn:process id="x" id='), (MAIN,)),
    "a forbidden character": Damage(MAIN, swap('name="', 'name="\x01'), (MAIN,)),
    "no process": Damage(MAIN, whole(f"{HEAD}<definitions xmlns='{MODEL}' id='d' targetNamespace='t'/>"), (MAIN,)),
    "a table under a diagram's name": Damage(MAIN, whole(WHOLE[TABLE]), (MAIN,)),
    "no such file": Damage(MAIN, whole(None), (MAIN,)),
    # ---- a diagram of which something would be lost
    "an unknown element": Damage(MAIN, into('<bpmn:teleportTask id="beam"/>'), ("beam",)),
    "an unknown element of ours": Damage(MAIN, cut("<baton:", '<baton:teleport to="mars"/><baton:'), ("teleport",)),
    "a message that is not declared": Damage(MAIN, into('<bpmn:receiveTask id="wait" messageRef="gone"/>'), ("wait", "gone")),
    "a flow into nothing": Damage(MAIN, into('<bpmn:sequenceFlow id="stray" sourceRef="nobody" targetRef="nowhere"/>'), ("stray",)),
    "a boundary on nothing": Damage(MAIN, into('<bpmn:boundaryEvent id="lonely" attachedToRef="nobody"/>'), ("lonely",)),
    "a default that is none": Damage(MAIN, into('<bpmn:exclusiveGateway id="fork" default="gone"/>'), ("fork", "gone")),
    "a shape of nothing": Damage(MAIN, drawn(NO_SHAPE), ("ghost",)),
    "an edge of nothing": Damage(MAIN, drawn(NO_EDGE), ("ghost",)),
    "two things of one id": Damage(MAIN, into('<bpmn:task id="twin" name="一"/><bpmn:userTask id="twin" name="二"/>'), ("twin",)),
    "ids that are none": Damage(MAIN, into('<bpmn:userTask id="a b" name="又一个"/>'), ("a b",)),
    "a choreography": Damage(MAIN, whole((CORPUS / "choreography-only.bpmn").read_text(encoding="utf-8")), (MAIN,)),
    # ---- a drawing that cannot be drawn as it says
    "no place": Damage(MAIN, cut(r"<dc:Bounds [^>]*/>"), (MAIN,)),
    "a place that is no number": Damage(MAIN, cut(r'(<dc:Bounds )x="[^"]*"', r'\1x="left"'), (MAIN,)),
    "a size of nothing": Damage(MAIN, cut(r'(<dc:Bounds [^>]*)width="[^"]*"', r'\1width="-5"'), (MAIN,)),
    "out of sight": Damage(MAIN, cut(r'(<dc:Bounds )x="[^"]*"', r'\1x="1e300"'), (MAIN,)),
    "a plane of nothing": Damage(MAIN, cut(r'(<bpmndi:BPMNPlane [^>]*bpmnElement=")[^"]*"', r'\1gone"'), ("gone",)),
    "no drawing at all": Damage(MAIN, cut(r"<bpmndi:BPMNDiagram.*</bpmndi:BPMNDiagram>"), (MAIN,)),
    "nested without end": Damage(MAIN, into(DEEP), (MAIN,)),
    # ---- another diagram of the draft
    "another one cut off": Damage(OTHER, half, (OTHER,)),
    # ---- tables
    "a table cut off": Damage(TABLE, half, (TABLE,)),
    "an empty table": Damage(TABLE, whole(""), (TABLE,)),
    "a diagram under a table's name": Damage(TABLE, whole(WHOLE[OTHER]), (TABLE,)),
    "a table without decisions": Damage(TABLE, cut(r"<decision .*</decision>"), (TABLE,)),
    "a table with a DOCTYPE": Damage(TABLE, swap(HEAD, HEAD + LAUGHS), (TABLE, "DOCTYPE")),
    # ---- forms
    "a form cut off": Damage(FORM, half, (FORM,)),
    "an empty form": Damage(FORM, whole(""), (FORM,)),
    "a form that is a list": Damage(FORM, whole("[]"), (FORM,)),
    "a form that is nothing": Damage(FORM, whole("null"), (FORM,)),
    "a form without fields": Damage(FORM, whole("{}"), (FORM,)),
    "fields as a list": Damage(FORM, whole('{"schema": {"properties": ["name"]}}'), (FORM,)),
    "a field that is a number": Damage(FORM, whole('{"schema": {"properties": {"phone": 7}}}'), (FORM, "phone")),
    "required as a word": Damage(FORM, whole('{"schema": {"properties": {}, "required": "phone"}}'), (FORM, "required")),
    # ---- settings, words and scenarios
    "settings cut off": Damage(SETTINGS, half, (SETTINGS,)),
    "settings as a list": Damage(SETTINGS, whole("[1, 2]"), (SETTINGS,)),
    "no settings": Damage(SETTINGS, whole(None), (SETTINGS,)),
    "a main diagram that is a number": Damage(SETTINGS, whole('{"key": "damaged", "main": 7, "name": "x"}'), ("main",)),
    "a main diagram that is not there": Damage(SETTINGS, whole('{"key": "damaged", "main": "gone.bpmn", "name": "x"}'), ("gone.bpmn",)),
    "a name that is a list": Damage(SETTINGS, whole('{"key": "damaged", "main": "main.bpmn", "name": []}'), ("name",)),
    "words cut off": Damage("strings/en.json", whole('{"投诉": "comp'), ("strings/en.json",)),
    "a scenario that is no JSON": Damage("scenarios/one.json", whole("steps: []"), ("scenarios/one.json",)),
}
