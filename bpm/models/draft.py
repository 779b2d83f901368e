"""Drafts: processes that an analyst is drawing. What was saved is kept, so that it can be brought back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
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
    published_id: Mapped[UUID | None] = mapped_column(ForeignKey("definition.id"))  # the version it has become
    state: Mapped[str] = mapped_column(index=True)
    revision: Mapped[int]  # counts the saves; whoever saves names the one he has seen
    files: Mapped[Any] = mapped_column(Json)
    remarks: Mapped[Any] = mapped_column(Json)  # findings of the import it began with
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    editor: Mapped[str | None]  # who has it open for changing
    editor_seen_at: Mapped[datetime | None]
    discarded_at: Mapped[datetime | None]
    discarded_by: Mapped[str | None]


class DraftRevision(Base):
    """What a draft was after a save, or after several that one person made within a few minutes (``begun_at`` to ``saved_at``)."""

    __tablename__ = "draft_revision"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    files: Mapped[Any] = mapped_column(Json)
    begun_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
    mark: Mapped[str | None]  # why it is kept for itself: begun, restored, review, named ...
    name: Mapped[str | None]  # what somebody called it


class DraftReader(Base):
    """Somebody has a draft open, to read or to change it."""

    __tablename__ = "draft_reader"
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    login: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


class DraftComment(Base):
    """A remark on a draft, or on one element of one of its diagrams."""

    __tablename__ = "draft_comment"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    file: Mapped[str | None]
    element_id: Mapped[str | None]
    text: Mapped[str]
    author: Mapped[str]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]

    __table_args__ = (Index("ix_draft_comment_draft", "draft_id", "created_at"),)


class DraftStep(Base):
    """One step of a review. ``what``: asked, approved, sent_back, changed, published, discarded, brought_back."""

    __tablename__ = "draft_step"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("draft.id"))
    what: Mapped[str]
    revision: Mapped[int]
    by: Mapped[str]
    reviewer: Mapped[str | None]  # who was asked
    note: Mapped[str | None]
    at: Mapped[datetime]

    __table_args__ = (Index("ix_draft_step_draft", "draft_id", "at"),)
