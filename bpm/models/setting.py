"""Small facts of this installation."""

from sqlalchemy.orm import Mapped, mapped_column

from bpm.models.database import Base


class Setting(Base):
    """A key and its value (the demo clock's offset, the hash that is signed)."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
