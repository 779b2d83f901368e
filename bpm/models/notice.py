"""What somebody was told in the page (待阅)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Notice(Base):
    """A notice for one person; ``text`` is an English ``str.format`` sentence that ``facts`` fill, words among them in each language."""

    __tablename__ = "notice"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("work_order.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    kind: Mapped[str]  # warn, tier, urge, claimed, returned, kam, incident ...
    text: Mapped[str]
    facts: Mapped[Any] = mapped_column(Json)
    popup: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_notice_user", "user_id", "read_at", "created_at"),)
