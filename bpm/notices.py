"""Who is told what, and by which way.

In the page always; outside by the first way that has a connector. What cannot be sent is written to the journal. Sending is a work item:
a mail that is refused never undoes the work that it tells of.
"""

import gettext
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

import bpm
from bpm import clock, contacts, definitions, journal, work_items, workorders
from bpm.access import SYSTEM, Actor
from bpm.connecting import Registry
from bpm.engine import templates
from bpm.errors import LANGUAGES, N_
from bpm.errors import told as told_in
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.notice import Notice
from bpm.models.org import User
from bpm.models.task import Task
from bpm.models.work_order import Contact, WorkOrder

IN_THE_PAGE = frozenset({"popup", "sound", "list"})
"""Ways that need no connector."""

CUSTOMER_LANGUAGE = "zh"
"""In which language customers are written to unless they complained in another, or their snapshot names one."""

_TRANSLATIONS = Path(bpm.__file__).parent / "web" / "translations"
_LOCALES = {"zh": ("zh", "zh_CN", "zh_Hans_CN"), "en": ("en",)}


class _Outside:
    """The connectors of this program, and the address under which people reach it; set once, at start."""

    registry: Registry | None = None
    url: str = ""


def configure(registry: Registry | None, url: str = "") -> None:
    """Let notices go out through these connectors, and tell people this address."""
    _Outside.registry, _Outside.url = registry, url


# ---- the staff


def tell(  # noqa: PLR0913 -- what a notice is: who, what, about which work, by which ways
    session: Session,
    users: Iterable[User],
    kind: str,
    text: str,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    order: WorkOrder | None = None,
    task: Task | None = None,
    ways: Sequence[str] = ("popup",),
) -> list[Notice]:
    """Tell people something in the page, and outside by the first of ``ways`` that has a connector; where none has, by mail.

    ``text`` is an English ``str.format`` sentence that ``facts`` fill. It is told in the language of whoever reads it, when he reads it;
    so a fact that is a word holds it in each (``in_each_language``). A person is told once.
    """
    told = []
    for user in {user.id: user for user in users}.values():
        notice = Notice(
            id=row_id(),
            user_id=user.id,
            order_id=order.id if order else None,
            task_id=task.id if task else None,
            kind=kind,
            text=text,
            facts=dict(facts),
            popup=not IN_THE_PAGE.isdisjoint(ways),
            created_at=now,
        )
        session.add(notice)
        told.append(notice)
        if not IN_THE_PAGE.issuperset(ways):
            _send(session, notice, user, ways, now)
    return told


def tell_staff(session: Session, users: Iterable[User], order: WorkOrder, key: str, now: datetime) -> list[Notice]:
    """Tell people what a text of the process says (``notices`` in process.json)."""
    words = in_each_language(partial(_told, session, order, key, {}))
    return tell(session, users, key, "{text}", {"text": words}, now=now, order=order)


def unread(session: Session, actor: Actor, limit: int = 50) -> list[Notice]:
    """What the actor was told and has not read yet, newest first."""
    query = select(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
    return list(session.scalars(query.order_by(Notice.created_at.desc(), Notice.id).limit(limit)))


def mark_read(session: Session, actor: Actor, now: datetime, notice_id: UUID | None = None) -> None:
    """The actor has read one of his notices; without an id, all of them."""
    mine = update(Notice).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None))
    session.execute((mine if notice_id is None else mine.where(Notice.id == notice_id)).values(read_at=now))


def sentence(notice: Notice, language: str) -> str:
    """What a notice says, in a language."""
    return told_in(in_language(notice.text, language), notice.facts, language)


def in_language(text: str, language: str) -> str:
    """A marked English text in a language; itself where it has no translation."""
    return _catalogue(language[:2].lower()).gettext(text)


def in_each_language(say: Callable[[str], str]) -> dict[str, str]:
    """What ``say`` makes of each language: words that are kept now, and read later by people of whom nobody knows which they read."""
    return {language: say(language) for language in LANGUAGES}


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("messages", _TRANSLATIONS, _LOCALES.get(language, (language,)), fallback=True)


# ---- the customer


def tell_customer(session: Session, order: WorkOrder, key: str, variables: Mapping[str, Any], now: datetime) -> Contact:
    """Tell the customer what a text of the process says, filled by the order's columns and ``variables``.

    It always stands on the tracking page, and goes out by mail when he has left an address.
    """
    language = str(order.language or (order.customer or {}).get("language") or CUSTOMER_LANGUAGE)
    subject, body = _wording(session, order, key, variables, language)
    words = in_each_language(partial(_told, session, order, key, variables))
    by_mail = bool(order.contact_email) and _is_ready("mail")
    channel = "EMAIL" if by_mail else "WEB_SELF"
    contact = contacts.add(session, order, key, body or subject, now, direction="out", channel=channel, words=words)
    if by_mail and order.contact_email:
        link = tracking_url(order)
        text = body if link in body else f"{body}\n\n{link}"
        inputs = _inputs("mail", order.contact_email, f"[{order.number}] {subject}", text)
        payload = {"connector": "mail", "operation": _SEND, "inputs": inputs}
        work_items.enqueue(session, "notice", f"notice:{contact.id}", payload, now, now, order.instance_id)
    elif order.contact_email:
        _note_missing(session, _instance(session, order, None), ["mail"], "customer", now)
    return contact


def tracking_url(order: WorkOrder) -> str:
    """The customer's private page of an order."""
    return f"{_Outside.url}/track/{order.token}"


def _wording(session: Session, order: WorkOrder, key: str, variables: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject and body of a text of the order's process in a language, filled in; of a text it does not have, the order's title."""
    instance = _instance(session, order, None)
    text = definitions.settings_of(session, instance.definition_id).notices.get(key) if instance is not None else None
    if instance is None or text is None:
        return _one_line(order.title), ""
    facts = {**_facts(order), **variables}
    subject, body = (definitions.text(session, instance.definition_id, part, language) for part in (text.subject, text.body))
    return _one_line(filled(subject, facts)), filled(body, facts)


def _told(session: Session, order: WorkOrder, key: str, variables: Mapping[str, Any], language: str) -> str:
    """The body of a text, or its subject where it has none."""
    subject, body = _wording(session, order, key, variables, language)
    return body or subject


def _facts(order: WorkOrder) -> dict[str, Any]:
    """What a text may name: every plain column of the order, and its tracking page. The token itself stays out of other texts."""
    columns = {column.key: getattr(order, column.key) for column in WorkOrder.__table__.columns if column.key not in {"token", "customer"}}
    return {**columns, "tracking_url": tracking_url(order)}


def filled(text: str, facts: Mapping[str, Any]) -> str:
    """A text with its places filled as everywhere in a drawing, and moments as people read them; what is not known is left empty."""
    return templates.fill(text, {name: _readable(value) for name, value in facts.items()})


def _readable(value: Any) -> Any:
    return value.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime) else value


# ---- going out

_SEND = "send"
_CONNECTORS = {"call": "telephony", "phone": "telephony"}
"""Ways whose connector has another name than the way."""


def _send(session: Session, notice: Notice, user: User, ways: Sequence[str], now: datetime) -> None:
    """Tell one person by the first way that is there. A mail that fails later leaves the notice in the page, so it is no incident."""
    order = session.get(WorkOrder, notice.order_id) if notice.order_id else None
    task = session.get(Task, notice.task_id) if notice.task_id else None
    missing = []
    for way in dict.fromkeys([*(way for way in ways if way not in IN_THE_PAGE), "mail"]):
        name, address = _CONNECTORS.get(way, way), user.email if way == "mail" else user.phone
        if address and _is_ready(name):
            text = sentence(notice, user.language)
            number = f"[{order.number}] " if order is not None and order.number not in text else ""
            body = "\n\n".join(part for part in (text, _about(order, task, user.language), _link(order, task)) if part)
            inputs = _inputs(name, address, f"{number}{text}"[:_LONGEST_SUBJECT], body)
            payload = {"connector": name, "operation": _SEND, "inputs": inputs}
            work_items.enqueue(session, "notice", f"notice:{notice.id}", payload, now, now)
            break
        missing.append(way)
    _note_missing(session, _instance(session, order, task), missing, user.login, now)


def _about(order: WorkOrder | None, task: Task | None, language: str) -> str:
    """What the order is about, and until when the task, else the order, is due."""
    if order is None:
        return ""
    due = task.due_at if task is not None else order.due_at
    until = in_language(_DUE, language).format(when=_readable(due)) if due is not None else ""
    return "\n".join(part for part in (order.title, until) if part)


_DUE = N_("Due: {when}")


def _link(order: WorkOrder | None, task: Task | None) -> str:
    """Where to go on reading: the task, else the order."""
    path = f"inbox/tasks/{task.id}" if task is not None else f"orders/{order.number}" if order is not None else ""
    return f"{_Outside.url}/{path}"


_LONGEST_SUBJECT = 200


def _is_ready(connector: str) -> bool:
    """Tell whether a connector is set up and can send."""
    registry = _Outside.registry
    manifest = registry.get(connector) if registry is not None and registry.ready(connector) else None
    return manifest is not None and _SEND in manifest.operations


def _inputs(connector: str, to: str, subject: str, text: str) -> dict[str, str]:
    """The inputs that this connector's ``send`` knows."""
    registry = _Outside.registry
    known = registry.operation(connector, _SEND).inputs["properties"] if registry is not None else {}
    return {name: value for name, value in (("to", to), ("subject", _one_line(subject)), ("text", text)) if name in known}


def _one_line(text: str) -> str:
    """What somebody wrote as a mail's subject can hold it: a line end or a control character in it would keep the mail back."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _note_missing(session: Session, instance: Instance | None, ways: Sequence[str], person: str, now: datetime) -> None:
    if ways and instance is not None:
        journal.note(session, instance, "way-missing", SYSTEM.login, now, ways=list(ways), to=person)


def _instance(session: Session, order: WorkOrder | None, task: Task | None) -> Instance | None:
    if task is not None:
        return task.instance
    return workorders.instance_of(session, order) if order is not None else None
