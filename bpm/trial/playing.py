"""Plays a script from its start, each time anew: no trial is kept, so nothing of it can leak, and to rewind is to cut the script."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from bpm import clock, forms, intake, notices, org
from bpm.connecting import ConnectorError, Registry
from bpm.connecting.manifest import Manifest, misfit
from bpm.definitions.unsaved import Unsaved, read_unsaved
from bpm.engine import commands as c
from bpm.engine import facts as f
from bpm.engine import timers
from bpm.engine.definition import StartEvent
from bpm.errors import N_, BatonError, ConflictError, InvalidError, NotFoundError
from bpm.inbox import NotForYouError
from bpm.models.org import Unit, User
from bpm.trial import examples
from bpm.trial.order import NUMBER
from bpm.trial.sandbox import MAX_SECONDS, Sandbox, TooFarError
from bpm.trial.script import Script, Start, Step
from bpm.trial.trail import plan_of
from bpm.trial.work import Work

WORD = N_("Trial")
"""What stands in a free text that nobody has filled in."""


class NotOpenHereError(ConflictError):
    """The script names a step that is drawn, but that the case has not reached."""

    code = "trial-not-open"
    sentence = N_("“{name}” is not open at this point. Open are: {open}.")


class NotDrawnError(NotFoundError):
    """The script is older than the drawing."""

    code = "trial-not-drawn"
    sentence = N_("The step {name} is not in the drawing any more.")


class BadAnswerError(InvalidError):
    """What the connector is to answer is nothing that it could."""

    code = "trial-bad-answer"
    sentence = N_("“{operation}” can give no such answer; it breaks the rule “{rule}”.")


class NotAwaitedHereError(ConflictError):
    """Nobody waits for the message."""

    code = "trial-not-awaited"
    sentence = N_("Nothing waits for the message “{name}” at this point.")


@dataclass(frozen=True, slots=True)
class Stopped:
    """The script could not be played to its end: at which step (0: the start), and why."""

    step: int
    error: BatonError


@dataclass(slots=True)
class Played:
    """A case as far as the script has led it. ``changed``: the names of the variables that each step has changed, the start first."""

    box: Sandbox
    stopped: Stopped | None = None
    changed: list[list[str]] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)


def play(
    session: Session, files: Mapping[str, bytes], script: Script, *, now: datetime, language: str, registry: Registry | None = None
) -> Played:
    """Play a script on files that are no version yet. ``now`` counts where the script names no moment. Nothing is written.

    Raises RefusedError where the files cannot be run at all; what stops the script on its way stands in the answer.
    """
    return play_on(session, read_unsaved(session, files), script, now=now, language=language, registry=registry)


def play_on(
    session: Session,
    unsaved: Unsaved,
    script: Script,
    *,
    now: datetime,
    language: str,
    registry: Registry | None = None,
    seconds: float = MAX_SECONDS,
) -> Played:
    """As ``play``, on files that were read already, for at most so many seconds."""
    start = script.start
    city = start.city or default_city(session)
    box = Sandbox(session, unsaved, registry, language, plan_of(unsaved.whole), start.at or now, city, seconds)
    played = Played(box)
    try:
        box.say("start", start.element_id, N_("The case begins."))
        box.apply(c.Start({**first_variables(unsaved, city), **start.variables, **_first_answers(box, start)}, start.element_id))
        _note(played, {})
        for number, step in enumerate(script.steps, 1):
            box.step = number
            before = dict(box.process.variables)
            _do(box, step)
            _note(played, before)
    except BatonError as error:
        played.stopped = Stopped(box.step, error)
    return played


def default_city(session: Session) -> str | None:
    """The city in which the installation's front desk stands first, else any city."""
    desk = select(Unit.city).where(Unit.city.is_not(None)).order_by(case((Unit.function == "FRONT", 0), else_=1), Unit.code)
    return session.scalars(desk.limit(1)).first()


def first_variables(unsaved: Unsaved, city: str | None) -> dict[str, Any]:
    """What a case knows at its start when nobody has said anything more."""
    if not unsaved.settings.order_type:
        return {}
    texts = dict.fromkeys(("demand", "contact_email", "class_code", "first_owner", "customer", "last_grade"))
    return {
        **intake.NOTHING_SAID,
        **texts,
        "number": NUMBER,
        "order_type": unsaved.settings.order_type,
        "channel": "PHONE_1860",
        "title": "…",
        "description": "",
        "contact_name": None,
        "contact_phone": "13900000000",
        "customer_number": "13900000000",
        "city": city,
        "registered": False,
        "regulator": False,
        "grade_pending": False,
        "orders_90d": 0,
        "open_orders": 0,
        "repeat_30d": 1,
        "repeat_flag": False,
    }


def first_form(session: Session, unsaved: Unsaved, start: StartEvent, language: str, city: str | None) -> forms.Form | None:
    """The form at a start event, made ready for the reader; None where the drawing names none. Raises RefusedError."""
    if start.form is None:
        return None

    def text(zh: str) -> str:
        return unsaved.text(zh, language)

    return forms.made_ready(session, start.form, unsaved.form(start.form), text, {}, language=language, city=city)


def _first_answers(box: Sandbox, start: Start) -> dict[str, Any]:
    form = first_form(box.session, box.unsaved, box.unsaved.engine.start_of(start.element_id), box.language, box.city)
    return {} if form is None else forms.check(form, {**ordinary_answers(form, box.language), **start.variables})


def form_of(box: Sandbox, task: Work) -> forms.Form | None:
    """The form of an open task, made ready for the reader; None where the drawing names none. Raises RefusedError."""
    if task.fact.form is None:
        return None
    written, data = box.unsaved.form(task.fact.form), box.process.data_of(task.fact.place.token_id)

    def text(zh: str) -> str:
        return box.unsaved.text(zh, box.language)

    place = task.fact.place
    read_only = box.unsaved.engine.read_only(place.process_id, place.element_id)
    return forms.made_ready(box.session, task.fact.form, written, text, data, language=box.language, city=box.city, read_only=read_only)


def ordinary_answers(form: forms.Form, language: str) -> dict[str, Any]:
    """What a person in a hurry would answer."""
    return examples.answers(form, notices.in_language(WORD, language))


def ordinary_result(box: Sandbox, call: f.CallRequested) -> Any:
    """An ordinary answer of a connector, made of what its manifest promises; what was asked for comes back where it has the same name."""
    try:
        promised = box.registry.operation(call.connector, call.operation).outputs if box.registry is not None else {}
    except ConnectorError:
        return {}
    answer = examples.example(promised)
    if isinstance(answer, dict):
        echoed = {name: value for name, value in call.inputs.items() if name in answer and value is not None}
        return {**answer, **echoed}
    return {}


# ---- the deeds


def _note(played: Played, before: Mapping[str, Any]) -> None:
    after = played.box.process.variables
    played.changed.append(sorted(name for name, value in after.items() if name not in before or before[name] != value))
    played.moments.append(played.box.now)


def _do(box: Sandbox, step: Step) -> None:
    match step.do:
        case "complete":
            _complete(box, step)
        case "return":
            _return(box, step)
        case "wait":
            _wait(box, step)
        case "answer":
            _answer(box, step)
        case "fail":
            _fail(box, step)
        case "message":
            _message(box, step)
        case "retry":
            failed = _awaited(box, step, f.StepFailed)
            box.say("retry", step.element, N_("“{name}” is tried again."), name=box.name(step.element))
            box.apply(c.Retry(failed.place.token_id))
        case "skip":
            failed = _awaited(box, step, f.StepFailed)
            box.say("skip", step.element, N_("“{name}” is passed over."), name=box.name(step.element))
            box.apply(c.Skip(failed.place.token_id, step.values or {}))


def _awaited(box: Sandbox, step: Step, kind: type[Any]) -> Any:
    """What is awaited at the element that a step names. Raises NotDrawnError, NotOpenHereError."""
    found = (
        [fact for fact in box.process.awaited() if isinstance(fact, kind) and fact.place.element_id == step.element]
        if not box.ended
        else []
    )
    if step.index < len(found):
        return found[step.index]
    if step.element not in box.plan.nodes:
        raise NotDrawnError(name=step.element)
    names = dict.fromkeys(box.name(fact.place.element_id) for fact in _standing(box))
    raise NotOpenHereError(name=box.name(step.element), open=", ".join(names) or "–")


def _standing(box: Sandbox) -> list[Any]:
    return (
        [fact for fact in box.process.awaited() if isinstance(fact, f.TaskOpened | f.CallRequested | f.StepFailed)] if not box.ended else []
    )


def _work(box: Sandbox, step: Step) -> tuple[Work, User | None]:
    """The task of a step, and who does it. Raises as ``_awaited``, UserNotFoundError, NotForYouError."""
    task = box.works[_awaited(box, step, f.TaskOpened).place.token_id]
    person = org.find_user(box.session, step.who) if step.who else task.doer
    if person is not None and person.id in task.excluded:
        raise NotForYouError
    return task, person


def _complete(box: Sandbox, step: Step) -> None:
    task, person = _work(box, step)
    form = form_of(box, task)
    given = step.values or {}
    answers = given if form is None else forms.check(form, {**ordinary_answers(form, box.language), **given})
    command = c.CompleteTask(task.fact.place.token_id, answers)
    if f.is_way_back(task.fact.way_back, answers):
        _send_back(box, step, command, person)
    else:
        _say_done(box, N_("{who} completes “{name}”."), step, person)
        box.apply(command, (command.token_id, person))


def _return(box: Sandbox, step: Step) -> None:
    """The drawn way back where there is one, else to the step before."""
    task, person = _work(box, step)
    token, why = task.fact.place.token_id, {"return_reason": step.code or "", "return_note": step.text}
    way_back = task.fact.way_back
    _send_back(box, step, c.CompleteTask(token, {**way_back, **why}) if way_back else c.SendBack(token, None, why), person)


def _send_back(box: Sandbox, step: Step, command: c.CompleteTask | c.SendBack, person: User | None) -> None:
    _say_done(box, N_("{who} returns “{name}”."), step, person)
    if box.order is not None:
        box.order.returned += 1
    box.apply(command, (command.token_id, person))


def _say_done(box: Sandbox, text: str, step: Step, person: User | None) -> None:
    who = box.named(person) if person is not None else notices.in_language(N_("Somebody"), box.language)
    box.say("done", step.element, text, who=who, name=box.name(step.element))


def _wait(box: Sandbox, step: Step) -> None:
    since = box.now
    if step.until is not None:
        until: datetime | None = step.until
    elif step.duration is not None:
        until = _later(since, step.duration)
    else:
        until = None
    box.say("wait", None, N_("Time passes."))
    if until is None:
        box.wait_for_next()
    else:
        box.wait(until)


def _later(since: datetime, duration: str) -> datetime:
    try:
        return timers.later(since, timers.span(duration), clock.zone())
    except (OverflowError, ValueError):
        raise TooFarError from None


def _answer(box: Sandbox, step: Step) -> None:
    call: f.CallRequested = _awaited(box, step, f.CallRequested)
    result = ordinary_result(box, call) if step.values is None else step.values
    operation = box.operation(call)
    if box.registry is not None and (rule := misfit(box.registry.operation(call.connector, call.operation).outputs, result)):
        raise BadAnswerError(operation=operation, rule=rule)
    box.say("answered", step.element, N_("{operation} answers “{name}”."), name=box.name(step.element), operation=operation)
    box.apply(c.FinishCall(call.place.token_id, result))


def _fail(box: Sandbox, step: Step) -> None:
    """As the platform gives up: an error that further tries could not help is thrown by its own code, any other as the drawing says."""
    call: f.CallRequested = _awaited(box, step, f.CallRequested)
    manifest = box.registry.get(call.connector) if box.registry is not None else None
    may_pass = manifest is None or step.code is None or manifest.errors.get(step.code, False)
    code = call.on_failure if may_pass else step.code
    message = step.text or failure_text(manifest, step.code, box.language)
    facts = {"name": box.name(step.element), "operation": box.operation(call), "problem": message}
    box.say("failed", step.element, N_("{operation} fails at “{name}”: {problem}."), **facts)
    box.apply(c.FailCall(call.place.token_id, message, code))


def failure_text(manifest: Manifest | None, code: str | None, language: str) -> str:
    """What a connector says when it fails so, without a full stop; what only a real call would know is left out."""
    if code is None:
        return notices.in_language(N_("no answer"), language)
    if manifest is None:
        return code
    said = re.sub(r"\s*[(（]\{\w+\}[)）]|\s*\{\w+\}(?=[.。]?$)", "", manifest.text(f"errors.{code}", language))
    return re.sub(r"\{\w+\}", "…", said).rstrip(".。")


def _message(box: Sandbox, step: Step) -> None:
    """Without a correlation the message goes to whoever waits for its name first."""
    awaited = (
        [fact for fact in box.process.awaited() if isinstance(fact, f.MessageAwaited) and fact.name == step.element]
        if not box.ended
        else []
    )
    mine = [fact for fact in awaited if step.correlation is None or str(fact.correlation) == step.correlation]
    if not mine:
        raise NotAwaitedHereError(name=step.element)
    box.say("message", mine[0].place.element_id, N_("The message “{message}” comes."), message=step.element)
    about = {"current_user": _holder(box), "current_unit": _unit(box)} if box.order is not None else {}
    payload = {**about, **(step.values or {})}
    box.apply(c.Deliver(step.element, mine[0].correlation, payload, mine[0].place.token_id))


def _newest(box: Sandbox) -> Work | None:
    return next(reversed(box.works.values()), None)


def _holder(box: Sandbox) -> str | None:
    """Whom a drawn notice reaches: a login, or role@unit while nobody has taken the newest step."""
    task = _newest(box)
    if task is None or task.unit is None:
        return None
    return task.person.login if task.person is not None else f"{task.role}@{task.unit.code}"


def _unit(box: Sandbox) -> str | None:
    task = _newest(box)
    return task.unit.code if task is not None and task.unit is not None else None
