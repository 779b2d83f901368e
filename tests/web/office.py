"""People at their browsers: each has a client with his own login, and reads pages as they are drawn."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import select
from werkzeug.test import TestResponse

from bpm import access, clock
from bpm.models import Incident, Instance, Task, User, WorkOrder
from bpm.models.database import unit_of_work
from bpm.request import SESSION_COOKIE

COMPLAINT = {
    "type": "COMPLAINT",
    "channel": "PHONE_1860",
    "title": "地下车库没有信号",
    "description": "车库里打不出电话，已经三个星期。",
    "class": "01010102",
    "contact_name": "刘海燕",
    "contact_phone": "13805312716",
}


@dataclass
class Sheet:
    """A page as it was answered."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def tree(self) -> Any:
        return html.fromstring(self.response.get_data(as_text=True))

    @property
    def text(self) -> str:
        """What a reader reads, blanks folded."""
        for hidden in self.tree.iter("script", "style", "template"):
            hidden.drop_tree()
        return re.sub(r"\s+", " ", self.tree.text_content())

    def find(self, selector: str) -> list[Any]:
        found: list[Any] = self.tree.cssselect(selector)
        return found

    def value(self, name: str) -> str | None:
        """What stands in a field."""
        field_ = self.find(f'[name="{name}"]')[0]
        shown: str | None = field_.text if field_.tag == "textarea" else field_.get("value")
        return shown


@dataclass
class Person:
    """Somebody with a browser; ``csrf`` is empty for the public."""

    client: FlaskClient
    csrf: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Sheet:
        return Sheet(self.client.get(path, headers={**self.headers, **headers}))

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: str) -> Sheet:
        form = {"csrf_token": self.csrf, **(data or {})}
        return Sheet(self.client.post(path, data=form, headers={**self.headers, **headers}))

    def follow(self, sheet: Sheet) -> Sheet:
        """The page to which a write leads."""
        assert sheet.status == 303, sheet.text
        return self.get(sheet.response.headers["Location"])


@dataclass
class Office:
    """Everybody, by login; and what the database knows."""

    app: Flask
    known: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Person:
        if login not in self.known:
            client = self.app.test_client()
            with unit_of_work() as session:
                user = session.scalars(select(User).where(User.login == login)).one()
                opened, secret = access.open_login(session, user, clock.wall())
                csrf = opened.csrf
            client.set_cookie(SESSION_COOKIE, secret)
            self.known[login] = Person(client, csrf)
        return self.known[login]

    @property
    def customer(self) -> Person:
        return Person(self.app.test_client(), headers={"Accept-Language": "zh"})

    def speak(self, login: str, language: str) -> None:
        with unit_of_work() as session:
            session.scalars(select(User).where(User.login == login)).one().language = language

    def register(self, **changes: str) -> str:
        """An agent takes a complaint; its number, once the process has come to the review."""
        answer = self["agent"].post("/intake", {**COMPLAINT, **changes})
        assert answer.status == 303, answer.text
        self.settle()
        return answer.response.headers["Location"].rpartition("/")[2]

    def settle(self, advance: str = "PT0S") -> None:
        """Let what is due without a person be done, now or after a while."""
        with unit_of_work() as session:
            admin = session.scalars(select(User).where(User.login == "admin")).one()
            token = access.issue_token(session, admin, clock.wall())
        answer = self.app.test_client().post("/api/v1/demo/clock", json={"advance": advance}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.get_json()

    def order(self, number: str) -> WorkOrder:
        with unit_of_work(write=False) as session:
            return session.scalars(select(WorkOrder).where(WorkOrder.number == number)).one()

    def task(self, number: str) -> Task:
        """The task at which an order stands."""
        with unit_of_work(write=False) as session:
            open_ = Task.status.in_(("open", "claimed", "suspended"))
            return session.scalars(select(Task).join(WorkOrder).where(WorkOrder.number == number, open_)).one()

    def fail(self, number: str, name: str, message: str, **columns: Any) -> Incident:
        """A step of an order's process could not be carried out, and stands as an incident."""
        with unit_of_work() as session:
            instance = session.get_one(Instance, self.order(number).instance_id)
            instance.status = "incident"
            told = {"kind": "work", "code": "down", "message": message, "facts": {}, "name": name, "created_at": instance.created_at}
            incident = Incident(instance_id=instance.id, **told, **columns)
            session.add(incident)
        return incident

    def walk(self, number: str, *logins: str) -> None:
        """Each of these people claims the order's task and submits its form as it stands."""
        for login in logins:
            self.submit(number, login)

    def submit(self, number: str, login: str, **answers: str) -> None:
        """Somebody claims the order's task and submits its form, with these answers."""
        page, person = f"/inbox/tasks/{self.task(number).id}", self[login]
        person.post(f"{page}/claim")
        answer = person.post(f"{page}/complete", filled(person.get(page), **answers))
        assert answer.status == 303, answer.text
        self.settle()


def filled(sheet: Sheet, **changes: str) -> dict[str, Any]:
    """The fields of the form of a task as a browser would send them, with some changed."""
    [form] = sheet.find("form#f")
    return {**{name: value for name, value in form.form_values() if name != "csrf_token"}, **changes}
