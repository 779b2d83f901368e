"""A city branch with everybody whom a complaint needs, and programs that speak for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from bpm import access, clock
from bpm.models import Calendar, Membership, ServiceClass, Unit, User
from bpm.models.database import unit_of_work

API = "/api/v1"
ROOT = Path(__file__).parents[2]
CONNECTORS, PROCESSES = ROOT / "connectors", ROOT / "processes"
OFFICE_DAY = [["08:30", "12:00"], ["13:30", "17:30"]]
ALL_DAY = [["00:00", "24:00"]]

_UNITS = [  # code, parent, kind, function, city, calendar
    ("SD", None, "PROVINCE", "COMPANY", None, "CAL-BIZ"),
    ("JN", "SD", "CITY", None, "JN", None),
    ("JN-CS", "JN", "DEPARTMENT", "CS_DEPT", "JN", None),
    ("JN-FRONT", "JN-CS", "SECTION", "FRONT", "JN", None),
    ("JN-REVIEW", "JN-CS", "SECTION", "REVIEW", "JN", None),
    ("JN-NET", "JN", "DEPARTMENT", "NETWORK_DEPT", "JN", "CAL-247"),
    ("JN-NET-1", "JN-NET", "SECTION", "NETWORK", "JN", None),
    ("JN-BILL", "JN", "SECTION", "BILLING", "JN", None),
]
_PEOPLE = [  # login, [(unit, role, head)]
    ("admin", [("SD", "ADMIN", False)]),
    ("analyst", [("SD", "ANALYST", False)]),
    ("agent", [("JN-FRONT", "AGENT", False)]),
    ("agent2", [("JN-FRONT", "AGENT", False)]),
    ("reviewer", [("JN-REVIEW", "REVIEWER", False)]),
    ("dispatcher", [("JN-CS", "DISPATCHER", False)]),
    ("dispatcher2", [("JN-CS", "DISPATCHER", False)]),
    ("handler", [("JN-NET-1", "HANDLER", False)]),
    ("colleague", [("JN-NET-1", "HANDLER", False)]),
    ("handler2", [("JN-BILL", "HANDLER", False)]),
    ("head", [("JN-NET-1", "SECTION_HEAD", True)]),
    ("depthead", [("JN-NET", "DEPT_HEAD", True)]),
    ("visitor", [("JN-CS", "VISITOR", False)]),
    ("manager", [("JN-CS", "CS_MANAGER", True)]),
    ("vp", [("SD", "VP", False)]),
    ("qa", [("JN-CS", "QA", False)]),
]
_CLASSES = [
    ("01", None, 1, "网络质量", "Network quality"),
    ("0101", "01", 2, "语音", "Voice"),
    ("010101", "0101", 3, "无信号", "No signal"),
    ("01010102", "010101", 4, "电梯、地下", "Lift or basement"),
]
NAMES = {"agent": ("李晓燕", "Li Xiaoyan"), "handler": ("张伟", "Zhang Wei")}


def found(session: Session) -> None:
    """Put the branch, its calendars and some classes into the database."""
    for code, hours in (("CAL-BIZ", [OFFICE_DAY] * 5 + [[], []]), ("CAL-CALL", [ALL_DAY] * 7), ("CAL-247", [ALL_DAY] * 7)):
        session.add(Calendar(code=code, name=code, name_en=code, zone="Asia/Shanghai", hours=hours, observes_holidays=False))
    for code, parent, level, name, name_en in _CLASSES:
        session.add(ServiceClass(code=code, parent=parent, level=level, name=name, name_en=name_en, locked=level < 4))
    units: dict[str, Unit] = {}
    for code, parent, kind, function, city, calendar in _UNITS:
        above = units[parent].id if parent else None
        units[code] = Unit(
            id=uuid4(), code=code, name=code, name_en=code, parent_id=above, kind=kind, function=function, city=city, calendar=calendar
        )
        session.add(units[code])
        session.flush()
    for login, places in _PEOPLE:
        name, name_en = NAMES.get(login, (login, login))
        person = User(id=uuid4(), login=login, name=name, name_en=name_en, language="zh", shortcuts=True, active=True)
        person.memberships = [Membership(id=uuid4(), unit=units[unit], role=role, head=head) for unit, role, head in places]
        session.add(person)


@dataclass
class Program:
    """A program that acts as one of them."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(API + path, query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.client.post(API + path, json={} if body is None else body, headers=self.headers | headers)


@dataclass
class Desk:
    """Everybody's programs, by login."""

    app: Flask
    language: str = "en"
    known: dict[str, Program] = field(default_factory=dict)

    def __getitem__(self, login: str) -> Program:
        if login not in self.known:
            with unit_of_work() as session:
                user = session.scalars(select(User).where(User.login == login)).one()
                token = access.issue_token(session, user, clock.wall())
            headers = {"Authorization": f"Bearer {token}", "Accept-Language": self.language}
            self.known[login] = Program(self.app.test_client(), headers)
        return self.known[login]

    def deploy(self, files: Mapping[str, str | bytes], **fields: str) -> TestResponse:
        return self._send("/deployments", files, "analyst", fields)

    def hand_in(self, files: Mapping[str, str | bytes], login: str = "analyst", **fields: str) -> TestResponse:
        """Import files of another tool."""
        return self._send("/drafts/import", files, login, fields)

    def _send(self, path: str, files: Mapping[str, str | bytes], login: str, fields: Mapping[str, str]) -> TestResponse:
        program = self[login]
        parts = [(BytesIO(content if isinstance(content, bytes) else content.encode()), name) for name, content in files.items()]
        return program.client.post(API + path, data={"files": parts, **fields}, headers=program.headers)

    def deploy_folder(self, name: str) -> TestResponse:
        folder = PROCESSES / name
        paths = [path for path in folder.rglob("*") if path.suffix in {".bpmn", ".dmn", ".json"}]
        return self.deploy({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})

    def advance(self, duration: str = "PT0S") -> dict[str, Any]:
        answer = self["admin"].post("/demo/clock", {"advance": duration})
        assert answer.status_code == 200, answer.text
        return answer.json  # type: ignore[no-any-return]
