"""Working calendars: weekly hours, and the days that differ (holidays, make-up days)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base, Json
from bpm.models.ids import row_id


class Calendar(Base):
    """Weekly working hours in a zone. ``hours``: seven lists (Monday first) of ["08:30", "12:00"] pairs; "24:00" ends a day."""

    __tablename__ = "calendar"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str]
    zone: Mapped[str]
    hours: Mapped[Any] = mapped_column(Json)
    observes_holidays: Mapped[bool] = mapped_column(default=True)


class CalendarDay(Base):
    """A date that is not what its weekday says: a holiday, or a make-up working day (调休)."""

    __tablename__ = "calendar_day"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    calendar: Mapped[str | None]  # None: every calendar that observes holidays
    day: Mapped[date]
    working: Mapped[bool]
    name: Mapped[str]

    __table_args__ = (UniqueConstraint("calendar", "day"),)
