"""Two units of work at one moment."""

from threading import Thread

from sqlalchemy import text
from sqlalchemy.orm import Session


def until_it_waits(session: Session, other: Thread) -> None:
    """Until the other one waits for this unit of work, or has not had to. On SQLite it waits from its beginning."""
    if session.get_bind().dialect.name == "postgresql":
        while other.is_alive() and not session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            pass
