"""Drafts: processes that an analyst is drawing. Every save is kept, so that each can be brought back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Draft(Base):
    """A process in the making. ``state``: open, review, approved, published, discarded. ``files``: name -> sha256 of a resource."""

    __tablename__ = "draft"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    key: Mapped[str]
    name: Mapped[str]
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("definition.id"))  # the version it began with
    state: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]  # counts the saves; whoever saves names the one he has seen
    files: Mapped[Any] = mapped_column(Json)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    editor: Mapped[str | None]  # who has it open for changing
    editor_seen_at: Mapped[datetime | None]


class DraftRevision(Base):
    """What a draft was after one save."""

    __tablename__ = "draft_revision"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    files: Mapped[Any] = mapped_column(Json)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
