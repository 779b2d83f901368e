"""Who is asking, and what he may see: logins, tokens, and the one policy with its query filters.

Logins, tokens and tries go by the wall clock, whatever the demo clock says.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import BoundedSemaphore, Lock
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, Select, delete, exists, false, or_, select, true, update
from sqlalchemy.orm import Session

from bpm.errors import N_, BatonError, ForbiddenError
from bpm.models.access import ApiToken, LoginSession
from bpm.models.customer import Customer
from bpm.models.org import Unit, User
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_AGAIN = timedelta(minutes=1)
"""How stale ``seen_at`` may be before it is worth a write."""

TRIES_WINDOW = timedelta(minutes=15)
TRIES_OF_ACCOUNT = 5
TRIES_OF_ADDRESS = 20
"""More than for an account: a whole office may come from one address."""

_SECRET_BYTES = 32
_LONGEST_PASSWORD = 1024
_SEEING_ALL = frozenset({"ADMIN", "QA", "CS_MANAGER", "VP"})
_SEEING_CITY = frozenset({"AGENT", "REVIEWER", "DISPATCHER", "VISITOR"})
_SEEING_UNIT = frozenset({"HANDLER", "SECTION_HEAD", "DEPT_HEAD", "SPECIALIST"})

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_hashing = BoundedSemaphore(4)  # each verification takes 64 MB: a crowd at the door must not take all the memory


class LoginFailedError(BatonError):
    """Login and password do not belong together; which of them is wrong is not told."""

    code = "login-failed"
    sentence = N_("This login and this password do not belong together.")


class TooManyTriesError(BatonError):
    """Too many wrong passwords for this account, or from this address."""

    code = "too-many-tries"
    sentence = N_("Too many wrong passwords. Try again in {minutes} min.")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with all that the policy needs.

    ``queues`` ("UNIT:ROLE"), ``units`` and ``cities`` (None: the province) run in parallel: one entry for each membership, in the order
    of their queues. ``heads`` are the codes of the units he leads.
    """

    user_id: UUID | None
    login: str
    name: str
    name_en: str
    language: str = "zh"
    queues: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    units: tuple[str, ...] = ()
    cities: tuple[str | None, ...] = ()
    heads: tuple[str, ...] = ()
    shortcuts: bool = True

    @property
    def is_admin(self) -> bool:
        """Tell whether he runs this installation."""
        return "ADMIN" in self.roles

    @property
    def sees_all(self) -> bool:
        """Tell whether every order is open to him."""
        return not self.roles.isdisjoint(_SEEING_ALL)

    def places(self, roles: frozenset[str]) -> list[tuple[str, str | None]]:
        """The units, and their cities, in which he plays one of these roles."""
        every = zip(self.queues, self.units, self.cities, strict=True)
        return [(unit, city) for queue, unit, city in every if queue.rpartition(":")[2] in roles]


SYSTEM = Actor(None, "system", "系统", "System", roles=frozenset({"ADMIN"}))
CUSTOMER = Actor(None, "customer", "客户", "Customer")


# ---- logging in


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
    keys = (f"account {login.casefold()}", f"address {address}")
    limits = (TRIES_OF_ACCOUNT, TRIES_OF_ADDRESS)
    _tries.check(zip(keys, limits, strict=True), now)
    found = session.scalar(select(User).where(User.login == login, User.active)) if login.isprintable() else None
    kept = found.password_hash if found is not None else None
    nobodys = _nobodys_hash()
    right = _verify(kept or nobodys, password)
    if found is None or kept is None or not right:
        _tries.note(keys, now)
        raise LoginFailedError
    _tries.forget(keys[0])
    return found


def open_login(session: Session, user: User, now: datetime) -> tuple[LoginSession, str]:
    """Open a login for a user whose password was right: the row, and the secret for the cookie."""
    session.execute(delete(LoginSession).where(LoginSession.user_id == user.id, LoginSession.created_at <= now - LONGEST))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    opened = LoginSession(
        id=uuid4(), secret_hash=_digest(secret), csrf=secrets.token_urlsafe(_SECRET_BYTES), user_id=user.id, created_at=now, seen_at=now
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
    session.add(ApiToken(id=uuid4(), secret_hash=_digest(secret), user_id=user.id, created_at=now))
    return secret


def token_user(session: Session, secret: str) -> User | None:
    """The active user of a bearer token that was not revoked."""
    found = session.scalar(select(ApiToken).where(ApiToken.secret_hash == _digest(secret), ApiToken.revoked_at.is_(None)))
    return found.user if found is not None and found.user.active else None


def revoke_tokens(session: Session, user: User, now: datetime) -> None:
    """Take every token of a user back."""
    session.execute(update(ApiToken).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)).values(revoked_at=now))


def actor_of(user: User) -> Actor:
    """All that the policy needs to know of a user, read once."""
    places = sorted(user.memberships, key=lambda membership: membership.queue)
    return Actor(
        user_id=user.id,
        login=user.login,
        name=user.name,
        name_en=user.name_en,
        language=user.language,
        queues=tuple(place.queue for place in places),
        roles=frozenset(place.role for place in places),
        units=tuple(place.unit.code for place in places),
        cities=tuple(place.unit.city for place in places),
        heads=tuple(dict.fromkeys(place.unit.code for place in places if place.head)),
        shortcuts=user.shortcuts,
    )


# ---- the policy


def require(actor: Actor, *roles: str) -> None:
    """Let pass who plays one of these roles, or runs this installation. Raises ForbiddenError."""
    if not actor.is_admin and actor.roles.isdisjoint(roles):
        raise ForbiddenError


def may_see_order(session: Session, actor: Actor, order: WorkOrder) -> bool:
    """Tell whether an order is open to an actor: the same rule as ``visible_orders``."""
    if actor.sees_all:
        return True
    return session.scalar(select(WorkOrder.id).where(WorkOrder.id == order.id, visible_orders(actor))) is not None


def visible_orders(actor: Actor) -> ColumnElement[bool]:
    """The filter on work orders: what an actor may see.

    Management and quality see all; the desks see their city (those of the province every city); who handles, leads or advises sees what
    is or was in his units; a key account manager sees his customers'; everybody sees what he took in first or has or had in hand.
    """
    if actor.sees_all:
        return true()
    if actor.user_id is None:
        return false()
    cities = {city for _, city in actor.places(_SEEING_CITY)}
    if None in cities:
        return true()
    wanted = [WorkOrder.first_owner == actor.login, _order_had_task(or_(*_in_hand(actor.user_id)))]
    if cities:
        wanted.append(WorkOrder.city.in_(sorted(city for city in cities if city)))
    units = sorted({unit for unit, _ in actor.places(_SEEING_UNIT)})
    if units or actor.heads:
        wanted.append(_order_had_task(_in_units(units, actor.heads)))
    if "KAM" in actor.roles:
        wanted.append(WorkOrder.customer_number.in_(select(Customer.number).where(Customer.kam == actor.login)))
    return or_(*wanted)


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """The filter on tasks: his own, those of his queues, those of the units he leads and below; an administrator sees every task."""
    if actor.is_admin:
        return true()
    if actor.user_id is None:
        return false()
    wanted = [*_in_hand(actor.user_id), Task.queue.in_(actor.queues)]
    if actor.heads:
        wanted.append(Task.unit_code.in_(_led(actor.heads)))
    return or_(*wanted)


def _in_hand(user_id: UUID) -> list[ColumnElement[bool]]:
    return [Task.assignee_id == user_id, Task.completed_by_id == user_id]


def _order_had_task(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Task.order_id == WorkOrder.id, condition)


def _in_units(units: Iterable[str], heads: tuple[str, ...]) -> ColumnElement[bool]:
    conditions = [Task.unit_code.in_(list(units))]
    if heads:
        conditions.append(Task.unit_code.in_(_led(heads)))
    return or_(*conditions)


def _led(heads: tuple[str, ...]) -> Select[str]:
    """The codes of these units and of all below them."""
    led = select(Unit.id, Unit.code).where(Unit.code.in_(heads)).cte("led", recursive=True)
    led = led.union(select(Unit.id, Unit.code).join(led, Unit.parent_id == led.c.id))
    return select(led.c.code)


# ---- passwords, secrets and tries


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


class _Tries:
    """Wrong passwords of the last quarter of an hour, in this process: a failed login's unit of work is rolled back."""

    def __init__(self) -> None:
        self._wrong: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def check(self, limits: Iterable[tuple[str, int]], now: datetime) -> None:
        """Raise TooManyTriesError when one of the keys has used up its tries."""
        with self._lock:
            self._prune(now)
            for key, limit in limits:
                wrong = self._wrong.get(key, [])
                if len(wrong) >= limit:
                    wait = wrong[-limit] + TRIES_WINDOW - now
                    raise TooManyTriesError(minutes=-(-wait // timedelta(minutes=1)), seconds=-(-wait // timedelta(seconds=1)))

    def note(self, keys: Iterable[str], now: datetime) -> None:
        with self._lock:
            for key in keys:
                self._wrong.setdefault(key, []).append(now)

    def forget(self, key: str) -> None:
        with self._lock:
            self._wrong.pop(key, None)

    def _prune(self, now: datetime) -> None:
        for key, wrong in list(self._wrong.items()):
            recent = [moment for moment in wrong if now - moment < TRIES_WINDOW]
            if recent:
                self._wrong[key] = recent
            else:
                del self._wrong[key]


_tries = _Tries()
