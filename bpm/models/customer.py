"""Customers as last seen by a look-up."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Customer(Base):
    """The last snapshot that billing gave; history stays with the orders, which keep their own."""

    __tablename__ = "customer"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    number: Mapped[str] = mapped_column(unique=True)  # the telephone number
    name: Mapped[str]
    name_en: Mapped[str | None]
    city: Mapped[str | None]
    grade: Mapped[str | None]
    kam: Mapped[str | None]  # login of the key account manager
    email: Mapped[str | None]
    snapshot: Mapped[Any] = mapped_column(Json)
    fetched_at: Mapped[datetime]
