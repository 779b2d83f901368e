"""Idempotency-Key: a write that is sent again is answered again, and not carried out again.

The answer is kept in the transaction of the write itself: both are there, or neither.
"""

import hashlib
from datetime import datetime, timedelta

from flask import Response, g, jsonify
from flask import request as http
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from bpm import clock
from bpm.errors import N_, InvalidError
from bpm.models.access import IdempotencyKey
from bpm.models.database import insert_new
from bpm.request import reader, unit

HEADER = "Idempotency-Key"
LONGEST = 200
KEPT = timedelta(days=2)
_SWEEP_EVERY = timedelta(hours=1)


class KeyReusedError(InvalidError):
    """The key belongs to another request."""

    code = "idempotency-key-reused"
    sentence = N_("This Idempotency-Key was used for another request. Choose a new key for a new request.")


class KeyTooLongError(InvalidError):
    """The key is too long to be kept."""

    code = "idempotency-key-too-long"
    sentence = N_("An Idempotency-Key has at most {longest} characters.")


class _Swept:
    """When this process last threw old keys away."""

    at: datetime | None = None


def replay() -> Response | None:
    """Take the request's key, or give the answer that the same request had before (None: carry it out).

    A second request waits in the database for the first to be committed. Raises KeyReusedError, KeyTooLongError.
    """
    given = http.headers.get(HEADER)
    if not given or unit.is_reading():
        return None
    if len(given) > LONGEST:
        raise KeyTooLongError(longest=LONGEST)
    session = unit.session()
    key, digest = f"{reader.actor().user_id}:{given}", _digest()
    if insert_new(session, IdempotencyKey, key=key, request_hash=digest, status=0, body={}, created_at=clock.wall()):
        g.idempotency_key = key
        return None
    known = session.get_one(IdempotencyKey, key)
    if known.request_hash != digest:
        raise KeyReusedError
    response = jsonify(known.body)
    response.status_code = known.status
    if known.etag is not None:
        response.headers["ETag"] = known.etag
    response.headers["Idempotency-Replayed"] = "true"
    return response


def keep(response: Response) -> None:
    """Keep the answer beside the key that this request has taken. An answer that is no JSON is not kept, nor is its key."""
    key = g.pop("idempotency_key", None)
    if key is None:
        return
    session = unit.session()
    if response.is_json:
        kept = update(IdempotencyKey).where(IdempotencyKey.key == key)
        session.execute(kept.values(status=response.status_code, body=response.get_json(), etag=response.headers.get("ETag")))
    else:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.key == key))
    _sweep(session)


def _sweep(session: Session) -> None:
    wall = clock.wall()
    if _Swept.at is None or wall - _Swept.at > _SWEEP_EVERY:
        _Swept.at = wall
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < wall - KEPT))


def _digest() -> str:
    """What makes two requests the same. The parts of a form are read one by one: the line between them differs each time."""
    digest = hashlib.sha256(f"{http.method} {http.full_path}\n".encode())
    if http.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        for name, value in http.form.items(multi=True):
            digest.update(f"{name}={value}\n".encode())
        for name, file in http.files.items(multi=True):
            digest.update(f"{name}:{file.filename}\n".encode() + file.stream.read())
            file.stream.seek(0)
    else:
        digest.update(http.get_data(cache=True))
    return digest.hexdigest()
