"""The four-level classification of complaints."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base


class ServiceClass(Base):
    """One class. Levels 1 to 3 are the group's and locked, level 4 is the province's."""

    __tablename__ = "service_class"
    code: Mapped[str] = mapped_column(primary_key=True)
    parent: Mapped[str | None]
    level: Mapped[int]
    name: Mapped[str]
    name_en: Mapped[str]
    locked: Mapped[bool] = mapped_column(default=False)
    function: Mapped[str | None]  # the unit that usually handles it
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    replaced_by: Mapped[str | None]
