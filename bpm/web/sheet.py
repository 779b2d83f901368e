"""A task opened for work: its form, its clock, what may be done with it. Beside a list, on its own page, or on its order's page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpm import attachments, inbox, instances, options, org, story
from bpm.forms import Form
from bpm.models.org import Unit, User
from bpm.models.task import Task
from bpm.models.work_order import Attachment
from bpm.options import OfTask
from bpm.request import actor, language, session
from bpm.web import fields, rows, stories, words
from bpm.web.fields import Field
from bpm.web.rows import TaskRow
from bpm.web.stories import Entry


@dataclass(frozen=True, slots=True)
class Others:
    """Colleagues and units to whom a task may be handed."""

    people: list[User]
    units: list[Unit]


NOBODY = Others([], [])
_MOST_REMARKS = 10


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the pane shows of a task. ``can`` names what its buttons may do for this reader."""

    row: TaskRow
    form: Form | None
    fields: list[Field]
    remarks: list[Entry]
    attachments: list[Attachment]
    others: Others
    can: frozenset[OfTask]
    why: str
    sent_back: str

    @property
    def task(self) -> Task:
        """The task itself."""
        return self.row.task


def sheet_of(task: Task, typed: Mapping[str, Any] | None = None, wrong: Mapping[str, str] | None = None) -> Sheet:
    """Open a task. ``typed`` and ``wrong`` are what a refused submission held, and what is wrong with it."""
    can = options.of_task(session(), task, actor())
    form = instances.form_of(session(), task, language()) if "complete" in can or "claim" in can else None
    answers = typed if typed is not None else (task.draft or {})
    order = task.order
    return Sheet(
        row=rows.of_task(task),
        form=form,
        fields=fields.of_form(form, answers, wrong or {}) if form else [],
        remarks=stories.lines(story.said_about(session(), task)[:_MOST_REMARKS], task.instance),
        attachments=attachments.of_order(session(), order) if order else [],
        others=others_for([task]) if "reassign" in can else NOBODY,
        can=can,
        why=inbox.why(session(), task, language()),
        sent_back=_sent_back(task) if task.returned else "",
    )


def _sent_back(task: Task) -> str:
    """Why the work came back, in the words of whoever returned it."""
    data = instances.task_data(session(), task)
    reason, note = data.get("return_reason"), data.get("return_note")
    return " · ".join(part for part in (words.label("return_reason", str(reason)) if reason else "", str(note or "")) if part)


def others_for(tasks: Sequence[Task]) -> Others:
    """Those who could take these tasks: who serves their queues, and the units that do such work, nearest first."""
    roles = {task.role for task in tasks}
    holders = {task.assignee_id for task in tasks}
    people = org.colleagues(session(), {task.unit_code for task in tasks}, roles)
    cities = {org.unit(session(), task.unit_code).city for task in tasks}
    units = [unit for unit in org.units_of_roles(session(), roles) if {unit.code} != {task.unit_code for task in tasks}]
    units.sort(key=lambda unit: (unit.city not in cities, unit.city is not None))
    return Others([person for person in people if {person.id} != holders], units)
