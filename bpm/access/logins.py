"""Coming in: passwords, the logins of people and the tokens of programs. All of it goes by the wall clock, whatever the demo clock says."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bpm.access import tries
from bpm.errors import N_, BatonError
from bpm.models.access import ApiToken, LoginSession
from bpm.models.ids import row_id
from bpm.models.org import User

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_AGAIN = timedelta(minutes=1)
"""How stale ``seen_at`` may be before it is worth a write."""

_SECRET_BYTES = 32
_LONGEST_PASSWORD = 1024

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_hashing = BoundedSemaphore(4)  # each verification takes 64 MB: a crowd at the door must not take all the memory


class LoginFailedError(BatonError):
    """Login and password do not belong together; which of them is wrong is not told."""

    code = "login-failed"
    sentence = N_("The staff number or the password is wrong. Try again.")


def hash_password(text: str) -> str:
    """Hash a password with argon2id (64 MB, three passes)."""
    return _hasher.hash(text)


def log_in(session: Session, login: str, password: str, address: str, now: datetime) -> tuple[LoginSession, str]:
    """Check a password and open a login: the row, and the secret for the cookie, which is kept nowhere.

    Raises LoginFailedError and TooManyTriesError, see ``check_password``.
    """
    return open_login(session, check_password(session, login, password, address, now), now)


def check_password(session: Session, login: str, password: str, address: str, now: datetime) -> User:
    """The active user of a login and its password; takes the same time whether the login is known or not.

    Takes a tenth of a second: best done in a unit of work that only reads. Raises LoginFailedError, and TooManyTriesError after five
    wrong passwords for an account (twenty from an address) in a quarter of an hour, then even for the right one.
    """
    keys = (f"account {tries.account(login)}", f"address {tries.household(address)}")
    tries.wrong_passwords.take(list(zip(keys, (tries.OF_ACCOUNT, tries.OF_ADDRESS), strict=True)), now)
    found = session.scalar(select(User).where(User.login == login, User.active)) if login.isprintable() else None
    kept = found.password_hash if found is not None else None
    nobodys = _nobodys_hash()
    right = _verify(kept or nobodys, password)
    if found is None or kept is None or not right:
        raise LoginFailedError
    tries.wrong_passwords.forget(keys[0])
    tries.wrong_passwords.give_back(keys[1], now)
    return found


def open_login(session: Session, user: User, now: datetime) -> tuple[LoginSession, str]:
    """Open a login for a user whose password was right: the row, and the secret for the cookie."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.created_at <= now - LONGEST))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    opened = LoginSession(
        id=row_id(), secret_hash=_digest(secret), csrf=secrets.token_urlsafe(_SECRET_BYTES), user_id=user.id, created_at=now, seen_at=now
    )
    opened.user = user
    session.add(opened)
    return opened, secret


def log_out(session: Session, secret: str) -> None:
    """Close a login."""
    session.execute(delete(LoginSession).where(LoginSession.secret_hash == _digest(secret)))


def session_of(session: Session, secret: str, now: datetime) -> LoginSession | None:
    """The open login of a cookie: None after half an hour without a request, after twelve hours, or when the user was switched off."""
    found = session.scalar(select(LoginSession).where(LoginSession.secret_hash == _digest(secret)))
    if found is None or not found.user.active or now - found.seen_at > IDLE or now - found.created_at > LONGEST:
        return None
    return found


def is_stale(login: LoginSession, now: datetime) -> bool:
    """Tell whether a login was last noted as seen so long ago that ``touch`` is due."""
    return now - login.seen_at >= SEEN_AGAIN


def touch(session: Session, login_id: UUID, now: datetime) -> None:
    """Note that a login was used just now. ``session_of`` does not, so that a page may read without writing."""
    session.execute(update(LoginSession).where(LoginSession.id == login_id).values(seen_at=now))


def is_csrf(login: LoginSession, value: str | None) -> bool:
    """Tell whether a form carries the value of its login, so that no other site can have sent it."""
    return value is not None and hmac.compare_digest(login.csrf.encode(), value.encode())


def issue_token(session: Session, user: User, now: datetime) -> str:
    """Make a bearer token for a program; only its hash is kept."""
    secret = f"baton_{secrets.token_urlsafe(_SECRET_BYTES)}"
    session.add(ApiToken(id=row_id(), secret_hash=_digest(secret), user_id=user.id, created_at=now))
    return secret


def token_user(session: Session, secret: str) -> User | None:
    """The active user of a bearer token that was not revoked."""
    found = session.scalar(select(ApiToken).where(ApiToken.secret_hash == _digest(secret), ApiToken.revoked_at.is_(None)))
    return found.user if found is not None and found.user.active else None


def revoke_tokens(session: Session, user: User, now: datetime) -> None:
    """Take every token of a user back."""
    session.execute(update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)).values(revoked_at=now))


@cache
def _nobodys_hash() -> str:
    """What an unknown login's password is compared with, so that it takes as long."""
    return _hasher.hash(secrets.token_urlsafe(_SECRET_BYTES))


def _verify(kept: str, password: str) -> bool:
    if len(password) > _LONGEST_PASSWORD:
        password = ""  # no password is that long; the time it takes shall not tell
    try:
        with _hashing:
            return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
