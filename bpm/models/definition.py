"""Deployed processes. Files are kept once by their content; a version never changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Resource(Base):
    """The content of a file."""

    __tablename__ = "resource"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Definition(Base):
    """One version of a process with everything it calls. ``state``: draft, published, retired."""

    __tablename__ = "definition"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    state: Mapped[str]
    order_type: Mapped[str | None]  # the type of work order whose process this is
    findings: Mapped[Any] = mapped_column(Json)
    note: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    files: Mapped[list["DefinitionFile"]] = relationship(back_populates="definition", order_by="DefinitionFile.name", cascade="all")

    __table_args__ = (UniqueConstraint("key", "version"),)


class DefinitionFile(Base):
    """A file of a version, by the name its author gave it (``complaint.bpmn``, ``forms/handle.json``)."""

    __tablename__ = "definition_file"
    definition_id: Mapped[UUID] = mapped_column(ForeignKey("definition.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("resource.sha256"))
    definition: Mapped[Definition] = relationship(back_populates="files")
    resource: Mapped[Resource] = relationship()
