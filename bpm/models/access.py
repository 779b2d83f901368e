"""Logins, tokens for programs, and writes that were already carried out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bpm.models.database import Base, Json
from bpm.models.ids import row_id
from bpm.models.org import User


class LoginSession(Base):
    """A person's open login; can be revoked."""

    __tablename__ = "login_session"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    csrf: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


class ApiToken(Base):
    """A program's bearer token; only its hash is kept."""

    __tablename__ = "api_token"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=row_id)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


class IdempotencyKey(Base):
    """The answer to a write that carried Idempotency-Key: the same key again gets it again."""

    __tablename__ = "idempotency_key"
    key: Mapped[str] = mapped_column(primary_key=True)  # user id and the header's value
    request_hash: Mapped[str]
    status: Mapped[int]
    body: Mapped[Any] = mapped_column(Json)
    etag: Mapped[str | None]
    created_at: Mapped[datetime]
