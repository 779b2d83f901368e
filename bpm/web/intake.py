"""The intake desk: who calls, what is open, and the complaint itself; solved on the spot, added to an open order, or submitted.

Cases of processes that make no work order are begun here too.
"""

import re
from typing import Any

from flask import Blueprint, current_app, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import (
    access,
    caller,
    catalogue,
    classes,
    clock,
    customers,
    definitions,
    follow_up,
    inbox,
    intake,
    order_fields,
    panel,
    queues,
    workorders,
)
from bpm.errors import NotFoundError
from bpm.forms import AnswersError, Form, from_html
from bpm.models.definition import Definition
from bpm.models.work_order import WorkOrder
from bpm.panel import Panel
from bpm.request import actor, close, language, now, session
from bpm.web import fields, frame, rows
from bpm.web.speech import gettext

blueprint = Blueprint("intake", __name__, url_prefix="/intake")

_TEXTS = (
    "type",
    "channel",
    "title",
    "description",
    "class",
    "demand",
    "contact_name",
    "contact_phone",
    "contact_email",
    "customer_number",
    "sp_code",
)
_NUMBERS = ("amount_disputed", "affected_users")
_ON_THE_SPOT = ("result", "answer_text")
_TOO_MUCH = 1e12
_PHONE = re.compile(r"\+?[0-9]{3,20}")


@blueprint.get("")
def page() -> Response:
    """The desk, with the customer of ``?number=`` beside the form."""
    access.require(actor(), *intake.DESK)
    number = _number(http.args.get("number", ""))
    typed: dict[str, Any] = {"channel": http.args.get("channel", _channel()), "type": "COMPLAINT", "contact_phone": number}
    return _draw(typed, number)


def _channel() -> str:
    """By which way complaints mostly come to the reader."""
    return "KAM" if "KAM" in actor().roles else "PHONE_1860"


def _draw(typed: dict[str, Any], number: str, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    found = _panel(number)
    return frame.show(
        "intake/page.html",
        status,
        typed={**typed, "contact_name": typed.get("contact_name") or (found.panel.name if found else None)},
        number=number,
        wrong=wrong or {},
        class_words=rows.class_words(typed.get("class")),
        types=catalogue.order_types(session()),
        flows=catalogue.begun_by_hand(session()),
        **_facts(found),
    )


@blueprint.get("/customer")
def customer() -> Response:
    """The customer of a number, for the panel beside the form."""
    access.require(actor(), *intake.DESK)
    return frame.show("intake/panel.html", partial=True, **_facts(_panel(_number(http.args.get("number", "")))))


class _Found:
    """A customer with what billing says of him."""

    def __init__(self, customer: Panel, bills: list[dict[str, Any]], billing: str | None) -> None:
        self.panel, self.bills, self.billing = customer, bills, billing


def _panel(number: str) -> _Found | None:
    if not number:
        return None
    registry = current_app.extensions["connectors"]
    close()  # nobody waits for billing with a transaction open
    answer = caller.look_up(registry, number)
    bills = caller.bills(registry, number) if answer.result else None
    found = panel.of_number(session(), number, answer.result, actor(), now())
    trouble = (
        gettext("Billing does not answer. What stands here was known before.") if answer.error is not None and answer.error.retry else None
    )
    return _Found(found, (bills.result or {}).get("bills", []) if bills else [], trouble)


def _facts(found: _Found | None) -> dict[str, Any]:
    grade = found.panel.grade if found else None
    return {
        "panel": found.panel if found else None,
        "bills": found.bills if found else [],
        "billing": found.billing if found else None,
        "open_orders": rows.of_orders(found.panel.open_orders) if found else [],
        "kam": rows.person_name(found.panel.kam) if found else "",
        "authority": panel.authority(session(), sorted(actor().roles), grade),
    }


def _number(text: str) -> str:
    plain = order_fields.plain_number(text)
    return plain if _PHONE.fullmatch(plain) else ""


@blueprint.get("/classes")
def classes_like() -> Response:
    """The classes that a few letters mean, for the picker."""
    actor()
    text = next((value for name, value in http.args.items() if name.endswith("-text")), "")
    found = classes.search(session(), text, limit=8) if text.strip() else classes.children(session(), None)
    options = [(each.code, rows.class_words(each.code), rows.function_name(each.function)) for each in found]
    return frame.show("intake/classes.html", options=options, id=http.args.get("id", "class"))


@blueprint.post("")
def submit() -> Response:
    """Register the complaint; with ``spot`` it was solved while the customer was on the line."""
    access.require(actor(), *intake.DESK)
    typed = _typed()
    try:
        order = intake.take_at_desk(session(), typed, actor(), now())
    except AnswersError as error:
        status = frame.refused(error)
        shown = {**typed, **{name: http.form.get(name) for name in _NUMBERS if http.form.get(name)}}
        return _draw(shown, _number(typed.get("customer_number") or typed.get("contact_phone") or ""), status, fields.sentences(error))
    return frame.done(_taken(order, typed), url_for("orders.page", number=order.number))


def _taken(order: WorkOrder, typed: dict[str, Any]) -> str:
    """What has become of a complaint so far. Whether it is solved on the spot, its page says when the process has found out."""
    if order.class_code is None:
        return gettext("%(number)s has its number. It is registered once it has a class.", number=order.number)
    if "on_the_spot" not in typed:
        return gettext("%(number)s is registered.", number=order.number)
    most = _may_settle(order.customer_number or order.contact_phone or "")
    if typed.get("compensation", 0) > most:
        return gettext("%(number)s is registered. It goes on as an order: you may settle up to ¥%(most)d.", number=order.number, most=most)
    return gettext("%(number)s is registered as solved on the spot.", number=order.number)


def _may_settle(number: str) -> int:
    kept = customers.find(session(), number)
    return panel.authority(session(), sorted(actor().roles), kept.grade if kept else None)


def _typed() -> dict[str, Any]:
    given = http.form
    typed: dict[str, Any] = {name: given[name].strip() for name in _TEXTS if given.get(name, "").strip()}
    for name in ("contact_phone", "customer_number"):
        if name in typed:
            typed[name] = _number(typed[name]) or typed[name]
    typed |= {name: _amount(given[name]) for name in _NUMBERS if given.get(name, "").strip()}
    typed["safety_or_media"] = "safety_or_media" in given
    typed["on_line"] = typed.get("channel") == "PHONE_1860"
    if "spot" in given:
        typed |= {name: given.get(name, "").strip() for name in _ON_THE_SPOT} | {"on_the_spot": True}
        if given.get("compensation", "").strip():
            typed["compensation"] = _amount(given["compensation"])
    return typed


def _amount(text: str) -> float | int | str:
    try:
        number = float(text)
    except ValueError:
        return text
    if not abs(number) < _TOO_MUCH:
        return text
    return int(number) if number.is_integer() else number


@blueprint.post("/begin")
def begin() -> Response:
    """Begin a case of a process that makes no work order. Where its start has a form, that comes first."""
    flow, about = _flow(http.form.get("flow", "")), http.form.get("about", "").strip()
    if len(about) <= intake.LONGEST_ABOUT and intake.first_form(session(), flow, language()) is not None:
        return redirect(url_for("intake.first", key=flow.key, about=about), 303)
    try:
        return _begun(flow, {}, about)
    except AnswersError as error:
        typed = {"channel": _channel(), "type": "COMPLAINT", "flow": flow.key, "about": about}
        return _draw(typed, "", frame.refused(error), fields.sentences(error))


@blueprint.get("/begin/<key>")
def first(key: str) -> Response:
    """The form at the start of a process, before a case begins."""
    flow = _flow(key)
    return _draw_first(flow, _first_form(flow))


@blueprint.post("/begin/<key>")
def fill_in(key: str) -> Response:
    """Begin a case with the answers to the form at its start."""
    flow = _flow(key)
    form = _first_form(flow)
    typed = from_html(form, http.form, clock.zone())
    if "more-rows" in http.form:  # a table of the form is full, and the browser runs no script
        return _draw_first(flow, form, typed)
    try:
        return _begun(flow, typed, http.args.get("about", ""))
    except AnswersError as error:
        return _draw_first(flow, form, typed, frame.refused(error), fields.sentences(error))


def _flow(key: str) -> Definition:
    access.require(actor(), *intake.DESK)
    flow = next((each for each in catalogue.begun_by_hand(session()) if each.key == key), None)
    if flow is None:
        raise NotFoundError
    return flow


def _first_form(flow: Definition) -> Form:
    form = intake.first_form(session(), flow, language())
    if form is None:
        raise NotFoundError
    return form


def _draw_first(
    flow: Definition, form: Form, typed: dict[str, Any] | None = None, status: int = 200, wrong: dict[str, str] | None = None
) -> Response:
    shown = fields.of_form(form, typed or {}, wrong or {})
    about = http.args.get("about", "")
    return frame.show("intake/first.html", status, flow=flow, name=_name(flow), form=form, fields=shown, about=about)


def _begun(flow: Definition, answers: dict[str, Any], about: str) -> Response:
    """Where the first step is for whoever began the case, that comes next, and is his where it is for nobody else."""
    instance = intake.begin(session(), flow, answers, about, actor(), now())
    first = queues.following(session(), actor(), instance.id)
    task = inbox.take_on(session(), first, actor(), now()) or next(iter(first), None)
    to = url_for("inbox.task", task_id=task.id) if task is not None else url_for("intake.page")
    return frame.done(gettext("“%(name)s” has begun.", name=_name(flow)), to)


def _name(flow: Definition) -> str:
    return definitions.text(session(), flow.id, flow.name, language())


@blueprint.post("/add")
def add() -> Response:
    """The customer speaks of an order that is open: no new number, one contact and one urge."""
    access.require(actor(), *intake.DESK)
    order = workorders.by_number(session(), http.form["number"], actor())
    text = http.form.get("text", "").strip() or http.form.get("description", "").strip()
    if text:
        follow_up.inform(session(), order, text, actor(), now())
    follow_up.urge(session(), order, "", actor(), now())
    return frame.done(gettext("Added to %(number)s and urged.", number=order.number), url_for("orders.page", number=order.number))
