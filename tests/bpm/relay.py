"""A small relay over real parts: two people at once, a bill that is asked for over a socket, four eyes, a reminder, a message."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bpm import access, clock, connecting, definitions, inbox, instances, org, running
from bpm.access import SYSTEM, Actor
from bpm.clockwork.embedded import Embedded
from bpm.models.database import unit_of_work
from bpm.models.incident import Incident
from bpm.models.instance import Instance
from bpm.models.task import OPEN, Task
from bpm.models.work_item import WorkItem
from connectors.billing.simulator import Fault, Simulator
from tests.bpm import organisation

ROOT = Path(__file__).parents[2]
DRAWING = Path(__file__).parent / "data" / "relay" / "relay.bpmn"
CUSTOMER = {"number": "13800000001", "account_no": "A1", "name": "刘海燕", "name_en": "Liu Haiyan", "city": "JN", "tariff": "畅享 128"}
CUSTOMER |= {"in_net_months": 62, "arpu_3m": 168.0, "is_group": False, "blacklist_fraud": False, "kam": None, "email": None, "bills": []}


class Relay:
    """One instance of the small process, the billing it asks, and the clockwork that carries its calls and timers."""

    def __init__(self, folder: Path) -> None:
        customers = folder / "customers.json"
        customers.write_text(json.dumps([CUSTOMER]), "utf-8")
        self.billing = Simulator(customers)
        self.billing.start()
        registry = connecting.load(ROOT / "connectors", self.billing.settings)
        self.clockwork = Embedded(registry)
        with unit_of_work() as session:
            organisation.found(session)
            definitions.deploy(session, {DRAWING.name: DRAWING.read_bytes()}, "analyst", clock.now(), publish=True)
        self.start()

    @staticmethod
    def fault(kind: str, times: int) -> list[Fault]:
        """What is to go wrong with the next look-ups of a customer."""
        return [Fault("customer", kind, times)]

    def close(self) -> None:
        self.clockwork.stop()
        self.billing.stop()
        running.cache.clear()

    def start(self) -> None:
        with unit_of_work() as session:
            variables = {"number": CUSTOMER["number"], "place": "电梯里"}
            self.id = instances.start(session, "relay", variables, SYSTEM, clock.now(), business_key="K-1").id

    def person(self, login: str) -> Actor:
        with unit_of_work(write=False) as session:
            return access.actor_of(org.find_user(session, login))

    def task(self, element_id: str) -> UUID:
        with unit_of_work(write=False) as session:
            query = select(Task.id).where(Task.instance_id == self.id, Task.element_id == element_id, Task.status.in_(OPEN))
            return session.scalars(query).one()

    def open_steps(self) -> set[str]:
        with unit_of_work(write=False) as session:
            return set(session.scalars(select(Task.element_id).where(Task.instance_id == self.id, Task.status.in_(OPEN))))

    def do(self, action: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One unit of work: ``action(session, *arguments, now)`` on a process that is loaded from its row."""
        running.cache.clear()
        with unit_of_work() as session:
            return action(session, *arguments, clock.now(), **named)

    def complete(self, element_id: str, login: str, answers: dict[str, Any] | None = None) -> None:
        task, person = self.task(element_id), self.person(login)
        self.do(inbox.claim, task, person)
        self.do(instances.complete_task, task, answers or {}, person)

    def until_approval(self) -> None:
        self.complete("measure", "handler")
        self.complete("check", "agent")
        self.clockwork.advance(timedelta(0))

    @property
    def instance(self) -> Instance:
        with unit_of_work(write=False) as session:
            return session.get_one(Instance, self.id)

    @property
    def variables(self) -> dict[str, Any]:
        with unit_of_work(write=False) as session:
            return instances.variables(session, session.get_one(Instance, self.id))

    def incidents(self) -> list[Incident]:
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(Incident).where(Incident.instance_id == self.id, Incident.state == "open")))

    def items(self, kind: str) -> list[WorkItem]:
        with unit_of_work(write=False) as session:
            return list(session.scalars(select(WorkItem).where(WorkItem.kind == kind)))
