"""Walks a complaint through the shipped process in memory, saved and restored (in another definition) between all steps."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bpm.engine import commands as c
from bpm.engine import facts as f
from bpm.engine.definition import Definition
from bpm.engine.expressions import value
from bpm.engine.process import Process
from bpm.working_time import Day, WorkingCalendar

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "processes" / "complaint"
DEMO = ROOT / "demo"
ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)

Data = dict[str, Any]


def definition() -> Definition:
    """The shipped process, built from its files."""
    return Definition.build("complaint", {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.suffix in {".bpmn", ".dmn"}})


@cache
def _two_definitions() -> Iterator[Definition]:
    """By turns one of two: what one step has saved is restored on a definition that it has never seen."""
    return cycle((definition(), definition()))


def form(name: str) -> Data:
    return dict(json.loads((FOLDER / "forms" / f"{name}.json").read_text(encoding="utf-8")))


@cache
def calendars() -> dict[str, WorkingCalendar]:
    told = json.loads((DEMO / "calendars.json").read_text(encoding="utf-8"))
    days = [Day(datetime.fromisoformat(day["day"]).date(), day["working"], day["name"]) for day in told["days"]]
    return {
        each["code"]: WorkingCalendar(each["code"], each["zone"], each["hours"], days if each["observes_holidays"] else ())
        for each in told["calendars"]
    }


INTAKE: Data = {
    "number": "SD-531-20261123-000001",
    "order_type": "COMPLAINT",
    "channel": "PHONE_1860",
    "title": "电梯里没有信号",
    "description": "每天早上电梯里打不了电话",
    "contact_name": "刘海燕",
    "contact_phone": "15455310001",
    "contact_email": None,
    "customer_number": "15455310001",
    "city": "531",
    "class_code": None,
    "demand": None,
    "registered": False,
    "on_the_spot": False,
    "result": None,
    "answer_text": None,
    "compensation": 0,
    "first_owner": None,
    "amount_disputed": 0,
    "affected_users": 1,
    "safety_or_media": False,
    "repeat_30d": 1,
    "sp_code": None,
    "customer": None,
    "last_grade": None,
    "grade_pending": False,
}
ORDINARY = {"number": "15455310001", "is_group": False, "arpu_3m": 58, "in_net_months": 30, "blacklist_fraud": False, "kam": None}
DIAMOND = {"number": "15455310004", "is_group": False, "arpu_3m": 620, "in_net_months": 96, "blacklist_fraud": False, "kam": "kam"}


class Case:
    """One complaint. ``state``, ``tier`` and ``told`` are what the drawing has asked the platform for so far."""

    def __init__(self, *, at: datetime = MONDAY, **variables: Any) -> None:
        self.now = at.astimezone(UTC)
        self.calendars = calendars()
        self.state, self.tier = "DRAFT", 0
        self.states: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.ended = False
        process = Process(next(_two_definitions()), zone=ZONE)
        self._apply(process, c.Start({**INTAKE, **variables}))

    # -- what stands open

    @property
    def process(self) -> Process:
        return Process.load(next(_two_definitions()), self._saved, zone=ZONE)

    @property
    def variables(self) -> Data:
        return self.process.variables

    def open(self, kind: type = f.TaskOpened) -> list[Any]:
        return [fact for fact in self.process.awaited() if isinstance(fact, kind)]

    @property
    def tasks(self) -> list[str]:
        return sorted(task.place.element_id for task in self.open())

    def task(self, element: str, unit: str | None = None) -> f.TaskOpened:
        found = [task for task in self.open() if task.place.element_id == element and unit in (None, task.assignment.unit)]
        assert len(found) == 1, f"{element} is open {len(found)} times; open are {self.tasks}"
        return found[0]

    # -- what people and time do

    def do(self, element: str, *, unit: str | None = None, **answers: Any) -> None:
        """A person completes a task; what is not said is left at the form's defaults."""
        task = self.task(element, unit)
        assert task.form is not None
        given = {**defaults(form(task.form), self.process.data_of(task.place.token_id)), **answers}
        self.command(c.CompleteTask(task.place.token_id, given))

    def step_back(self, element: str, **answers: Any) -> None:
        """A person takes the drawn way back."""
        task = self.task(element)
        assert task.way_back is not None
        self.do(element, **task.way_back, **answers)

    def billing(self, answer: Data | None = None, *, error: str | None = None) -> None:
        call = self.open(f.CallRequested)[0]
        token = call.place.token_id
        self.command(c.FailCall(token, "no answer", error) if error else c.FinishCall(token, answer or ORDINARY))

    def hear(self, message: str, **payload: Any) -> None:
        self.command(c.Deliver(message, INTAKE["number"], payload))

    def escalate(self, element: str, tier: int) -> None:
        self.command(c.Escalate(f"tier-{tier}", self.task(element).place.token_id))

    def wait(self, **span: float) -> None:
        """Let time pass; timers that fall due on the way fire in their order."""
        until = self.now + timedelta(**span)
        while True:
            due = sorted((timer.due, timer.place.token_id, timer.place.element_id) for timer in self.open(f.TimerSet) if timer.due <= until)
            if not due:
                break
            self.now = max(self.now, due[0][0])
            self.command(c.FireTimer(due[0][1], due[0][2]))
        self.now = until

    def command(self, command: c.Command) -> None:
        self._apply(self.process, command)

    def _apply(self, process: Process, command: c.Command) -> None:
        process.calendars = self.calendars.get
        for fact in process.apply(command, self.now):
            match fact:
                case f.ElementEntered():
                    if fact.order_state:
                        self.state = fact.order_state
                        self.states.append(fact.order_state)
                    self.tier = max(0 if fact.order_state == "REOPENED" else self.tier, fact.tier or 0)
                case f.NoticeAsked():
                    self.told.append((fact.to, fact.text))
                case f.StepFailed() | f.Stuck():
                    raise AssertionError(fact)
                case f.InstanceEnded():
                    self.ended = True
                case _:
                    pass
        self._saved = process.save()

    # -- a whole way, by defaults

    def walk_to(self, element: str, limit: int = 40) -> "Case":
        """Take the ordinary way until a task of this element is open."""
        for _ in range(limit):
            if element in self.tasks:
                return self
            self.go_on()
        raise AssertionError(f"{element} was not reached; open are {self.tasks}")

    def walk_to_state(self, state: str, limit: int = 40) -> "Case":
        for _ in range(limit):
            if self.state == state:
                return self
            self.go_on()
        raise AssertionError(f"{state} was not reached; the order is {self.state}, open are {self.tasks}")

    def go_on(self) -> None:
        """The next thing of the ordinary way: billing answers, somebody works, or time passes."""
        if self.open(f.CallRequested):
            self.billing()
        elif self.tasks:
            task = self.open()[0]
            self.do(task.place.element_id, unit=task.assignment.unit)
        else:
            self.wait(hours=4)


CLASSES = ["01010101"]


def unit_meant(found: Any) -> Any:
    """The unit of the demo city where a default names a function only."""
    if isinstance(found, list):
        return [unit_meant(each) for each in found]
    return found if "-" in found else f"531-{found}"


def defaults(drawn: Mapping[str, Any], data: Data) -> Data:
    """What a program fills in that only takes defaults: as the platform resolves them, and a word for a required free text."""
    schema = drawn["schema"]
    answers = {}
    for name, rule in schema["properties"].items():
        found = value(rule["x-default"], data) if "x-default" in rule else None
        if found is None:
            found = rule.get("default")
        if found is None and rule.get("x-options"):
            found = (CLASSES[0] if rule["x-options"] == "classes" else "NETWORK") if name in schema["required"] else None
        if found is not None and rule.get("x-options") == "units":
            found = unit_meant(found)
        if found is None and rule["type"] == "string" and "oneOf" not in rule and "x-options" not in rule and "format" not in rule:
            found = "好"
        if found is None and rule.get("format") == "textarea":
            found = "已查清"
        if found is not None:
            answers[name] = found
    return answers
