"""A case that is nowhere but here: the real engine, the real organisation and calendars (which are only read), and a clock of its own.

It takes the place of ``recording``: each fact of a step is taken down instead of being written to tables or sent out.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, assert_never

from sqlalchemy.orm import Session

from bpm import assigning, calendars, clock, messages, notices, org
from bpm.connecting import Registry
from bpm.definitions.unsaved import Unsaved
from bpm.engine import commands as c
from bpm.engine import facts as f
from bpm.engine.process import Process
from bpm.errors import N_, BatonError, InvalidError
from bpm.models.org import Unit, User
from bpm.trial import work
from bpm.trial.order import TrialOrder
from bpm.trial.trail import Plan, Trail
from bpm.trial.work import Hand, Work
from bpm.workorders import STATES

MAX_EVENTS = 2_000
MAX_SECONDS = 20.0
MAX_SPAN = timedelta(days=3660)
MAX_LOG = 5_000
MAX_KEPT = 200
"""Messages that wait for a receiver."""


class TooMuchHappensError(InvalidError):
    """The case goes round and round, or costs more than a trial may."""

    code = "trial-too-long"
    sentence = N_("So much happens here that the trial was stopped. Is there a loop that never waits for anybody?")


class NothingToWaitForError(InvalidError):
    """No alarm is set."""

    code = "nothing-to-wait-for"
    sentence = N_("No alarm is set: time alone moves nothing here.")


class TooFarError(InvalidError):
    """Somebody jumps far, or backwards."""

    code = "trial-too-far"
    sentence = N_("Time can jump forward by at most ten years.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log. ``step`` counts the script's steps; 0 is the start."""

    step: int
    at: datetime
    kind: str
    element: str | None
    text: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that would go out. ``key`` is its name in process.json; None for what a ladder tells."""

    step: int
    at: datetime
    to: str
    key: str | None
    people: Sequence[User]
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A table that was asked."""

    step: int
    fact: f.Decided


@dataclass(frozen=True, slots=True)
class Due:
    """What happens by time alone: a drawn timer, or the next rung of a task."""

    at: datetime
    timer: f.TimerSet | None = None
    work: Work | None = None


@dataclass
class Sandbox:
    """One case. ``language`` is that of the notices' texts and of the log."""

    session: Session
    unsaved: Unsaved
    registry: Registry | None
    language: str
    plan: Plan
    now: datetime
    city: str | None
    seconds: float = MAX_SECONDS
    process: Process = field(init=False)
    order: TrialOrder | None = None
    step: int = 0
    works: dict[str, Work] = field(default_factory=dict)
    hands: list[Hand] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    ended: str | None = None
    _kept: list[f.MessageSent] = field(default_factory=list)
    _doing: tuple[str, User | None] | None = None
    _events: int = 0

    def __post_init__(self) -> None:
        self.process = Process(self.unsaved.engine, zone=clock.zone())
        self.process.calendars = calendars.all(self.session).get
        self.process.members = lambda role, unit, city: assigning.members(self.session, role, unit, city or self.city)
        self.trail = Trail(self.plan)
        self._until = time.monotonic() + self.seconds
        if self.unsaved.settings.order_type:
            self.order = TrialOrder(self.unsaved.settings.order_type, self.city, self.now)

    # ---- what happens

    def apply(self, command: c.Command, doing: tuple[str, User | None] | None = None) -> None:
        """Carry out a command, and all that follows from it at once. ``doing``: the token that a person closes, and the person.

        Raises what ``Process.apply`` raises, TooMuchHappensError.
        """
        self._apply(command, doing)
        self.let_happen(self.now)

    def _apply(self, command: c.Command, doing: tuple[str, User | None] | None = None) -> None:
        self.count()
        self._doing = doing
        self._record(self.process.apply(command, self.now))

    def count(self) -> None:
        """One thing more has happened. Raises TooMuchHappensError."""
        self._events += 1
        if self._events > MAX_EVENTS or time.monotonic() > self._until or len(self.log) > MAX_LOG:
            raise TooMuchHappensError

    def wait(self, until: datetime) -> None:
        """Let time pass; what falls due on the way happens at its moment. Raises TooFarError, TooMuchHappensError."""
        if not self.now <= until <= self.now + MAX_SPAN:
            raise TooFarError
        self.let_happen(until)
        self.now = max(self.now, until)

    def wait_for_next(self) -> None:
        """Jump to the next alarm. Raises NothingToWaitForError, TooFarError."""
        due = self.next_due()
        if due is None:
            raise NothingToWaitForError
        self.wait(max(due.at, self.now))

    def let_happen(self, until: datetime) -> None:
        """Let everything ring that is due until then, in order."""
        while (due := self.next_due()) is not None and due.at <= until:
            self.now = max(self.now, due.at)
            if due.timer is not None:
                place = due.timer.place
                self.say("timer", place.element_id, N_("The timer “{name}” rings."), name=self.name(place.element_id))
                self._apply(c.FireTimer(place.token_id, place.element_id))
            elif due.work is not None:
                self._ring(due.work)

    def next_due(self) -> Due | None:
        """What comes next by time alone."""
        if self.ended:
            return None
        timers = [Due(fact.due, timer=fact) for fact in self.process.awaited() if isinstance(fact, f.TimerSet)]
        rungs = [Due(rung.at, work=each) for each in self.works.values() if (rung := each.next_rung) is not None]
        return min([*timers, *rungs], key=lambda due: due.at, default=None)

    def _ring(self, task: Work) -> None:
        rung = task.next_rung
        if rung is None:
            return
        self.count()
        task.rung, task.tier = task.rung + 1, max(task.tier, rung.tier)
        if self.order is not None:
            self.order.tier = max(self.order.tier, rung.tier)
        place = task.fact.place
        people = work.told_by(self.session, task, rung, self.order, self.now)
        facts = {"name": self.name(place.element_id), "tier": rung.tier, "percent": round(rung.percent), "to": self.people(people)}
        text = N_("“{name}” has used {percent}% of its time: tier {tier}. Would be told: {to}.")
        if not rung.tier:
            text = N_("“{name}” has used {percent}% of its time. Would be warned: {to}.")
        self.say("rung", place.element_id, text, **facts)
        sentence = self.log[-1].text.format(**self.log[-1].facts)
        self.told.append(Told(self.step, self.now, " ".join(rung.to), None, people, "", sentence))
        payload = {"tier": rung.tier, "escalated_step": place.name, "escalated_element": place.element_id}
        if self.process.is_open(place.token_id):
            self._apply(c.Escalate(f"tier-{rung.tier}", place.token_id, payload))

    # ---- what the engine reports

    def _record(self, happened: Sequence[f.Fact]) -> None:
        if self.order is not None:
            self.guarded(None, self._refresh)
        for fact in sorted(happened, key=lambda fact: not isinstance(fact, f.TaskClosed)):
            self._take_down(fact)
        passed = [element for fact in happened if isinstance(fact, f.Passed) for element in fact.element_ids]
        reached = [
            fact.place.element_id for fact in happened if isinstance(fact, f.TaskOpened | f.CallRequested | f.MessageAwaited | f.TimerSet)
        ]
        self.trail.go(passed, [element for element in reached if element not in self.plan.aside])
        self._hand_on(happened)

    def _refresh(self) -> None:
        if self.order is not None:
            self.order.refresh(self.session, self.process.variables, self.unsaved.settings.order_columns)

    def _take_down(self, fact: f.Fact) -> None:  # noqa: C901, PLR0912 -- one line a kind of fact: splitting would hide that none is missing
        match fact:
            case f.TaskOpened():
                self._open(fact)
            case f.TaskClosed():
                self._close(fact)
            case f.TimerSet():
                moment = fact.due.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M")
                text = N_("The timer “{name}” is set to {moment}.")
                self.say("timer-set", fact.place.element_id, text, name=self.name(fact.place.element_id), moment=moment)
            case f.CallRequested():
                facts = {"name": self.name(fact.place.element_id), "operation": self.operation(fact)}
                self.say("call", fact.place.element_id, N_("“{name}” asks {operation} and waits for its answer."), **facts)
            case f.MessageAwaited() | f.SignalAwaited():
                text = N_("“{name}” waits for the message “{message}”.")
                self.say("awaits", fact.place.element_id, text, name=self.name(fact.place.element_id), message=fact.name)
            case f.MessageSent():
                self.say("sent", fact.element_id, N_("The message “{message}” is thrown."), message=fact.name)
            case f.SignalThrown():
                self.say("sent", fact.element_id, N_("The signal “{message}” is thrown."), message=fact.name)
            case f.Decided():
                self.decisions.append(Decision(self.step, fact))
                self.say("decided", fact.element_id, "{sentence}", sentence=self._why(fact))
            case f.ElementEntered():
                self._enter(fact)
            case f.NoticeAsked():
                self.guarded(fact.element_id, lambda: self._tell(fact))
            case f.StepFailed():
                text = N_("“{name}” stops: {sentence}")
                sentence = notices.in_language(fact.text, self.language).format(**fact.facts) if fact.text else fact.message
                self.say("incident", fact.place.element_id, text, name=self.name(fact.place.element_id), sentence=sentence)
            case f.Stuck():
                names = ", ".join(self.name(element) for element in fact.element_ids) or "?"
                self.say(
                    "stuck", None, N_("The process is stuck: nothing is awaited any more, but it has not ended ({names})."), names=names
                )
            case f.InstanceEnded():
                self.ended = fact.how
                self.works.clear()
                self.say("ended", None, N_("The process has ended.") if fact.how == "completed" else N_("The process was ended."))
            case f.TimerCleared() | f.CallDropped() | f.MessageForgotten() | f.SignalForgotten() | f.StepMended() | f.Passed():
                return
            case _:
                assert_never(fact)

    def _open(self, fact: f.TaskOpened) -> None:
        task = Work(fact, self.now)
        self.works[fact.place.token_id] = task
        element = fact.place.element_id
        if work.is_empty(fact.assignment):
            self.say("nobody", element, N_("Nobody is drawn for “{name}”: administrators would get it."), name=self.name(element))
        self.guarded(element, lambda: work.give(self.session, task, self.city, self.hands, self.now))
        facts = self.order.facts(self.session, None) if self.order is not None else {}
        self.guarded(element, lambda: work.set_clock(self.session, task, self.unsaved.engine, facts))
        to = self.people([task.person] if task.person else task.people)
        where = f"{self.named(task.unit)} · {self.word(org.ROLES, task.role)}" if task.unit else "?"
        self.say("task", element, N_("“{name}” is open for {where}: {to}."), name=self.name(element), where=where, to=to)

    def _close(self, fact: f.TaskClosed) -> None:
        task = self.works.pop(fact.token_id, None)
        if task is None or fact.how == "cancelled":
            self.say("taken-back", fact.element_id, N_("“{name}” is taken back."), name=self.name(fact.element_id))
            return
        person = self._doing[1] if self._doing is not None and self._doing[0] == fact.token_id else None
        unit = task.unit.code if task.unit is not None else ""
        self.hands.append(Hand(fact.element_id, task.fact.place.scope_id, person, unit, task.role or ""))

    def _enter(self, fact: f.ElementEntered) -> None:
        if self.order is None:
            return
        if fact.order_state:
            self.order.enter(fact.order_state)
            self.say("state", fact.element_id, N_("The order is now {state}."), state=self.word(STATES, fact.order_state))
        if fact.tier:
            self.order.tier = max(self.order.tier, fact.tier)
            self.say("tier", fact.element_id, N_("The order has reached tier {tier}."), tier=fact.tier)

    def _why(self, fact: f.Decided) -> str:
        reasons = "; ".join(self.unsaved.text(each, self.language) for each in fact.annotations)
        found = fact.result.values() if isinstance(fact.result, Mapping) else [fact.result]
        facts = {"name": self.name(fact.element_id), "why": reasons or ", ".join(str(each) for each in found)}
        text = N_("“{name}” was decided: {why}.") if fact.rules else N_("“{name}”: no rule of the table fits.")
        return notices.in_language(text, self.language).format(**facts)

    def _tell(self, fact: f.NoticeAsked) -> None:
        if self.order is None:
            text = N_("“{name}” tells nobody: this process makes no work order.")
            self.say("silent", fact.element_id, text, name=self.name(fact.element_id))
            return
        written = self.unsaved.settings.notices.get(fact.text)
        shown = self.order.shown
        subject, body = (
            notices.filled(self.unsaved.text(part, self.language), shown)
            for part in ((written.subject, written.body) if written else ("", ""))
        )
        people = [] if fact.to == "customer" else org.meant(self.session, fact.to, self.city)
        to = notices.in_language(N_("the customer"), self.language) if fact.to == "customer" else self.people(people)
        self.told.append(Told(self.step, self.now, fact.to, fact.text, people, subject, body))
        self.say("notice", fact.element_id, N_("Would be told: {to}. “{subject}”"), to=to, subject=subject or fact.text)

    def _hand_on(self, happened: Sequence[f.Fact]) -> None:
        """Messages that the case throws come back to it where it waits for them; others are kept, as the platform keeps them."""
        self._kept += [fact for fact in happened if isinstance(fact, f.MessageSent)]
        del self._kept[:-MAX_KEPT]
        for sent in list(self._kept):
            awaited = [fact for fact in self.process.awaited() if isinstance(fact, f.MessageAwaited) and fact.name == sent.name]
            mine = [
                fact
                for fact in awaited
                if messages.correlation_text(fact.correlation) in (None, messages.correlation_text(sent.correlation))
            ]
            if mine and sent in self._kept and not self.ended:
                self._kept.remove(sent)
                self._apply(c.Deliver(sent.name, mine[0].correlation, sent.payload, mine[0].place.token_id))

    # ---- words

    def guarded(self, element: str | None, act: Callable[[], object]) -> None:
        """Do something that may fail in words without stopping the case, as the platform would go on."""
        try:
            act()
        except BatonError as error:
            sentence = notices.in_language(error.sentence, self.language).format(**error.facts)
            self.say("problem", element, "{sentence}", sentence=sentence)

    def say(self, kind: str, element: str | None, text: str, **facts: Any) -> None:
        """Add a line to the log. ``text`` is an English ``str.format`` sentence, told in the reader's language."""
        self.log.append(Entry(self.step, self.now, kind, element, notices.in_language(text, self.language), facts))

    def name(self, element: str) -> str:
        """What the reader calls an element."""
        return self.unsaved.text(self.unsaved.engine.names.get(element, element), self.language)

    def named(self, thing: User | Unit) -> str:
        """A person's or a unit's name in the reader's language."""
        return org.name_in(thing, self.language)

    def operation(self, call: f.CallRequested) -> str:
        """What the reader calls an operation of a connector; its code where there is no such connector."""
        manifest = self.registry.get(call.connector) if self.registry is not None else None
        if manifest is None or call.operation not in manifest.operations:
            return f"{call.connector}.{call.operation}"
        return f"{manifest.title(self.language)} · {manifest.text(f'operations.{call.operation}', self.language)}"

    def word(self, words: Mapping[str, str], code: str | None) -> str:
        """What the reader calls a role or a state; a code that has no word is shown as it is."""
        found = words.get(code) if code is not None else None
        return notices.in_language(found, self.language) if found is not None else code or ""

    def people(self, people: Iterable[User]) -> str:
        """Names in a row."""
        names = [self.named(person) for person in people]
        shown = ("、" if self.language.startswith("zh") else ", ").join(names[:6])
        return f"{shown} …" if len(names) > 6 else shown or notices.in_language(N_("nobody"), self.language)
