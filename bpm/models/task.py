"""What a person has to do, and what was done."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, desc, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from bpm.models.database import Base, Json
from bpm.models.ids import row_id
from bpm.models.instance import Instance
from bpm.models.org import User
from bpm.models.work_order import WorkOrder

OPEN = ("open", "claimed", "suspended")
"""What the status of a task can be before it is done or taken back."""

WORKABLE = ("open", "claimed")
"""Those in which something can be done: the order is not on hold."""

NO_LIMIT = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a task without a limit stands in a list that is sorted by due time."""

_DONE = text("completed_by_id IS NOT NULL")
"""An index for what somebody has done is not written for what is still to be done."""


class Task(Base):
    """One open or closed step of a person.

    ``queue`` is "UNIT:ROLE". ``warn_at`` and ``due_at`` move when the clock is paused; ``paused_at`` is set while it stands.
    ``rung`` is the next rung of the ladder that is not yet rung. ``excluded`` holds the ids of people who may not do it, between blanks.
    """

    __tablename__ = "task"
    written_plainly = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), index=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_order.id"), index=True)
    token_id: Mapped[str]
    scope_id: Mapped[str | None]
    process_id: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    form: Mapped[str | None]
    status: Mapped[str]  # open, claimed, suspended, completed, cancelled
    status_before: Mapped[str | None]  # while suspended
    queue: Mapped[str]
    unit_code: Mapped[str]
    role: Mapped[str]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    excluded: Mapped[str | None]
    why: Mapped[str]
    why_words: Mapped[Any] = mapped_column(Json, nullable=True)  # where it has places: the text of the drawing, and what they hold
    way_back: Mapped[Any] = mapped_column(Json, nullable=True)
    priority: Mapped[int]
    tier: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    completed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    limit_minutes: Mapped[float | None]
    calendar: Mapped[str | None]
    ladder: Mapped[str | None]
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    rank_at: Mapped[datetime] = mapped_column(default=NO_LIMIT)  # due_at, or NO_LIMIT: what lists are sorted by
    paused_at: Mapped[datetime | None]
    paused_minutes: Mapped[float] = mapped_column(default=0)
    rung: Mapped[int] = mapped_column(default=0)
    draft: Mapped[Any] = mapped_column(Json, nullable=True)
    draft_at: Mapped[datetime | None]
    returned: Mapped[bool] = mapped_column(default=False)  # came here by a return
    from_element_id: Mapped[str | None]  # the step before, and who did it
    from_user_id: Mapped[UUID | None]
    instance: Mapped[Instance] = relationship()
    order: Mapped[WorkOrder | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])

    __table_args__ = (
        Index("ix_task_queue", "queue", "status", desc("priority"), "rank_at", "id", "assignee_id", "excluded"),
        Index("ix_task_unit", "unit_code", "status", desc("priority"), "rank_at", "id"),
        Index("ix_task_assignee", "assignee_id", "status", desc("priority"), "rank_at", "id"),
        Index("ix_task_status", "status", desc("priority"), "rank_at", "id"),
        Index("ix_task_done", "completed_by_id", "closed_at", "id", sqlite_where=_DONE, postgresql_where=_DONE),
    )

    def excludes(self, user_id: UUID | None) -> bool:
        """Tell whether this task must be done by somebody else."""
        return self.excluded is not None and f" {user_id} " in self.excluded

    @validates("due_at")
    def _rank(self, _key: str, due_at: datetime | None) -> datetime | None:
        self.rank_at = due_at or NO_LIMIT
        return due_at


class TaskComment(Base):
    """A remark of the staff on a task."""

    __tablename__ = "task_comment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str]
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class HandOver(Base):
    """One leg of the relay: every figure about units and people is a query on these rows."""

    __tablename__ = "hand_over"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), index=True)
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_order.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), unique=True)
    scope_id: Mapped[str | None]
    element_id: Mapped[str]
    name: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    unit_code: Mapped[str]
    role: Mapped[str]
    from_element_id: Mapped[str | None]
    from_user_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime]
    net_minutes: Mapped[float]
    limit_minutes: Mapped[float | None]
    calendar: Mapped[str | None]
    late: Mapped[bool]
    how: Mapped[str]  # completed, returned, cancelled
    reason: Mapped[str | None]
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
