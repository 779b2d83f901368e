"""Steps that failed and wait for a person's word."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Incident(Base):
    """A step that could not be carried out.

    ``kind``: step (the engine), work (a work item). ``state``: open, resolved.
    """

    __tablename__ = "incident"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), index=True)
    token_id: Mapped[str | None]
    element_id: Mapped[str | None]
    name: Mapped[str]
    kind: Mapped[str]
    work_item_id: Mapped[UUID | None]
    code: Mapped[str]
    message: Mapped[str]
    facts: Mapped[Any] = mapped_column(Json)
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    how: Mapped[str | None]  # retried, skipped, result, cancelled

    __table_args__ = (Index("ix_incident_state", "state", "created_at"),)
