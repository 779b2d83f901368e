"""The business record beside the process: all that lists and reports need, in columns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bpm.models.database import Base, Json
from bpm.models.ids import row_id
from bpm.models.org import User


class WorkOrder(Base):
    """A work order (工单). ``token`` opens the customer's tracking page; ``state`` follows the drawing and is never set by hand."""

    __tablename__ = "work_order"
    written_plainly = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    number: Mapped[str] = mapped_column(unique=True)
    token: Mapped[str] = mapped_column(unique=True)
    instance_id: Mapped[UUID | None] = mapped_column(ForeignKey("instance.id"), index=True)
    definition_key: Mapped[str]
    type: Mapped[str]
    channel: Mapped[str]
    title: Mapped[str]
    description: Mapped[str]
    demand: Mapped[str | None]
    state: Mapped[str]
    state_before: Mapped[str | None]  # to return to, while SUSPENDED
    contact_name: Mapped[str | None]
    contact_phone: Mapped[str | None] = mapped_column(index=True)
    contact_email: Mapped[str | None]
    language: Mapped[str | None]  # in which the customer complained by himself
    customer_number: Mapped[str | None] = mapped_column(index=True)
    customer: Mapped[Any] = mapped_column(Json, nullable=True)  # the snapshot of that day
    city: Mapped[str]
    class_code: Mapped[str | None] = mapped_column(index=True)
    class_at_intake: Mapped[str | None]
    level: Mapped[str | None]
    grade: Mapped[str | None]
    grade_pending: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)
    escalation_tier: Mapped[int] = mapped_column(default=0)
    calendar: Mapped[str | None]
    total_minutes: Mapped[float | None]
    due_at: Mapped[datetime | None]
    statutory_due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_minutes: Mapped[float] = mapped_column(default=0)
    suspend_reason: Mapped[str | None]
    suspended_until: Mapped[datetime | None]
    urge_count: Mapped[int] = mapped_column(default=0)
    last_urged_at: Mapped[datetime | None]
    reopen_count: Mapped[int] = mapped_column(default=0)
    return_count: Mapped[int] = mapped_column(default=0)
    current_unit: Mapped[str | None]
    current_user: Mapped[str | None]  # a login
    current_step: Mapped[str | None]
    first_owner: Mapped[str | None]  # a login (首问责任)
    first_owner_unit: Mapped[str | None]
    on_the_spot: Mapped[bool] = mapped_column(default=False)
    result: Mapped[str | None]
    answer_text: Mapped[str | None]
    satisfaction: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    external_id: Mapped[str | None] = mapped_column(unique=True)  # what the channel called it: a repeat is known

    __table_args__ = (
        Index("ix_order_state", "state", "created_at"),
        Index("ix_order_unit", "current_unit", "state"),
        Index("ix_order_city", "city", "created_at"),
        Index("ix_order_due", "due_at"),
        Index("ix_order_created", "created_at"),
    )


class OrderSerial(Base):
    """The last serial given to a city on a day."""

    __tablename__ = "order_serial"
    city: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class Contact(Base):
    """Each time the customer and the organisation spoke. ``direction``: in, out."""

    __tablename__ = "contact"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("work_order.id"), index=True)
    at: Mapped[datetime]
    direction: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]  # information, urge, withdraw, reopen, note, notice: key of a text
    text: Mapped[str]  # what was said, or sent
    words: Mapped[Any | None] = mapped_column(Json)  # the same in each language, where it is a text of the process
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    public: Mapped[bool] = mapped_column(default=True)  # shown on the tracking page
    user: Mapped[User | None] = relationship()


class Attachment(Base):
    """A file somebody added; served only as a download."""

    __tablename__ = "attachment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("work_order.id"), index=True)
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    by_customer: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]


class Pause(Base):
    """One time that an order was on hold, and why."""

    __tablename__ = "pause"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("work_order.id"), index=True)
    reason: Mapped[str]
    note: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime | None]  # the wake date that was promised
    ended_at: Mapped[datetime | None]
    minutes: Mapped[float | None]  # working minutes of the order's calendar
    stops_statutory: Mapped[bool] = mapped_column(default=False)
    by: Mapped[str]
    approved_by: Mapped[str | None]


class Evaluation(Base):
    """The downstream judges the upstream (工单考评): 1 to 5 points."""

    __tablename__ = "evaluation"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("work_order.id"), index=True)
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"))
    from_element_id: Mapped[str]
    of_element_id: Mapped[str]
    of_user_id: Mapped[UUID | None]
    by_user_id: Mapped[UUID]
    quality: Mapped[int | None]
    speed: Mapped[int | None]
    completeness: Mapped[int | None]
    comment: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("task_id", "of_element_id"),)
