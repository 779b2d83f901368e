"""The inbox: lists of tasks, the pane beside them, and everything that can be done with a task."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import UUID

from flask import Blueprint, make_response, url_for
from flask import request as http
from werkzeug.wrappers import Response

from bpm import attachments, clock, desk, inbox, instances, queues
from bpm.attachments import AttachmentRefusedError
from bpm.errors import BatonError, ConflictError, NotFoundError
from bpm.forms import AnswersError, from_html
from bpm.inbox import NotForYouError
from bpm.models.task import OPEN, Task
from bpm.queues import TaskFilters, View
from bpm.request import actor, in_the_background, language, now, session
from bpm.web import fields, frame, rows, words
from bpm.web.sheet import Sheet, others_for, sheet_of
from bpm.web.speech import gettext, ngettext

blueprint = Blueprint("inbox", __name__)

VIEWS: dict[str, tuple[View, TaskFilters]] = {
    "mine": ("mine", TaskFilters()),
    "unit": ("unit", TaskFilters()),
    "taken": ("unit", TaskFilters(status="claimed")),
    "led": ("led", TaskFilters()),
    "done": ("done", TaskFilters()),
    "late": ("mine", TaskFilters(late=True)),
    "soon": ("mine", TaskFilters(due_within=timedelta(hours=4))),
    "suspended": ("mine", TaskFilters(status="suspended")),
    "all": ("all", TaskFilters()),
}
_WIDE = frozenset({"unit", "taken", "led", "all"})
_MOST_CHOSEN = 200
_NARROWING = ("q", "level", "grade", "element_id")

Arguments = Mapping[str, str]


@blueprint.get("/inbox")
def page() -> Response:
    """A list of tasks with one of them beside it."""
    asked = _asked_for()
    return _draw(http.args, sheet=sheet_of(asked) if asked is not None else None, extra=asked)


def _asked_for() -> Task | None:
    """The task of ``?task=``, as long as there is something to do with it."""
    task_id = http.args.get("task", type=UUID)
    try:
        found = inbox.get(session(), task_id, actor()) if task_id is not None else None
    except NotFoundError:
        return None
    return found if found is not None and found.status in OPEN else None


def _draw(
    args: Arguments, status: int = 200, *, sheet: Sheet | None = None, alert: str | None = None, extra: Task | None = None
) -> Response:
    view = args.get("view", "mine") if args.get("view", "mine") in VIEWS else "mine"
    base, fixed = VIEWS[view]
    filters = replace(fixed, q=args.get("q"), level=args.get("level"), grade=args.get("grade"), element_id=args.get("element_id"))
    sort = args.get("sort", "closed" if view == "done" else "priority")
    found = queues.page(session(), actor(), base, filters, now(), sort=sort, cursor=args.get("cursor"))
    tasks = list(found.items)
    if extra is not None and extra not in tasks:
        tasks.insert(0, extra)
    if sheet is None and view not in _WIDE and tasks:
        sheet = sheet_of(tasks[0])
    here = {name: args[name] for name in ("view", "sort", *_NARROWING) if args.get(name)}
    facts: dict[str, Any] = {
        "view": view,
        "sort": sort,
        "here": here,
        "link": lambda **changes: _link(here, **changes),
        "cursor": args.get("cursor"),
        "rows": rows.of_tasks(tasks),
        "sheet": sheet,
        "wide": sheet is None,
        "more": _link(here, cursor=found.next_cursor) if found.next_cursor else None,
    }
    if frame.wants("rows") or http.headers.get("HX-Trigger") == "none-yet":
        in_the_background()  # a list that stands open asks for its rows once a minute, an empty one for its page
    if frame.wants("rows"):
        return frame.show("inbox/rows.html", status, **facts)
    facts |= {"counts": queues.counts(session(), actor(), now()), "steps": desk.steps(session(), actor(), language())}
    facts |= {"others": others_for(tasks)}
    return frame.show("inbox/page.html", status, alert=alert, **facts)


def _link(here: Mapping[str, str], **changes: str | None) -> str:
    arguments: dict[str, Any] = {name: value for name, value in {**here, **changes}.items() if value}
    return url_for("inbox.page", **arguments)


@blueprint.get("/inbox/tasks/<uuid:task_id>")
def task(task_id: UUID) -> Response:
    """One task: the pane beside a list, or a page of its own where there is no room."""
    return _draw_task(sheet_of(inbox.get(session(), task_id, actor())))


def _draw_task(sheet: Sheet, status: int = 200, alert: str | None = None) -> Response:
    template = "inbox/pane.html" if frame.wants("pane") else "inbox/task.html"
    return frame.show(template, status, sheet=sheet, alert=alert)


def _again(error: BatonError | None, task_id: UUID, typed: dict[str, Any] | None = None) -> Response:
    """Draw the page anew with a sentence; what was typed stays in its fields, and a task that somebody took stands in the list as taken.

    Where the form would be gone, as of an order that was put on hold meanwhile, a script keeps the page that is there.
    """
    found = inbox.get(session(), task_id, actor())
    wrong = fields.sentences(error) if isinstance(error, AnswersError) else {}
    sheet = sheet_of(found, typed=typed, wrong=wrong)
    if error is not None and typed is not None and "HX-Request" in http.headers and sheet.can.isdisjoint({"complete", "claim"}):
        raise error
    status = frame.refused(error) if error else 200
    alert = None if wrong or error is None else frame.tell(error)  # a summary above the form says what is wrong with fields
    came_from = urlsplit(frame.back(""))
    if came_from.path == url_for("inbox.page"):
        args = {name: values[0] for name, values in parse_qs(came_from.query).items()}
        keeps_sheet = typed is not None or args.get("view", "mine") not in _WIDE
        return _draw(args, status, sheet=sheet if keeps_sheet else None, alert=alert, extra=found)
    return _draw_task(sheet, status, alert)


@blueprint.post("/inbox/tasks/<uuid:task_id>/claim")
def claim(task_id: UUID) -> Response:
    """Take a task from its queue."""
    try:
        found = inbox.claim(session(), task_id, actor(), now())
    except ConflictError as error:
        return _again(error, task_id)
    said = gettext("%(title)s is yours.", title=_name(found))
    return frame.done(said, _place_of(found), undo=url_for("inbox.release", task_id=task_id))


@blueprint.post("/inbox/claim-next")
def claim_next() -> Response:
    """Take the most urgent task of one's queues: nobody picks cherries."""
    task_id = queues.first_free(session(), actor(), now())
    if task_id is None:
        return frame.done(gettext("Your unit's queue is empty."), url_for("inbox.page"))
    return claim(task_id)


@blueprint.post("/inbox/tasks/<uuid:task_id>/release")
def release(task_id: UUID) -> Response:
    """Put a task back into its queue."""
    try:
        found = inbox.release(session(), task_id, actor())
    except ConflictError as error:
        return _again(error, task_id)
    return frame.done(gettext("%(title)s is back in the queue.", title=_name(found)), _list_or_order())


@blueprint.post("/inbox/tasks/<uuid:task_id>/complete")
def complete(task_id: UUID) -> Response:
    """Hand the answers in. What the same person has to do next in the case is before him, and his, where it is for nobody else."""
    typed = _typed(task_id)
    if "more-rows" in http.form:  # a table of the form is full, and the browser runs no script
        return _again(None, task_id, typed)
    try:
        found = instances.complete_task(session(), task_id, typed | _attached(task_id), actor(), now())
    except (AnswersError, AttachmentRefusedError, ConflictError) as error:
        return _again(error, task_id, typed)
    following = instances.next_tasks(session(), found, actor())
    if not following:
        return frame.done(gettext("“%(step)s” was submitted.", step=rows.step_of(found)), _list_or_order())
    coming = inbox.take_on(session(), following, actor(), now()) or following[0]
    said = gettext("“%(step)s” was submitted. Next for you: %(next)s.", step=rows.step_of(found), next=rows.step_of(coming))
    return frame.done(said, _place_of(coming))


def _place_of(found: Task) -> str:
    """Where to go on with a task: beside the list or on the order's page, where one comes from there, else on its own page."""
    to = urlsplit(frame.back(""))
    asked = dict(parse_qsl(to.query))
    if to.path == url_for("inbox.page") and asked.get("view") not in _WIDE:
        return f"{to.path}?{urlencode({**asked, 'task': str(found.id)})}"
    is_order = found.order is not None and to.path == url_for("orders.page", number=found.order.number)
    return to.path if is_order else url_for("inbox.task", task_id=found.id)


def _typed(task_id: UUID) -> dict[str, Any]:
    found = inbox.get(session(), task_id, actor())
    form = instances.form_of(session(), found, actor().language)
    return from_html(form, http.form, clock.zone()) if form else {}


def _attached(task_id: UUID) -> dict[str, list[str]]:
    """Keep the files that were put into the form with the order; the answers are their names."""
    found = inbox.get(session(), task_id, actor())
    names: dict[str, list[str]] = {}
    for field, file in http.files.items(multi=True):
        if found.order is not None and field.startswith(fields.FILES_PREFIX) and file.filename:
            kept = attachments.attach(
                session(), found.order, file.filename, file.read(), now(), actor=actor(), task=found, media_type=file.mimetype
            )
            names.setdefault(field.removeprefix(fields.FILES_PREFIX), []).append(kept.name)
    return names


@blueprint.post("/inbox/tasks/<uuid:task_id>/draft")
def draft(task_id: UUID) -> Response:
    """Keep what was typed so far; answers with a line that says so."""
    kept = inbox.save_draft(session(), task_id, _typed(task_id), actor(), now())
    return make_response(gettext("Draft saved %(time)s", time=words.time_of(kept.draft_at or now())))


@blueprint.post("/inbox/tasks/<uuid:task_id>/return")
def send_back(task_id: UUID) -> Response:
    """Send the work back with a reason."""
    try:
        found = instances.return_task(session(), task_id, http.form.get("reason", ""), http.form.get("note", ""), actor(), now())
    except ConflictError as error:
        return _again(error, task_id)
    return frame.done(gettext("%(title)s was returned.", title=_name(found)), _list_or_order())


@blueprint.post("/inbox/tasks/<uuid:task_id>/reassign")
def reassign(task_id: UUID) -> Response:
    """Hand a task to a colleague or to another unit."""
    try:
        found = inbox.reassign(session(), task_id, actor(), now(), user=http.form.get("user") or None, unit=http.form.get("unit") or None)
    except ConflictError as error:
        return _again(error, task_id)
    to_whom = rows.person_name(found.assignee.login) if found.assignee else rows.unit_name(found.unit_code)
    return frame.done(gettext("%(title)s is now with %(name)s.", title=_name(found), name=to_whom), _list_or_order())


@blueprint.post("/inbox/tasks/<uuid:task_id>/comments")
def comment(task_id: UUID) -> Response:
    """Leave a remark for colleagues."""
    found = inbox.comment(session(), task_id, http.form.get("text", "").strip(), actor(), now())
    return frame.done(gettext("The note was added."), _place_of(found))


@blueprint.post("/inbox/tasks/<uuid:task_id>/attachments")
def attach(task_id: UUID) -> Response:
    """Add files to the task's order."""
    found = inbox.get(session(), task_id, actor())
    files = [file for file in http.files.getlist("files") if file.filename]
    if found.order is not None:
        for file in files:
            attachments.attach(
                session(), found.order, file.filename or "", file.read(), now(), actor=actor(), task=found, media_type=file.mimetype
            )
    said = ngettext("%(num)d file was added.", "%(num)d files were added.", len(files))
    return frame.done(said, _place_of(found))


@blueprint.post("/inbox/bulk/<any(claim, release, reassign):what>")
def bulk(what: str) -> Response:
    """Claim, release or reassign several tasks; those that cannot be are named, and the others go through."""
    actor()  # a list of nothing asks for nobody else
    changed: list[UUID] = []
    failed: list[str] = []
    for task_id in _chosen(http.values.getlist("task")):
        try:
            _one_of_many(what, task_id)
            changed.append(task_id)
        except (ConflictError, NotForYouError) as error:
            failed.append(frame.tell(error))
    said = {
        "claim": ngettext("%(num)d task is yours.", "%(num)d tasks are yours.", len(changed)),
        "release": ngettext("%(num)d task is back in the queue.", "%(num)d tasks are back in the queue.", len(changed)),
        "reassign": ngettext("%(num)d task was reassigned.", "%(num)d tasks were reassigned.", len(changed)),
    }[what]
    undo = (
        f"{url_for('inbox.bulk', what='release')}?{urlencode([('task', str(each)) for each in changed])}"
        if what == "claim" and changed
        else None
    )
    sentences = [said, *dict.fromkeys(failed)] if changed or not failed else dict.fromkeys(failed)
    return frame.done(" ".join(sentences), _list_or_order(), undo=undo)


def _chosen(texts: list[str]) -> list[UUID]:
    """The tasks that were ticked: no more than a list shows. Raises NotFoundError for what no list of ours holds."""
    try:
        return [UUID(text) for text in texts[:_MOST_CHOSEN]]
    except ValueError:
        raise NotFoundError from None


def _one_of_many(what: str, task_id: UUID) -> None:
    match what:
        case "claim":
            inbox.claim(session(), task_id, actor(), now())
        case "release":
            inbox.release(session(), task_id, actor())
        case _:
            inbox.reassign(session(), task_id, actor(), now(), user=http.form.get("user") or None, unit=http.form.get("unit") or None)


def _list_or_order() -> str:
    """Back to the list or the order one came from, not to a task that has gone."""
    to = urlsplit(frame.back(url_for("inbox.page")))
    if to.path.startswith(url_for("inbox.page")):
        return _link({name: value for name, value in parse_qsl(to.query) if name != "task"})
    return to.geturl()


def _name(found: Task) -> str:
    return found.order.number if found.order else rows.step_of(found)
