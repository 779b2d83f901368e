"""The story of an order in words: sentences, icons and marks for what the chapters report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bpm import definitions, incidents, interventions, story, timers
from bpm.customers import PRIVATE_LINK
from bpm.errors import N_
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import OPEN
from bpm.picture import Picture
from bpm.request import language, session
from bpm.timeline import Line, Tick
from bpm.web import rows, words
from bpm.web.rows import TaskRow
from bpm.web.speech import gettext


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a story."""

    at: datetime
    group: str
    icon: str
    who: str
    what: str
    took: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    heading: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the way: its name, how long it took, and whether it is over."""

    name: str
    took: str
    state: str
    late: bool


_ICONS = {
    "task-completed": "check",
    "task-returned": "corner-up-left",
    "task-claimed": "pencil",
    "task-open": "inbox",
    "comment": "message",
    "incident": "alert-triangle",
    "call-failed": "alert-triangle",
    "warning": "bell",
    "tier": "stairs-up",
    "order-suspended": "player-pause",
    "order-resumed": "player-play",
    "number-shown": "eye",
    "moved": "arrows-move",
    "reassigned": "share",
    "in-urge": "bell-ringing",
    "in-withdraw": "ban",
    "in-reopen": "refresh",
    "in-complaint": "flag",
    "in-note": "pencil",
}
_CHANNEL_ICONS = {"PHONE_1860": "phone", "EMAIL": "mail", "SMS_FREE": "message", "SMS_FORMAT": "message"}
_SENTENCES = {
    "task-completed": N_("finished “{step}”"),
    "task-returned": N_("returned “{step}”"),
    "task-claimed": N_("is working on “{step}”"),
    "task-open": N_("“{step}” waits to be claimed"),
    "comment": N_("on “{step}”: {text}"),
    "in-complaint": N_("complained via {channel}"),
    "in-information": N_("added: {text}"),
    "in-urge": N_("urged: {text}"),
    "in-withdraw": N_("withdrew the complaint: {text}"),
    "in-reopen": N_("asked to reopen: {text}"),
    "in-note": N_("noted: {text}"),
    "in-rating": N_("rated the answer: {text}"),
    "incident": N_("“{step}” could not be carried out: {message}"),
    "call-failed": N_("“{step}” had no answer: {message}"),
    "incident-retried": N_("had “{step}” tried again"),
    "incident-skipped": N_("passed over “{step}”"),
    "incident-result": N_("gave the result of “{step}” by hand"),
    "moved": N_("moved the order to “{step}”"),
    "reassigned": N_("handed “{step}” to {to}"),
    "warning": N_("reminded {to} of “{name}”"),
    "tier": N_("escalated to tier {tier}, told: {to}"),
    "way-missing": N_("could reach {to} on the page only"),
    "order-suspended": N_("put the order on hold: {reason}"),
    "order-resumed": N_("let the order go on after {minutes}"),
    "number-shown": N_("looked at the customer's whole number"),
    "instance-cancelled": N_("ended the process"),
}
_TO_CUSTOMER = N_("to the customer: {text}")


def lines(events: Iterable[story.Event], instance: Instance) -> list[Entry]:
    """Events of an instance in words."""
    return [_entry(event, instance) for event in events]


def days(events: Iterable[story.Event], instance: Instance | None) -> list[Day]:
    """The story by days, the newest first."""
    found: list[Day] = []
    for event in events:
        heading = words.story_day(event.at)
        if not found or found[-1].heading != heading:
            found.append(Day(heading, []))
        found[-1].entries.append(_entry(event, instance))
    return found


def _entry(event: story.Event, instance: Instance | None) -> Entry:
    quoted = event.kind == "in-complaint"
    who = gettext("Customer") if quoted else rows.person_name(event.who) or rows.unit_name(event.unit)
    if event.unit and event.who:
        who = f"{who} · {rows.unit_name(event.unit)}"
    return Entry(
        at=event.at,
        group=event.group,
        icon=_ICONS.get(event.kind) or _CHANNEL_ICONS.get(str(event.facts.get("channel")), "info-circle"),
        who=who or gettext("System"),
        what=_sentence(event, instance),
        took=_took(event.used, event.limit),
        state=_state(event),
        detail=_quoted(event) if quoted else _because(event),
    )


def _sentence(event: story.Event, instance: Instance | None) -> str:
    template = _TO_CUSTOMER if event.kind.startswith("out-") else _SENTENCES.get(event.kind, "{text}")
    facts: dict[str, Any] = {"text": "", "message": "", "to": "", "tier": "", "name": "", "reason": "", **event.facts}
    facts["step"] = _named(event, instance)
    facts["message"] = incidents.told(facts["message"], event.facts.get("template"), event.facts, gettext, language())
    facts["name"] = _text(instance, str(facts["name"]))
    facts["to"] = rows.unit_name(facts["to_unit"]) if "to_unit" in facts else _people(facts["to"])
    facts["text"] = PRIVATE_LINK.sub(
        gettext("(the customer's private link)"), str((event.facts.get("words") or {}).get(language(), facts["text"]))
    )
    facts["channel"] = words.label("channel", str(facts.get("channel") or ""))
    if event.kind.startswith("order-"):
        facts["reason"] = words.label("suspend_reason", facts["reason"])
        facts["minutes"] = words.span(float(facts.get("minutes") or 0))
    return gettext(template).format(**facts).rstrip(" :：")  # who said nothing more is quoted with nothing


_WORKS = {
    "notice": N_("Notice to the customer"),
    "rung": N_("Escalation"),
    "statutory": N_("Statutory date"),
    "wake": N_("End of the hold"),
    "deliver": N_("Message that came in"),
}


def fault_name(fault: Incident, definition_id: UUID) -> str:
    """What failed: a step as the drawing calls it, or work that belongs to no step."""
    work = _WORKS.get(incidents.kind_of(fault)) if fault.element_id is None else None
    return gettext(work) if work else definitions.text(session(), definition_id, fault.name, language())


def fault_sentence(fault: Incident) -> str:
    """What went wrong at a step, in the reader's language."""
    return incidents.told(fault.message, fault.facts.get("text"), fault.facts, gettext, language())


_PAST = {
    "timer": N_("The process goes on as if the time had come."),
    "deliver": N_("The process goes on as if the message had come, without its content."),
    "throw": N_("The process goes on; whoever waits for what it has thrown does not get it."),
    "stuck": N_("The join goes on with what has come, and waits for no more."),
    "attached": N_("The event will not happen. The step it is attached to goes on."),
    "rung": N_("Nobody is told this time. The next rung comes at its time."),
    "wake": N_("The order goes on now."),
    "statutory": N_("Nobody is told of the statutory date."),
    "notice": N_("Nobody is told."),
}
_NOT_DONE = N_(
    "What the step should have done is not done, and its result stays empty. Where a later step needs it, give it by hand instead."
)


def passing_over(fault: Incident) -> str:
    """What happens when a failed step is passed over."""
    return gettext(_PAST.get(incidents.kind_of(fault), _NOT_DONE))


def wants_values(fault: Incident) -> bool:
    """Whether what can be given by hand are values with which it goes on, and not the result of a step."""
    return incidents.kind_of(fault) in ("gateway", "attached", "stuck", "deliver")


def _quoted(event: story.Event) -> str:
    """The customer's words, and who wrote them down."""
    text = str(event.facts.get("text", ""))
    taken_by = rows.person_name(event.who) if event.who not in (None, "customer", "system") else ""
    return gettext("“%(text)s” Taken down by %(name)s.", text=text, name=taken_by) if taken_by else gettext("“%(text)s”", text=text)


def _because(event: story.Event) -> str:
    if event.kind == "task-returned" and event.facts.get("reason"):
        return words.label("return_reason", event.facts["reason"])
    return str(event.facts.get("note") or "") if event.kind == "order-suspended" else ""


def _people(logins: Any) -> str:
    named = logins if isinstance(logins, list) else [logins]
    return gettext(", ").join(rows.person_name(login) for login in named if login)


def waits_until(instance: Instance) -> tuple[str, datetime] | None:
    """At which element of the drawing a timer moves the instance on, and when."""
    found = timers.next_one(session(), instance.id)
    return (_drawn(instance, found[0]), found[1]) if found else None


def _named(event: story.Event, instance: Instance | None) -> str:
    if event.step:
        return _text(instance, event.step)
    element = event.facts.get("element_id")
    return _drawn(instance, element) if instance and element else ""


def _drawn(instance: Instance, element: str) -> str:
    names = definitions.engine_definition(session(), instance.definition_id).names
    return _text(instance, names.get(element) or element)


def _text(instance: Instance | None, chinese: str) -> str:
    return definitions.text(session(), instance.definition_id, chinese, language()) if instance and chinese else chinese


def _state(event: story.Event) -> str:
    if event.kind in ("incident", "call-failed"):
        return "bad"
    if event.late:
        return "late"
    return "now" if event.kind == "task-claimed" else ""


def _took(used: float | None, limit: float | None) -> str:
    if used is None:
        return ""
    minutes, most = round(used), round(limit or 0)
    if not limit:
        return gettext("%(minutes)d min", minutes=minutes)
    if used > limit:
        return gettext("%(used)d / %(limit)d min, %(over)d over", used=minutes, limit=most, over=minutes - most)
    return gettext("%(used)d / %(limit)d min", used=minutes, limit=most)


def steps(found: Iterable[story.Step], instance: Instance | None) -> list[StepView]:
    """The steps of the way with their times."""
    return [StepView(_text(instance, step.name), _took(step.used, step.limit), step.state, step.late) for step in found]


def units(found: Sequence[story.Leg], instance: Instance | None) -> list[dict[str, Any]]:
    """The lines of the table of sub-orders: nothing worth a table while only one unit was asked."""
    if len({leg.unit for leg in found}) < 2:
        return []
    return [
        {
            "unit": rows.unit_name(leg.unit),
            "step": _text(instance, leg.step),
            "who": rows.person_name(leg.who),
            "took": _took(leg.used, leg.limit),
            "open": leg.status in OPEN,
            "late": leg.late,
        }
        for leg in found
    ]


def rungs(line: Line) -> list[dict[str, Any]]:
    """The rungs of a ladder in words: when, and who is told."""
    return [
        {
            "state": tick.state,
            "word": rung_word(tick),
            "at": tick.rung.at,
            "to": gettext(", ").join(_post(name) for name in tick.rung.to),
        }
        for tick in line.ticks
    ]


def rung_word(tick: Tick) -> str:
    """Reminder, or tier 1."""
    return gettext("Tier %(n)d", n=tick.rung.tier) if tick.rung.tier else gettext("Reminder")


_POSTS = {
    "handler": N_("whoever has it"),
    "assignee": N_("whoever has it"),
    "section_head": N_("section head"),
    "department_head": N_("department head"),
    "customer_service_head": N_("customer-service manager"),
    "vice_president": N_("vice president"),
    "first_owner": N_("first owner"),
    "kam": N_("key account manager"),
}


def _post(name: str) -> str:
    return gettext(_POSTS[name]) if name in _POSTS else rows.person_name(name)


@dataclass(frozen=True, slots=True)
class Places:
    """From where an order could be moved by hand, and where to, each with a name; ``to`` is by the places for which it is the same."""

    here: list[tuple[str, str]]
    to: list[tuple[list[str], list[tuple[str, str]]]]


def places(instance: Instance, working: Iterable[str]) -> Places:
    """Where an instance stands, the elements where somebody works or should first, and where it could be moved from each."""
    first = list(dict.fromkeys(working))
    standing = [*first, *(each for each in instance.active or () if each not in first)]
    drawn = definitions.engine_definition(session(), instance.definition_id).names
    named = {element: f"{_text(instance, name)} ({element})" for element, name in drawn.items() if name and name != element}
    ways = interventions.ways(session(), instance, [each for each in standing if each in named])
    to: dict[tuple[str, ...], list[str]] = {}
    for element, targets in ways.items():
        to.setdefault(tuple(each for each in targets if each in named), []).append(element)
    choices = [(here, sorted(((each, named[each]) for each in found), key=lambda one: one[1])) for found, here in to.items()]
    return Places([(each, named[each]) for each in ways], choices)


def marks(shown: Picture, at: Mapping[str, TaskRow]) -> dict[str, Any]:
    """What the live diagram lays over the drawing."""
    return {
        "done": list(shown.done),
        "here": [{"id": element, "count": count, "mark": _mark(at.get(element))} for element, count in shown.here.items()],
        "faults": [{"id": fault.element_id, "word": gettext("Incident")} for fault in shown.faults],
    }


def _mark(row: TaskRow | None) -> dict[str, str] | None:
    return {"state": row.face.state, "word": words.left(row.face)} if row is not None and row.face is not None else None
