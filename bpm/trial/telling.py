"""A trial as the designer shows it: JSON, every text in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy.orm import Session

from bpm import clock, notices, org, workorders
from bpm.definitions.unsaved import read_unsaved
from bpm.engine import facts as f
from bpm.errors import BatonError, RefusedError
from bpm.forms import Form, said
from bpm.models.org import User
from bpm.trial.playing import Played, default_city, failure_text, first_form, first_variables, form_of, ordinary_answers, ordinary_result
from bpm.trial.sandbox import Sandbox
from bpm.trial.work import Work

Json = dict[str, Any]
_LONGEST = 5_000  # bytes of JSON
_WAITS = f.TaskOpened | f.CallRequested | f.StepFailed | f.MessageAwaited | f.SignalAwaited | f.TimerSet


def state(played: Played) -> Json:
    """Where the case stands, and how it came there."""
    box = played.box
    awaited = [] if box.ended else box.process.awaited() if box.log and played.changed else []
    return {
        "now": box.now,
        "zone": clock.zone().key,
        "ended": box.ended,
        "stopped": _stopped(played),
        "tasks": [_task(box, index, fact) for index, fact in _counted(awaited, f.TaskOpened)],
        "calls": [_call(box, index, fact) for index, fact in _counted(awaited, f.CallRequested)],
        "timers": [
            {**_at(box, fact.place.element_id), "due": fact.due, "calendar": fact.calendar}
            for fact in awaited
            if isinstance(fact, f.TimerSet)
        ],
        "messages": [
            {**_at(box, fact.place.element_id), "message": fact.name, "correlation": fact.correlation}
            for fact in awaited
            if isinstance(fact, f.MessageAwaited)
        ],
        "incidents": [
            {**_at(box, fact.place.element_id), "index": index, "code": fact.code, "sentence": _incident(box, fact)}
            for index, fact in _counted(awaited, f.StepFailed)
        ],
        "next": _next(box) if played.changed else None,
        "order": _order(box),
        "tokens": _tokens(box, awaited),
        "done": list(dict.fromkeys(box.trail.passed)),
        "path": list(box.trail.passed),
        "flows": dict(box.trail.taken),
        "decisions": [
            {
                "step": each.step,
                **_at(box, each.fact.element_id),
                "decision": each.fact.decision,
                "rules": list(each.fact.rules),
                "why": [box.unsaved.text(why, box.language) for why in each.fact.annotations],
                "result": _short(each.fact.result),
            }
            for each in box.decisions
        ],
        "notices": [
            {"step": told.step, "at": told.at, "to": told.to, "key": told.key, "people": _people(box, told.people)}
            | {"subject": told.subject, "body": told.body}
            for told in box.told
        ],
        "variables": box.process.variables if played.changed else {},
        "steps": [{"at": at, "changed": changed} for at, changed in zip(played.moments, played.changed, strict=True)],
        "log": [
            {"step": entry.step, "at": entry.at, "kind": entry.kind, "element": entry.element, "sentence": entry.text.format(**entry.facts)}
            for entry in box.log
        ],
    }


def beginnings(session: Session, files: Mapping[str, bytes], *, now: datetime, language: str) -> Json:
    """The ways to begin a case, and what it knows at its start when nobody says more. Raises RefusedError."""
    unsaved, city = read_unsaved(session, files), default_city(session)
    starts = unsaved.engine.starts()
    return {
        "starts": [
            {
                "element": each.element_id,
                "name": unsaved.text(each.name, language),
                "kind": each.kind,
                "form": _form(first_form(session, unsaved, each, language, city), language),
            }
            for each in starts
        ],
        "variables": first_variables(unsaved, city),
        "city": city,
        "at": now.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M"),
    }


def sentence_of(error: BatonError, language: str) -> str:
    """What an error says, in a language. Of refused files it says what is wrong with the first."""
    if isinstance(error, RefusedError):
        first = next((finding for finding in error.findings if finding.level == "error"), None)
        if first is not None:
            return first.told(partial(notices.in_language, language=language), language)
    return notices.in_language(error.sentence, language).format(**error.facts)


def _short(value: Any) -> Any:
    """A value as it is shown beside others; one that would fill pages is left out."""
    return value if len(orjson.dumps(value)) <= _LONGEST else "…"


def _stopped(played: Played) -> Json | None:
    if played.stopped is None:
        return None
    language, error = played.box.language, played.stopped.error
    translated = partial(notices.in_language, language=language)
    fields = {name: said(text, translated) for name, text in error.facts.get("fields", {}).items()}
    return {"step": played.stopped.step, "code": error.code, "sentence": sentence_of(error, language), "fields": fields}


def _counted(awaited: list[f.Fact], kind: type[Any]) -> list[tuple[int, Any]]:
    """The facts of a kind, each with its number among those of the same element."""
    seen: dict[str, int] = {}
    found = []
    for fact in awaited:
        if isinstance(fact, kind):
            element = fact.place.element_id
            found.append((seen.setdefault(element, 0), fact))
            seen[element] += 1
    return found


def _at(box: Sandbox, element: str) -> Json:
    return {"element": element, "name": box.name(element)}


def _people(box: Sandbox, people: Any) -> list[Json]:
    return [{"login": person.login, "name": box.named(person)} for person in people]


def _person(box: Sandbox, person: User | None) -> Json | None:
    return {"login": person.login, "name": box.named(person)} if person is not None else None


def _task(box: Sandbox, index: int, fact: f.TaskOpened) -> Json:
    task = box.works[fact.place.token_id]
    problem, form = None, None
    try:
        form = form_of(box, task)
    except BatonError as error:
        problem = sentence_of(error, box.language)
    return {
        **_at(box, fact.place.element_id),
        "index": index,
        "unit": {"code": task.unit.code, "name": box.named(task.unit)} if task.unit is not None else None,
        "role": box.word(org.ROLES, task.role),
        "person": _person(box, task.person),
        "doer": _person(box, task.doer),
        "people": _people(box, task.people),
        "why": fact.why.said(box.unsaved.text(fact.why.text, box.language)),
        "way_back": fact.way_back is not None,
        "form": _form(form, box.language),
        "problem": problem,
        "limit": _limit(task),
    }


def _form(form: Form | None, language: str) -> Json | None:
    if form is None:
        return None
    return {"name": form.name, "title": form.title, "schema": form.schema, "ui": form.ui, "answers": ordinary_answers(form, language)}


def _limit(task: Work) -> Json | None:
    limit = task.fact.limit
    if limit is None or task.due is None:
        return None
    rungs = [
        {"at": rung.at, "tier": rung.tier, "percent": rung.percent, "to": list(rung.to), "rung": index < task.rung}
        for index, rung in enumerate(task.rungs)
    ]
    return {"minutes": limit.minutes, "calendar": task.calendar, "due": task.due, "tier": task.tier, "rungs": rungs}


def _call(box: Sandbox, index: int, fact: f.CallRequested) -> Json:
    manifest = box.registry.get(fact.connector) if box.registry is not None else None
    operation = manifest.operations.get(fact.operation) if manifest is not None else None
    errors = (
        [{"code": code, "text": failure_text(manifest, code, box.language)} for code in (operation.errors if operation else ())]
        if manifest is not None
        else []
    )
    return {
        **_at(box, fact.place.element_id),
        "index": index,
        "connector": fact.connector,
        "operation": fact.operation,
        "title": box.operation(fact),
        "inputs": fact.inputs,
        "titles": _titles(box, fact),
        "example": ordinary_result(box, fact),
        "errors": errors,
    }


def _titles(box: Sandbox, fact: f.CallRequested) -> dict[str, str]:
    """What the fields of a call and of its answer are called."""
    manifest = box.registry.get(fact.connector) if box.registry is not None else None
    operation = manifest.operations.get(fact.operation) if manifest is not None else None
    if manifest is None or operation is None:
        return {}
    names = {**operation.inputs["properties"], **operation.outputs["properties"]}
    return {name: manifest.text(f"fields.{name}", box.language) for name in names}


def _incident(box: Sandbox, fact: f.StepFailed) -> str:
    return notices.in_language(fact.text, box.language).format(**fact.facts) if fact.text else fact.message


def _next(box: Sandbox) -> Json | None:
    due = box.next_due()
    if due is None:
        return None
    place = due.timer.place if due.timer is not None else due.work.fact.place if due.work is not None else None
    if place is None:
        return None
    return {"at": due.at, "kind": "timer" if due.timer is not None else "rung", **_at(box, place.element_id)}


def _order(box: Sandbox) -> Json | None:
    order = box.order
    if order is None:
        return None
    return {
        "state": order.state,
        "state_name": box.word(workorders.STATES, order.state),
        "tier": order.tier,
        "due": order.due_at,
        "columns": order.columns,
    }


def _tokens(box: Sandbox, awaited: list[f.Fact]) -> dict[str, int]:
    """How many tokens stand at each element; what waits beside the way has none. An activity holds those of the scope inside it."""
    found: dict[str, int] = {}
    inside: set[tuple[str, str]] = set()
    standing: set[tuple[str, str]] = set()
    for fact in awaited:
        if not isinstance(fact, _WAITS):
            continue
        place = fact.place
        inside |= {(token, element) for token in place.scopes if (element := box.process.element_of(token)) is not None}
        if place.element_id not in box.plan.aside:
            standing.add((place.token_id, place.element_id))
    for _, element in standing | inside:
        found[element] = found.get(element, 0) + 1
    return found
