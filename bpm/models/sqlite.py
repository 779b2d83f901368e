"""SQLite: how a connection is opened and begun, and whether the file is still the one that it was."""

import os
import sqlite3
from contextlib import closing
from functools import partial

from sqlalchemy import Connection, Engine, event

from bpm.models.faults import DatabaseUnreachableError
from bpm.models.prepared import Line

_files: dict[str, tuple[int, int]] = {}
"""Device and inode of the file of each SQLite database, as they were when it was first begun to work with."""


def attend(engine: Engine) -> None:
    """See to each connection of this engine when it is opened and begun. The file that is found then is the one that must stay."""
    _files.pop(engine.url.database or "", None)
    if not event.contains(engine, "connect", _open):
        event.listen(engine, "do_connect", partial(_before_opening, engine.url.database))
        event.listen(engine, "connect", _open)
        event.listen(engine, "begin", _begin)


def _before_opening(path: str | None, *_: object) -> None:
    """Open nothing where a file was moved away: SQLite would put an empty one there, and delete the log with its last commits."""
    if path in _files:
        _require_file(path)


def _open(connection: sqlite3.Connection, _record: object) -> None:
    """Set what SQLite forgets with each connection. WAL with FULL: a commit that was answered survives a power cut."""
    connection.isolation_level = None  # the driver must not begin by itself: _begin does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Begin IMMEDIATE to write: a writer that began by reading could not wait for another one.

    Were a statement that failed left to the garbage collector, it would come in any thread, and stop all of them until the next one's wait
    on this connection is over.
    """
    _require_file(connection.engine.url.database)
    with closing(Line(connection)) as line:
        line.say(connection.get_execution_options().get("baton_begin", "BEGIN"))


def _require_file(path: str | None) -> None:
    """Raise DatabaseUnreachableError where the file was moved away or replaced: what is written there would be found by nobody."""
    if not path or path == ":memory:":
        return
    try:
        found = os.stat(path)
    except OSError as error:
        raise DatabaseUnreachableError from error
    file = found.st_dev, found.st_ino
    if _files.setdefault(path, file) != file:
        raise DatabaseUnreachableError
