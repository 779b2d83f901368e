"""The organisation: units, people, and who plays which role in which unit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bpm.models.database import Base
from bpm.models.ids import row_id


class Unit(Base):
    """A province, a city branch, a department, a section, a hall or an outside partner."""

    __tablename__ = "unit"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]  # PROVINCE, CITY, DEPARTMENT, SECTION, HALL, PARTNER
    function: Mapped[str | None]  # what it does for routing: NETWORK, BILLING, FRONT, REVIEW, CS_DEPT ...
    city: Mapped[str | None]  # code of the city; None: the province
    calendar: Mapped[str | None]  # code of its calendar; None: that of the parent
    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")

    __table_args__ = (Index("ix_unit_function_city", "function", "city"),)


class User(Base):
    """A person who logs in or is written to."""

    __tablename__ = "user_account"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh")
    shortcuts: Mapped[bool] = mapped_column(default=True)  # single-letter keys (WCAG 2.1.4: can be switched off)
    active: Mapped[bool] = mapped_column(default=True)
    absent_until: Mapped[datetime | None]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("user_account.id"))
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", lazy="selectin")


class Membership(Base):
    """A person plays a role in a unit; ``head`` leads it."""

    __tablename__ = "membership"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str]
    head: Mapped[bool] = mapped_column(default=False)
    user: Mapped[User] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("user_id", "unit_id", "role"), Index("ix_membership_unit_role", "unit_id", "role"))

    @property
    def queue(self) -> str:
        """The queue this membership serves."""
        return f"{self.unit.code}:{self.role}"
