"""Messages between the world and the processes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Subscription(Base):
    """An open step that waits for a message or a signal. ``kind``: message, signal."""

    __tablename__ = "subscription"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), index=True)
    token_id: Mapped[str]
    element_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    correlation: Mapped[str | None]

    __table_args__ = (Index("ix_subscription_name", "kind", "name", "correlation"),)


class KeptMessage(Base):
    """A message that nobody awaited when it came; whoever asks for it before ``expires_at`` gets it."""

    __tablename__ = "kept_message"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    name: Mapped[str]
    correlation: Mapped[str | None]
    business_key: Mapped[str | None]  # of the one instance it is for
    payload: Mapped[Any] = mapped_column(Json)
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_kept_message_name", "name", "correlation"),)


class SeenMessage(Base):
    """The id of a message that has had its effect."""

    __tablename__ = "seen_message"
    id: Mapped[str] = mapped_column(primary_key=True)
    instances: Mapped[Any] = mapped_column(Json)
    at: Mapped[datetime]
