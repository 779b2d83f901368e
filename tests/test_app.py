"""The whole program, put together: the database it makes, the commands it knows, and how it comes and goes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine, select, text

import app
from bpm.models import IdempotencyKey, WorkItem
from bpm.models.database import db, unit_of_work
from bpm.settings import Settings

TOLD_BY = {
    "sqlite": (
        "SELECT name, tbl_name, type FROM sqlite_master",
        "SELECT m.name, c.name, c.type, c.[notnull], c.pk FROM sqlite_master m, pragma_table_info(m.name) c",
        "SELECT m.name, i.[unique], x.seqno, x.name, x.[desc], x.key"
        " FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) x",
        "SELECT m.name, k.[from], k.[table], k.[to] FROM sqlite_master m, pragma_foreign_key_list(m.name) k",
    ),
    "postgresql": (
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace",
    ),
}
"""Where each database says what tables, columns, indexes and keys it has."""


def shape(engine: Engine) -> set[tuple[object, ...]]:
    """What the database itself says about its tables; Alembic's own does not count."""
    with engine.connect() as connection:
        rows = {tuple(row) for query in TOLD_BY[engine.dialect.name] for row in connection.execute(text(query))}
    return {row for row in rows if not any("alembic_version" in str(value) for value in row)}


@pytest.fixture
def baton(database: Engine, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """The program on a database that has no tables yet."""
    if database.dialect.name == "postgresql":
        name = f"{database.url.database}_migrated"
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        url = database.url.set(database=name).render_as_string(hide_password=False)
    else:
        url = f"sqlite:///{tmp_path}/migrated.db"
    baton = app.create_app(replace(settings, database_url=url))
    yield baton
    with baton.app_context():
        db.engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_knows(baton: Flask, database: Engine) -> None:
    app.migrate(baton)
    with baton.app_context():
        assert shape(db.engine) == shape(database)


_ITEM = "INSERT INTO work_item (payload, state, attempts, due_at, created_at, kind, key, id, instance_id)"
_WAITS = "'{}', 'waiting', 0, '2026-10-01 08:00:00', '2026-10-01 08:00:00', 'deliver'"
_ANSWER = "INSERT INTO idempotency_key (key, request_hash, status, body, created_at)"
BEFORE = (
    f"{_ITEM} VALUES ({_WAITS}, 'thrown', '{UUID(int=1).hex}', NULL)",
    f"{_ITEM} VALUES ({_WAITS}, 'for one', '{UUID(int=2).hex}', '{UUID(int=3).hex}')",
    f"{_ANSWER} VALUES ('once', 'hash', 201, '[7]', '2026-10-01 08:00:00')",
)
"""Rows as the version wrote them whose last revision was 0005."""


def test_what_a_version_before_has_left_to_do_and_has_answered_is_known_to_this_one(baton: Flask) -> None:
    with baton.app_context():
        upgrade(revision="0005")
        with db.engine.begin() as connection:
            for statement in BEFORE:
                connection.exec_driver_sql(statement)
    app.migrate(baton)
    with unit_of_work(write=False) as session:
        kinds = {item.key: item.kind for item in session.scalars(select(WorkItem))}
        answer = session.get_one(IdempotencyKey, "once")
    assert kinds == {"thrown": "throw", "for one": "deliver"}
    assert (answer.status, answer.body, answer.etag) == (201, [7], None)


@contextmanager
def started(data: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own, as an operator starts it; it ends with the test."""
    path = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, str(app.ROOT / "app.py"), *arguments],
        env=path | {"BATON_DATA": str(data), "PORT": "0"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_server_tells_its_address_and_goes_cleanly_when_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path, "run") as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert address, said
        assert httpx.get(f"{address[0]}/no-such-page").status_code == 404
        server.send_signal(number)
        assert server.wait(timeout=30) == 0
    assert not (tmp_path / "baton.db-wal").exists()  # everything is in the one file: it may be copied


def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    with started(tmp_path, "run", BATON_ROLE="boss") as server:
        _, said = server.communicate()
    assert server.returncode == 2
    assert said == "The setting BATON_ROLE is wrong: it is web, worker or all, not “boss”.\n"


def test_a_database_that_does_not_answer_stops_the_start_with_a_sentence_and_the_reason(tmp_path: Path) -> None:
    with started(tmp_path, "run", BATON_DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing") as server:
        _, said = server.communicate()
    assert server.returncode == 2
    assert said.startswith("The database cannot be reached.")
    assert "127.0.0.1" in said
    assert "Traceback" not in said


def test_a_token_is_printed_for_a_person_who_is_known(tmp_path: Path) -> None:
    with started(tmp_path, "token", "nobody") as command:
        out, said = command.communicate()
    assert (command.returncode, out) == (2, "")
    assert "nobody" in said


def test_a_journal_that_nobody_touched_is_whole(tmp_path: Path) -> None:
    with started(tmp_path, "verify-journal") as command:
        out, _ = command.communicate()
    assert (command.returncode, out) == (0, "The journal is whole.\n")
