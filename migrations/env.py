"""Runs the migrations on the application's own engine, all in one transaction; servers that start together take turns."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection

from bpm.models import Base
from bpm.models.database import UtcDateTime

_TURN = 0x6261746F6E  # "baton": the key of the advisory lock


def _render(kind: str, thing: Any, _context: AutogenContext) -> str | Literal[False]:
    """A revision names what is in the database; our own types may change after it."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(thing, sa.JSON):
        return "sa.JSON()"
    return False


def _migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:  # a table is changed by copying it; dropping the old one must not take what refers to it along
        connection.connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_render, compare_type=True)
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
        context.run_migrations()
    if sqlite:
        connection.connection.execute("PRAGMA foreign_keys=ON")


engine = current_app.extensions["migrate"].db.engine.execution_options(baton_begin="BEGIN IMMEDIATE")
with engine.connect() as connection:
    _migrate(connection)
