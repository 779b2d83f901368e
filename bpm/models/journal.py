"""What happened, append-only, with a hash chain per instance."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json


class JournalEntry(Base):
    """One event of an instance: ``hash`` covers the row and the hash before it."""

    __tablename__ = "journal_entry"
    instance_id: Mapped[UUID] = mapped_column(ForeignKey("instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]  # a login, "system" or "customer"
    kind: Mapped[str]
    element_id: Mapped[str | None]
    facts: Mapped[Any] = mapped_column(Json)
    hash: Mapped[str]
