"""What a database cannot do at the moment, in our words."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from bpm.errors import N_, BatonError


class DatabaseBusyError(BatonError):
    """Another writer has held the database, or this row, for too long."""

    code = "database-busy"
    sentence = N_("The database is busy. Nothing was changed; please try again in a moment.")


class DiskFullError(BatonError):
    """The database has no room to write."""

    code = "disk-full"
    sentence = N_("The disk of the database is full or cannot be written. Nothing was changed; an administrator must make room.")


class DatabaseUnreachableError(BatonError):
    """The connection to the database is gone."""

    code = "database-unreachable"
    sentence = N_("The database cannot be reached. Nothing was changed; please try again in a moment.")


class OutcomeUnknownError(DatabaseUnreachableError):
    """The connection broke while the database was told to commit: it may have, or not."""

    code = "outcome-unknown"
    sentence = N_(
        "The connection to the database broke just as this was being saved. It may have been saved: look before you send it again."
    )


_BUSY = {"40001", "40P01", "55P03"}  # PostgreSQL: serialization failure, deadlock, lock not available
_FULL = {"53100", "58030"}  # PostgreSQL: disk full, I/O error
_NO_ROOM = "53300"  # PostgreSQL: too many connections
_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}


def in_words(error: DBAPIError) -> Exception:
    """What a database says, in our words; what is no matter of the moment stays as it is.

    SQLite on a full disk undoes everything by itself: then no savepoint is found to go back to, and what really happened is behind that.
    """
    before = error.__context__
    return _of_the_moment(error) or (_of_the_moment(before) if isinstance(before, DBAPIError) else None) or error


def _of_the_moment(error: DBAPIError) -> BatonError | None:
    primary = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the extended code keeps the primary one in its low byte
    state = getattr(error.orig, "sqlstate", None)
    if primary in _SQLITE_BUSY or state in _BUSY:
        return DatabaseBusyError()
    if primary in _SQLITE_FULL or state in _FULL:
        return DiskFullError()
    if error.connection_invalidated or (state or "")[:2] in {"08", "57"} or state == _NO_ROOM or _is_unconnected(error):
        return DatabaseUnreachableError()
    return None


def _is_unconnected(error: DBAPIError) -> bool:
    """Tell whether psycopg has found nobody to speak to: an operational error for which no server has given a code."""
    return isinstance(error.orig, psycopg.OperationalError) and error.orig.sqlstate is None
