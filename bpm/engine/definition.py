"""A deployed version of a process: built once from its files, shared by threads, never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from bpm.engine import decisions, tables
from bpm.engine import vocabulary as words
from bpm.engine.decisions import Decision, DecisionResult
from bpm.engine.documents import Element, Notes, baton, drawn_name, local, parse, tag
from bpm.engine.elements import Engine
from bpm.engine.faults import UnknownStartError
from bpm.engine.normalise import OWN, normalise
from bpm.engine.parser import Parser, extensions_of, trigger_of
from bpm.engine.reading import NOTHING
from bpm.engine.timers import Calendars, Clock, next_start
from bpm.errors import N_, Finding, RefusedError


@dataclass(frozen=True, slots=True)
class TimerStart:
    """When a process begins by itself: ``form`` is timeDate, timeDuration or timeCycle."""

    form: str
    text: str
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class StartEvent:
    """A way to begin the process. ``kind`` is none, message, timer or signal."""

    element_id: str
    name: str
    kind: str
    message: str | None = None
    signal: str | None = None
    timer: TimerStart | None = None
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A connector call that is drawn: what the platform checks against the connector's manifest."""

    file: str
    element_id: str
    name: str
    connector: str
    operation: str
    inputs: tuple[str, ...] = ()
    tries: int | None = None
    on_failure: str | None = None
    result: str | None = None  # the variable that gets the answer


@dataclass(slots=True)
class Drawn:
    """What the platform wants to know of a drawing."""

    starts: list[StartEvent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    read_only: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # by the ids of process and element
    shared: set[str] = field(default_factory=set)  # the ids of processes


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """A deployed version: immutable, shared by threads."""

    key: str
    name: str
    findings: list[Finding]
    decisions: Mapping[str, Decision]
    names: Mapping[str, str]
    specs: Mapping[str, Any] = field(repr=False)
    engine: Engine = field(repr=False)
    main: str = ""  # the id of the process that is started
    processes: Mapping[str, str] = field(default_factory=dict, repr=False)  # process or sub-process id -> id of its process
    drawn: Drawn = field(default_factory=Drawn, repr=False)

    @classmethod
    def build(cls, key: str, files: Mapping[str, bytes]) -> "Definition":
        """Build from a bundle: all its ``*.bpmn`` and ``*.dmn``. Raises RefusedError with every finding."""
        return _Builder(key, files).build()

    def process_ids(self) -> list[str]:
        """The ids of the processes of the bundle, without sub-processes."""
        return sorted(set(self.processes.values()))

    def starts(self) -> list[StartEvent]:
        """The ways to begin the main process."""
        return list(self.drawn.starts)

    def start_of(self, element_id: str | None) -> StartEvent:
        """The start of this id; None: the plain one, else the only one. Raises UnknownStartError."""
        found = self.starts()
        if element_id is None:
            plain = [start for start in found if start.kind == "none"]
            if plain or len(found) == 1:
                return (plain or found)[0]
        for start in found:
            if start.element_id == element_id:
                return start
        raise UnknownStartError(element=element_id or "")

    def decide(self, decision_id: str, data: Mapping[str, Any]) -> DecisionResult:
        """Ask a decision. Raises DecisionError, ExpressionError."""
        return decisions.decide(self.decisions, decision_id, data, NOTHING)

    def calls(self) -> list[Call]:
        """The connector calls that are drawn."""
        return list(self.drawn.calls)

    def read_only(self, process_id: str, element_id: str) -> tuple[str, ...]:
        """The fields that the form of an element only shows."""
        return self.drawn.read_only.get((process_id, element_id), ())

    def shared(self) -> frozenset[str]:
        """The processes that several do at once or one by one: called where a step is done several times, or by one that is."""
        return frozenset(self.drawn.shared)

    def due(self, start: StartEvent, now: datetime, zone: ZoneInfo, calendars: Calendars) -> datetime | None:
        """When a start timer is due next, strictly after ``now``; None when it will not be any more. Raises TimerError."""
        if start.timer is None:
            return None
        return next_start(start.timer.form, start.timer.text, Clock(now, zone, calendars), start.timer.calendar)


class _Builder:
    """Builds one definition."""

    def __init__(self, key: str, files: Mapping[str, bytes]) -> None:
        self.key = key
        self.bpmn = {name: content for name, content in files.items() if name.endswith(".bpmn")}
        self.dmn = {name: content for name, content in files.items() if name.endswith(".dmn")}
        self.notes: dict[str, Notes] = {name: Notes(name) for name in (*self.bpmn, *self.dmn)}
        self.roots: dict[str, Element] = {}
        self.names: dict[str, str] = {}
        self.scopes: dict[str, str] = {}
        self.called_ids: set[str] = set()
        self.calls_of: list[tuple[str, str]] = []  # processes: who calls whom
        self.drawn = Drawn()

    def findings(self) -> list[Finding]:
        return [finding for notes in self.notes.values() for finding in notes.found]

    def refuse(self) -> None:
        """Stop when something was refused."""
        found = self.findings()
        if any(finding.level == "error" for finding in found):
            raise RefusedError(found)

    def build(self) -> Definition:
        known = self.tables()
        self.drawings()
        for name, root in self.roots.items():
            self.survey(name, root, known)
        self.share()
        main = self.main()
        self.whole(main)
        self.refuse()
        parser = Parser()
        for name, root in self.roots.items():
            parser.add(root, name)
        specs = self.specs(parser)
        self.drawn.starts = [self.start(element) for element in self.process(main).findall(tag("startEvent"))]
        return Definition(
            key=self.key,
            name=drawn_name(self.process(main)),
            findings=self.findings(),
            decisions=known,
            names=self.names,
            specs=specs,
            engine=Engine(known),
            main=main,
            processes=self.scopes,
            drawn=self.drawn,
        )

    def specs(self, parser: Parser) -> Mapping[str, Any]:
        try:
            return parser.specs()
        except ValidationException as error:
            self.unreadable(error)
            raise RefusedError(self.findings()) from error

    def unreadable(self, error: ValidationException) -> None:
        """Say in a sentence of ours what SpiffWorkflow's parser has against the drawing, where it is known, else quote it."""
        name = error.file_name if error.file_name in self.roots else next(iter(self.roots))
        step = next((each for each in self.roots[name].iter() if error.id and each.get("id") == error.id), None)
        if str(error).startswith("Cannot resolve data"):
            self.notes[name].refuse(step, "data", N_("“{name}” is connected with a data object that is not there."))
        else:
            text = N_("The drawing cannot be read at “{name}”. What its reader says: “{problem}”")
            self.notes[name].refuse(step, "unreadable", text, name=drawn_name(step) or name, problem=str(error)[:300].rstrip(" ."))

    def tables(self) -> dict[str, Decision]:
        known: dict[str, Decision] = {}
        owner: dict[str, Notes] = {}
        for name, content in self.dmn.items():
            root = parse(name, content, self.notes[name])
            for key, decision in (tables.decisions(root, self.notes[name]) if root is not None else {}).items():
                if key in known:
                    self.notes[name].refuse(None, "duplicate-id", N_("The decision {id} stands in two files."), id=key)
                known[key], owner[key] = decision, self.notes[name]
        tables.circles(known, owner)
        return known

    def drawings(self) -> None:
        for name, content in self.bpmn.items():
            root = parse(name, content, self.notes[name])
            if root is not None:
                self.roots[name] = normalise(root, self.notes[name])

    def survey(self, name: str, root: Element, known: Mapping[str, Decision]) -> None:
        """Gather what the platform and the facts want to know, and check what only the whole bundle can tell."""
        for process in root.iter(tag("process")):
            for scope in process.iter(tag("process"), *(tag(kind) for kind in words.SCOPES)):
                own = str(scope.get("id"))
                if own in self.scopes:
                    self.notes[name].refuse(
                        scope, "duplicate-id", N_("The id {id} of a process or sub-process is used twice in these files."), id=own
                    )
                self.scopes[own] = str(process.get("id"))
        for element in root.iter(*(tag(kind) for kind in words.NODES)):
            if element.get(baton("made")) is None:
                self.node(name, element, known)

    def share(self) -> None:
        """What is called by a process that several do, several do as well."""
        while new := {called for caller, called in self.calls_of if caller in self.drawn.shared} - self.drawn.shared:
            self.drawn.shared |= new

    def whole(self, main: str) -> None:
        """Tell of processes that nothing begins, and refuse calls of processes that do not know where to begin."""
        for name, root in self.roots.items():
            for process in root.iter(tag("process")):
                own = str(process.get("id"))
                if main and own != main and own not in self.called_ids:
                    text = N_("“{name}” will not begin: it is drawn beside the process of this version, and no step calls it.")
                    self.notes[name].add("warning", process, "idle", text)
            for call in root.iter(tag("callActivity")):
                called = next((process for process in self.all_processes() if process.get("id") == call.get("calledElement")), None)
                starts = [words.trigger(start) for start in called.findall(tag("startEvent"))] if called is not None else []
                if len(starts) > 1 and "none" not in starts:
                    text = N_("“{name}” calls the process {called}, which has several starts and no plain one: it would not begin.")
                    self.notes[name].refuse(call, "called", text, called=call.get("calledElement"))

    def node(self, name: str, element: Element, known: Mapping[str, Decision]) -> None:
        own = _own(element)
        extensions = extensions_of(element)
        self.names.setdefault(own, drawn_name(element).removesuffix(OWN))
        for form in extensions.get("form", []):
            process = next(element.iterancestors(tag("process")), None)
            if process is not None and form.get("readOnly"):
                self.drawn.read_only[str(process.get("id")), own] = tuple(form["readOnly"].split())
        for call in extensions.get("call", []) if local(element) == "serviceTask" else ():
            self.call(name, own, call, extensions)
        for asked in extensions.get("decision", []) if local(element) == "businessRuleTask" else ():
            if asked.get("id") not in known:
                text = N_("“{name}” asks the decision {decision}, which is not in the files.")
                self.notes[name].refuse(element, "decision-missing", text, decision=asked.get("id"))
        if local(element) == "callActivity":
            self.called(name, element)

    def call(self, name: str, own: str, call: dict[str, str], extensions: dict[str, list[dict[str, str]]]) -> None:
        inputs = tuple(given.get("name", "") for given in extensions.get("input", []))
        tries = int(call["tries"]) if call.get("tries", "").isdigit() else None
        given = (call.get("connector", ""), call.get("operation", ""))
        kept = (call.get("onFailure") or None, call.get("result") or None)
        self.drawn.calls.append(Call(name, own, self.names[own], *given, inputs, tries, *kept))

    def called(self, name: str, element: Element) -> None:
        called = str(element.get("calledElement"))
        if called not in self.process_ids() and called.split(":")[-1] in self.process_ids():
            called = called.split(":")[-1]
            element.set("calledElement", called)
        self.called_ids.add(called)
        around = [element, *element.iterancestors()]
        if any(each.find(tag("multiInstanceLoopCharacteristics")) is not None for each in around):
            self.drawn.shared.add(called)
        self.calls_of.append((next(str(each.get("id")) for each in around if local(each) == "process"), called))
        if called not in self.process_ids():
            self.notes[name].refuse(element, "called", N_("“{name}” calls the process {called}, which is not in the files."), called=called)

    def process_ids(self) -> list[str]:
        return [str(process.get("id")) for process in self.all_processes()]

    def all_processes(self) -> Iterable[Element]:
        for root in self.roots.values():
            yield from root.iter(tag("process"))

    def process(self, known: str) -> Element:
        return next(process for process in self.all_processes() if process.get("id") == known)

    def main(self) -> str:
        """The process that is started: the one of the key, else of the file of that name, else the only one that no other calls."""
        ids = self.process_ids()
        if self.key in ids:
            return self.key
        named = self.roots.get(f"{self.key}.bpmn")
        inside = [str(process.get("id")) for process in named.iter(tag("process"))] if named is not None else ids
        free = [known for known in inside if known not in self.called_ids] or inside
        if len(free) == 1:
            return free[0]
        notes = next(iter(self.notes.values()), None)
        if notes is None:
            notes = self.notes.setdefault("", Notes(""))
        text = (
            N_("These files hold no process.")
            if not ids
            else N_("Which process is to be started? None has the id {key}; there are: {processes}.")
        )
        notes.refuse(None, "main", text, key=self.key, processes=", ".join(ids))
        return ""

    def start(self, element: Element) -> StartEvent:
        trigger, own = trigger_of(element), _own(element)
        form = next(iter(extensions_of(element).get("form", [])), {}).get("ref")
        return StartEvent(
            element_id=own,
            name=drawn_name(element).removesuffix(OWN),
            kind=trigger.kind,
            message=trigger.name if trigger.kind == "message" else None,
            signal=trigger.name if trigger.kind == "signal" else None,
            timer=TimerStart(trigger.form, trigger.text, trigger.calendar) if trigger.kind == "timer" else None,
            form=form,
        )


def _own(element: Element) -> str:
    """The id that is drawn."""
    return str(element.get("id")).removesuffix(OWN)
