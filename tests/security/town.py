"""Who lives in the town, what they own, and how an attacker speaks to it."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bpm import access, attachments, clock, contacts, drafts
from bpm.models import Attachment, Incident, Instance, JournalEntry, Membership, Notice, Task, TaskComment, Unit, User, WorkOrder
from bpm.models.database import unit_of_work
from tests.api.desk import Desk, found
from tests.web.office import COMPLAINT, Office, Person

PASSWORD = "correct horse battery"
OUTSIDERS = ("handler2", "analyst", "far_agent", "far_head")
"""Staff who have nothing to do with the order: of another unit, of another city, of another trade."""


def settle(session: Session) -> None:
    """Put the people of two cities into the database."""
    found(session)
    province = session.scalars(select(Unit).where(Unit.code == "SD")).one()
    city = Unit(id=uuid4(), code="QD", name="青岛", name_en="Qingdao", parent_id=province.id, kind="CITY", city="QD")
    desk = Unit(id=uuid4(), code="QD-FRONT", name="前台", name_en="Desk", parent_id=city.id, kind="SECTION", function="FRONT", city="QD")
    for unit in (city, desk):
        session.add(unit)
        session.flush()
    for login, role, head in (("far_agent", "AGENT", False), ("far_head", "SECTION_HEAD", True)):
        user = User(id=uuid4(), login=login, name=login, name_en=login, language="zh", shortcuts=True, active=True)
        user.memberships = [Membership(id=uuid4(), unit=desk, role=role, head=head)]
        session.add(user)


@dataclass(frozen=True)
class Loot:
    """Everything that hangs on one order, by its address."""

    number: str
    token: str
    instance_id: UUID
    task_id: UUID
    attachment_id: UUID
    incident_id: UUID
    notice_id: UUID
    definition_id: UUID
    draft_id: UUID
    comment_id: UUID

    def values(self) -> dict[str, Any]:
        """The parts of addresses by their names."""
        return dict(vars(self))


@dataclass
class Town:
    """Everybody at a browser (``people``) and everybody's programs (``desk``)."""

    app: Flask
    people: Office = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.people, self.desk = Office(self.app), Desk(self.app)

    def __getitem__(self, login: str) -> Person:
        return self.people[login]

    @property
    def stranger(self) -> FlaskClient:
        """A browser that nobody has used before."""
        return self.app.test_client()

    @property
    def loot(self) -> Loot:
        """An order of Jinan that nobody of these tests works on."""
        if "loot" not in self.app.extensions:
            self.app.extensions["loot"] = self.another()
        kept: Loot = self.app.extensions["loot"]
        return kept

    def another(self) -> Loot:
        """A new order of Jinan with a task, a file, a comment, a fault and a notice."""
        answer = self.desk["agent"].post("/work-orders", {**COMPLAINT, "contact_email": "liu@example.com"})
        assert answer.status_code == 201, answer.text
        number = answer.json["number"]
        self.people.settle()
        with unit_of_work() as session:
            now = clock.now()
            order = session.scalars(select(WorkOrder).where(WorkOrder.number == number)).one()
            instance = session.get_one(Instance, order.instance_id)
            agent = session.scalars(select(User).where(User.login == "agent")).one()
            file = attachments.attach(session, order, "bill.pdf", b"%PDF-1.4 secret", now, actor=access.actor_of(agent))
            fault = Incident(
                id=uuid4(), instance_id=instance.id, kind="step", code="x", message="x", facts={}, name="x", created_at=now, state="open"
            )
            notice = Notice(
                id=uuid4(), user_id=agent.id, order_id=order.id, kind="urge", text="{text}", facts={"text": "x"}, created_at=now
            )
            session.add_all([fault, notice])
            session.flush()
            task = session.scalars(select(Task).where(Task.order_id == order.id)).first()
            assert task is not None
            session.add(TaskComment(id=uuid4(), task_id=task.id, user_id=agent.id, text="among us", created_at=now))
            analyst = access.actor_of(session.scalars(select(User).where(User.login == "analyst")).one())
            draft = drafts.begin_from(session, instance.definition_id, analyst, now)
            remark = drafts.comment(session, draft.id, analyst, "among analysts", now, (None, None))
            things = (instance.id, task.id, file.id, fault.id, notice.id, instance.definition_id, draft.id, remark.id)
            return Loot(number, order.token, *things)

    def standing(self, loot: Loot) -> tuple[Any, ...]:
        """What an attack would change."""
        with unit_of_work(write=False) as session:
            order = session.scalars(select(WorkOrder).where(WorkOrder.number == loot.number)).one()
            task, fault = session.get_one(Task, loot.task_id), session.get_one(Incident, loot.incident_id)
            counts = [
                session.scalar(select(func.count()).select_from(model).where(column == value))
                for model, column, value in (
                    (JournalEntry, JournalEntry.instance_id, loot.instance_id),
                    (Attachment, Attachment.order_id, order.id),
                    (TaskComment, TaskComment.task_id, loot.task_id),
                )
            ]
            said = len(contacts.of_order(session, order))
            read = session.get_one(Notice, loot.notice_id).read_at
            return (order.state, order.urge_count, task.status, task.assignee_id, task.queue, fault.state, said, read, *counts)

    def deploy(self, files: dict[str, bytes], **fields: str) -> TestResponse:
        """A model author hands files in."""
        program = self.desk["analyst"]
        data = {"files": [(BytesIO(content), name) for name, content in files.items()], **fields}
        return program.client.post("/api/v1/deployments", data=data, headers=program.headers)
