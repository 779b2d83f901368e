"""Running processes."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Instance(Base):
    """One running process: ``state`` is the engine's own bytes, ``stamp`` changes with every save."""

    __tablename__ = "instance"
    written_plainly = True
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"), index=True)
    definition_key: Mapped[str]
    definition_version: Mapped[int]
    business_key: Mapped[str | None] = mapped_column(index=True)  # the number of its work order, or what the starter gave
    status: Mapped[str]  # running, suspended, incident, completed, cancelled
    state: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    stamp: Mapped[UUID] = mapped_column(default=uuid4)
    active: Mapped[Any] = mapped_column(Json)
    journal_seq: Mapped[int] = mapped_column(default=0)
    journal_hash: Mapped[str] = mapped_column(default="")
    started_by: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_instance_key_status", "definition_key", "status", "created_at"),)

    @property
    def is_stopped(self) -> bool:
        """Whether an operator has stopped it: until it is resumed it takes no commands."""
        return self.status == "suspended"
