"""A task opened for work: its form, its clock, what may be done with it. Beside a list, on its own page, or on its order's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bpm import attachments, inbox, instances, options, org
from bpm.forms import Form
from bpm.models.org import User
from bpm.models.task import Task, TaskComment
from bpm.models.work_order import Attachment
from bpm.options import OfTask
from bpm.request import actor, language, session
from bpm.web import fields, rows
from bpm.web.fields import Field
from bpm.web.rows import TaskRow


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the pane shows of a task. ``can`` names what its buttons may do for this reader."""

    row: TaskRow
    form: Form | None
    fields: list[Field]
    comments: list[TaskComment]
    attachments: list[Attachment]
    colleagues: list[User]
    can: frozenset[OfTask]
    why: str

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
        comments=inbox.comments(session(), task),
        attachments=attachments.of_order(session(), order) if order else [],
        colleagues=_colleagues(task) if "reassign" in can else [],
        can=can,
        why=rows.translated(task, task.why),
    )


def _colleagues(task: Task) -> list[User]:
    return [user for user in org.members(session(), task.unit_code, task.role) if user.id != task.assignee_id]
