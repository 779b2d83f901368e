"""Work orders: the list, the page of one, and what can be done with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, jsonify, make_response, redirect, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import (
    attachments,
    classes,
    contacts,
    definitions,
    follow_up,
    incidents,
    instances,
    interventions,
    options,
    org,
    picture,
    story,
    suspension,
    timeline,
    workorders,
)
from bpm.errors import BatonError, ConflictError, ForbiddenError, InvalidError, NotFoundError
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder
from bpm.org import Branch
from bpm.request import actor, language, now, session
from bpm.web import fields, frame, rows, stories, words
from bpm.web import incidents as failures
from bpm.web.sheet import sheet_of
from bpm.web.speech import gettext
from bpm.workorders import OrderFilters

blueprint = Blueprint("orders", __name__, url_prefix="/orders")

_ARRIVING = timedelta(seconds=30)
"""For so long the page of a new order asks where it stands by now: customer, level and limits are found out in a moment."""
_MOST_OTHERS = 8
_NARROWING = ("q", "state", "at", "class_code", "city", "level")


@blueprint.get("")
def listing() -> Response:
    """The list of orders; a whole number typed into the search opens its order."""
    args = http.args
    late = {"yes": True, "no": False}.get(args.get("late", ""))
    here = {name: args[name].strip() for name in _NARROWING if args.get(name)}
    here |= {"class_code": code} if (code := _class_meant(args)) else {}
    filters = OrderFilters(**here, late=late, open_only=args.get("open") == "yes")
    found = workorders.page(session(), actor(), filters, now(), cursor=args.get("cursor"))
    if len(found.items) == 1 and found.items[0].number == here.get("q"):
        return redirect(url_for("orders.page", number=found.items[0].number))
    kept = here | {name: args[name] for name in ("late", "open") if args.get(name)}
    more = f"{url_for('orders.listing')}?{urlencode({**kept, 'cursor': found.next_cursor})}" if found.next_cursor else None
    return frame.show(
        "orders/listing.html",
        rows=rows.of_orders(found.items),
        here=kept,
        more=more,
        class_words=rows.class_words(here.get("class_code")),
        cities=[(each.city, words.name_of(each)) for each in org.cities(session())],
        units=list(_indented(org.units(session()))),
    )


def _class_meant(args: Mapping[str, str]) -> str:
    """The code of the class that was chosen; of words that were typed and not chosen from, the first that fits, as the picker marks it."""
    typed = args.get("class_code-text", "").strip()
    if args.get("class_code") or not typed:
        return args.get("class_code", "").strip()
    return next((each.code for each in classes.search(session(), typed, limit=1)), typed)


def _indented(branches: Iterable[Branch], depth: int = 0) -> Iterator[tuple[str, str]]:
    """The units as choices, each under the one it belongs to."""
    for branch in branches:
        yield branch.unit.code, 2 * depth * "\N{NO-BREAK SPACE}" + words.name_of(branch.unit)
        yield from _indented(branch.below, depth + 1)


@blueprint.get("/<number>")
def page(number: str) -> Response:
    """All about one order."""
    return _draw(workorders.by_number(session(), number, actor()))


def _others_of_the_customer(order: WorkOrder) -> list[WorkOrder]:
    known = workorders.history(session(), actor(), order.customer_number, order.contact_phone)
    return [other for other in known if other.id != order.id][:_MOST_OTHERS]


def _draw(order: WorkOrder, status: int = 200, alert: str | None = None) -> Response:
    tasks = workorders.open_tasks(session(), order)
    can = options.of_order(session(), order, actor())
    mine = _mine(tasks)
    first = mine or (tasks[0] if tasks else None)
    instance = instances.get(session(), order.instance_id, actor()) if order.instance_id else None
    line = timeline.of_ladder(session(), first, now()) if first else None
    faults = incidents.of_instance(session(), instance.id) if instance else []
    return frame.show(
        "orders/page.html",
        status,
        alert=alert,
        order=order,
        row=rows.of_orders([order])[0],
        can=can,
        sheet=sheet_of(mine) if mine else None,
        first=rows.of_task(first) if first else None,
        holder=_holder(first) if first else "",
        line=line,
        instance=instance,
        definition=definitions.get(session(), instance.definition_id) if instance else None,
        steps=stories.steps(story.steps(session(), order, now()), instance),
        units=stories.units(story.units(session(), order, now()), instance),
        days=stories.days(story.of_order(session(), order, now()), instance),
        faults=faults,
        pictures=picture.of_instance(session(), instance) if instance else [],
        waits=stories.waits_until(instance) if instance and not tasks and order.closed_at is None else None,
        whole=timeline.of_order(session(), order, now()),
        law=timeline.of_law(session(), order, now()),
        contacts=contacts.of_order(session(), order),
        attachments=attachments.of_order(session(), order),
        others=_others_of_the_customer(order),
        owner=rows.person_name(order.first_owner),
        places=stories.places(instance, _working(tasks, faults)) if instance and "move" in can else None,
        rungs=stories.rungs(line) if line else [],
        passed_on=story.was_passed_on(session(), order),
        arriving=order.state == "DRAFT" and not tasks and now() - order.created_at < _ARRIVING,
    )


def _holder(task: Task) -> str:
    """Who has a task, and for which unit."""
    unit = rows.unit_name(task.unit_code)
    return f"{words.name_of(task.assignee)} · {unit}" if task.assignee else unit


def _working(tasks: Sequence[Task], faults: Sequence[Incident]) -> list[str]:
    """The elements where somebody works, or should."""
    return [*(task.element_id for task in tasks), *(fault.element_id for fault in faults if fault.element_id)]


def _mine(tasks: Sequence[Task]) -> Task | None:
    """The task to open on the page: one to work on, else one to hand on."""
    can = [(task, options.of_task(session(), task, actor())) for task in tasks]
    to_do = next((task for task, may in can if {"complete", "claim", "resume"} & may), None)
    return to_do or next((task for task, may in can if "reassign" in may), None)


@blueprint.get("/<number>/standing")
def standing(number: str) -> Response:
    """Where the order's process stands, for the live diagram: the marks of one of its drawings."""
    order = workorders.by_number(session(), number, actor())
    if order.instance_id is None:
        return jsonify({})
    pictures = picture.of_instance(session(), instances.get(session(), order.instance_id, actor()))
    shown = next((each for each in pictures if each.file == http.args.get("file")), pictures[0])
    return jsonify(stories.marks(shown, {task.element_id: rows.of_task(task) for task in workorders.open_tasks(session(), order)}))


def _instance(order: WorkOrder) -> Instance:
    """The process of an order. Raises NotFoundError for one whose process has not begun."""
    if order.instance_id is None:
        raise NotFoundError
    return instances.get(session(), order.instance_id, actor())


@blueprint.get("/<number>/drawing")
def drawing(number: str) -> Response:
    """One of the drawings of the order's process, as it was when the order started."""
    instance = _instance(workorders.by_number(session(), number, actor()))
    response = make_response(picture.drawing(session(), instance.definition_id, http.args["file"], language()))
    response.mimetype = "application/xml"
    return response


@blueprint.get("/<number>/attachments/<uuid:attachment_id>")
def attachment(number: str, attachment_id: UUID) -> Response:
    """A file of the order: always a download, whatever it calls itself."""
    order = workorders.by_number(session(), number, actor())
    return frame.download(attachments.get(session(), order, attachment_id))


@blueprint.post("/<number>/number")
def reveal(number: str) -> Response:
    """Show the customer's whole number. That it was shown, and to whom, is written down."""
    order = workorders.by_number(session(), number, actor())
    return make_response(frame.show("orders/number.html", shown=workorders.reveal(session(), order, actor(), now())))


def _change(number: str, command: Callable[[WorkOrder], object], said: str) -> Response:
    """Carry out a command on an order; where it is refused, draw the order again with the reason.

    Where it cannot be as it was asked for, a script keeps its page: what was typed stays, and the reason is said beside it.
    """
    order = workorders.by_number(session(), number, actor())
    try:
        command(order)
    except (ConflictError, InvalidError, ForbiddenError) as error:
        if frame.keeps_page(error):
            raise
        return _again(number, error)
    return frame.done(said, frame.back(url_for("orders.page", number=number)))


def _again(number: str, error: BatonError) -> Response:
    status = frame.refused(error)
    return _draw(workorders.by_number(session(), number, actor()), status, frame.tell(error))


@blueprint.post("/<number>/urge")
def urge(number: str) -> Response:
    """Tell whoever has the order that somebody waits for it."""
    reason = http.form.get("reason", "")
    return _change(
        number,
        lambda order: follow_up.urge(session(), order, reason, actor(), now()),
        gettext("Urged. Whoever has the order has been told."),
    )


@blueprint.post("/<number>/suspend")
def suspend(number: str) -> Response:
    """Put the order on hold until a day."""
    given: Mapping[str, str] = http.form

    def hold(order: WorkOrder) -> None:
        until = fields.moment(given.get("until", ""))
        suspension.suspend(session(), order, given.get("reason", ""), until, given.get("note") or None, actor(), now())

    return _change(
        number,
        hold,
        gettext("The order is on hold. The time limits stand still."),
    )


@blueprint.post("/<number>/resume")
def resume(number: str) -> Response:
    """Let the order go on."""
    return _change(
        number, lambda order: suspension.resume(session(), order, actor(), now()), gettext("The order goes on, and so do its time limits.")
    )


@blueprint.post("/<number>/notes")
def note(number: str) -> Response:
    """Add a remark that only the staff can read."""
    text = http.form.get("text", "").strip()
    return _change(number, lambda order: contacts.note(session(), order, text, actor(), now()), gettext("The note was added."))


@blueprint.post("/<number>/information")
def inform(number: str) -> Response:
    """Write down what the customer has added."""
    text = http.form.get("text", "").strip()
    return _change(
        number,
        lambda order: follow_up.inform(session(), order, text, actor(), now()),
        gettext("Added. Whoever has the order has been told."),
    )


@blueprint.post("/<number>/attachments")
def attach(number: str) -> Response:
    """Add files."""

    def add(order: WorkOrder) -> None:
        for file in http.files.getlist("files"):
            if file.filename:
                attachments.attach(session(), order, file.filename, file.read(), now(), actor=actor(), media_type=file.mimetype)

    return _change(number, add, gettext("The files were added."))


@blueprint.post("/<number>/withdraw")
def withdraw(number: str) -> Response:
    """The customer takes the complaint back."""
    reason = http.form.get("reason", "")
    return _change(
        number, lambda order: follow_up.withdraw(session(), order, reason, actor(), now()), gettext("The complaint is withdrawn.")
    )


@blueprint.post("/<number>/reopen")
def reopen(number: str) -> Response:
    """It was not solved: the same number goes on."""
    reason = http.form.get("reason", "")
    return _change(number, lambda order: follow_up.reopen(session(), order, reason, actor(), now()), gettext("The order is open again."))


@blueprint.post("/<number>/move")
def move(number: str) -> Response:
    """Take the process from one step to another by hand."""
    given = http.form

    def carry(order: WorkOrder) -> None:
        interventions.move(session(), _instance(order).id, given.get("from", ""), given.get("to", ""), actor(), now())

    return _change(number, carry, gettext("The order stands at the other step now."))


@blueprint.post("/<number>/incidents/<uuid:incident_id>/retry")
def retry(number: str, incident_id: UUID) -> Response:
    """Try a failed step again."""
    return _change(number, *failures.to_retry(incident_id))


@blueprint.post("/<number>/incidents/<uuid:incident_id>/resolve")
def resolve(number: str, incident_id: UUID) -> Response:
    """Pass over a failed step, or give its result by hand."""
    return _change(number, *failures.to_resolve(incident_id))
