"""What is to be done without a person: timers, connector calls, mails, rungs, deliveries."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class WorkItem(Base):
    """One thing to do at or after ``due_at``. ``key`` is unique: asking twice asks once.

    ``state``: waiting, done, failed, cancelled, paused (its clock stands), held (its instance stands).
    """

    __tablename__ = "work_item"
    written_plainly = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    instance_id: Mapped[UUID | None] = mapped_column(index=True)
    payload: Mapped[Any] = mapped_column(Json)
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[UUID | None]  # who has it now
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_work_item_due", "state", "due_at"),)
