"""Who acts, and the one policy: what he may see, as a question about one row and as a filter on many."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import Session

from bpm import org
from bpm.errors import ForbiddenError
from bpm.models.customer import Customer
from bpm.models.org import User
from bpm.models.prepared import one_of
from bpm.models.task import Task
from bpm.models.work_order import WorkOrder

_SEEING_ALL = frozenset({"ADMIN", "QA", "CS_MANAGER", "VP"})
_SEEING_CITY = frozenset({"AGENT", "REVIEWER", "DISPATCHER", "VISITOR"})
_SEEING_UNIT = frozenset({"HANDLER", "SECTION_HEAD", "DEPT_HEAD", "SPECIALIST"})


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

    def plays(self, roles: Iterable[str]) -> bool:
        """Tell whether he plays one of these roles, or runs this installation."""
        return self.is_admin or not self.roles.isdisjoint(roles)

    def places(self, roles: frozenset[str]) -> list[tuple[str, str | None]]:
        """The units, and their cities, in which he plays one of these roles."""
        every = zip(self.queues, self.units, self.cities, strict=True)
        return [(unit, city) for queue, unit, city in every if queue.rpartition(":")[2] in roles]


SYSTEM = Actor(None, "system", "系统", "System", roles=frozenset({"ADMIN"}))
CUSTOMER = Actor(None, "customer", "客户", "Customer")


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


def require(actor: Actor, *roles: str) -> None:
    """Let pass who plays one of these roles, or runs this installation. Raises ForbiddenError."""
    if not actor.plays(roles):
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
    wanted = [*_in_hand(actor.user_id), one_of(Task.queue, actor.queues)]
    if actor.heads:
        wanted.append(Task.unit_code.in_(org.and_below(actor.heads)))
    return or_(*wanted)


def may_see_task(session: Session, actor: Actor, task: Task) -> bool:
    """Tell whether a task is open to an actor: the same rule as ``visible_tasks``."""
    if actor.is_admin or actor.user_id is None:
        return actor.is_admin
    mine = actor.user_id in (task.assignee_id, task.completed_by_id) or task.queue in actor.queues
    return mine or task.unit_code in led_units(session, actor)


def _in_hand(user_id: UUID) -> list[ColumnElement[bool]]:
    return [Task.assignee_id == user_id, Task.completed_by_id == user_id]


def _order_had_task(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Task.order_id == WorkOrder.id, condition)


def _in_units(units: Iterable[str], heads: tuple[str, ...]) -> ColumnElement[bool]:
    conditions = [Task.unit_code.in_(list(units))]
    if heads:
        conditions.append(Task.unit_code.in_(org.and_below(heads)))
    return or_(*conditions)


def led_units(session: Session, actor: Actor) -> list[str]:
    """The codes of the units the actor leads, and of all below them."""
    return list(session.scalars(org.and_below(actor.heads))) if actor.heads else []


def leads(session: Session, actor: Actor, unit_code: str) -> bool:
    """Tell whether the actor leads a unit or one above it."""
    return bool(actor.heads) and any(unit.code in actor.heads for unit in org.upwards(session, unit_code))
