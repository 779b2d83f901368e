"""A small organisation for tests: the province SD, the cities JN and QD, a few departments, and who works there."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from bpm.models import Definition, Instance, Membership, Task, Unit, User, WorkOrder

NOW = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)

_UNITS = [  # code, parent, kind, function, city, calendar
    ("SD", None, "PROVINCE", None, None, "CAL-BIZ"),
    ("SD-CS", "SD", "DEPARTMENT", "CS_DEPT", None, None),
    ("SD-NET", "SD", "DEPARTMENT", "NETWORK", None, "CAL-247"),
    ("SD-DATA", "SD", "DEPARTMENT", "DATA_SERVICE", None, None),
    ("JN", "SD", "CITY", None, "JN", None),
    ("JN-CS", "JN", "DEPARTMENT", "CS_DEPT", "JN", None),
    ("JN-FRONT", "JN-CS", "SECTION", "FRONT", "JN", None),
    ("JN-NET", "JN", "DEPARTMENT", "NETWORK_DEPT", "JN", "CAL-247"),
    ("JN-NET-1", "JN-NET", "SECTION", "NETWORK", "JN", None),
    ("QD", "SD", "CITY", None, "QD", None),
    ("QD-FRONT", "QD", "SECTION", "FRONT", "QD", None),
    ("QD-NET", "QD", "SECTION", "NETWORK", "QD", None),
]
_PEOPLE = [  # login, Chinese name, English name, [(unit, role, head)]
    ("admin", "管理员", "Administrator", [("SD", "ADMIN", False)]),
    ("agent", "李晓燕", "Li Xiaoyan", [("JN-FRONT", "AGENT", False)]),
    ("agent-qd", "王芳", "Wang Fang", [("QD-FRONT", "AGENT", False)]),
    ("reviewer-sd", "周敏", "Zhou Min", [("SD-CS", "REVIEWER", False)]),
    ("handler", "张伟", "Zhang Wei", [("JN-NET-1", "HANDLER", False)]),
    ("colleague", "赵磊", "Zhao Lei", [("JN-NET-1", "HANDLER", False)]),
    ("handler-qd", "孙强", "Sun Qiang", [("QD-NET", "HANDLER", False)]),
    ("head", "陈刚", "Chen Gang", [("JN-NET-1", "SECTION_HEAD", True)]),
    ("depthead", "刘洋", "Liu Yang", [("JN-NET", "DEPT_HEAD", True)]),
    ("manager", "黄丽", "Huang Li", [("JN-CS", "CS_MANAGER", True)]),
    ("manager-sd", "吴涛", "Wu Tao", [("SD-CS", "CS_MANAGER", True)]),
    ("vp", "郑华", "Zheng Hua", [("SD", "VP", False)]),
    ("kam", "钱进", "Qian Jin", [("JN-CS", "KAM", False)]),
    ("qa", "冯雪", "Feng Xue", [("SD-CS", "QA", False)]),
    ("analyst", "何静", "He Jing", [("SD", "ANALYST", False)]),
]


def found(session: Session) -> dict[str, User]:
    """Put the organisation into the database; its people by login. Nobody has a password yet."""
    units: dict[str, Unit] = {}
    for code, parent, kind, function, city, calendar in _UNITS:
        above = units[parent].id if parent else None
        units[code] = Unit(
            id=uuid4(),
            code=code,
            name=f"单位 {code}",
            name_en=f"Unit {code}",
            parent_id=above,
            kind=kind,
            function=function,
            city=city,
            calendar=calendar,
        )
        session.add(units[code])
        session.flush()
    people = {}
    for login, name, name_en, places in _PEOPLE:
        person = User(id=uuid4(), login=login, name=name, name_en=name_en, language="zh", shortcuts=True, active=True)
        person.memberships = [Membership(id=uuid4(), unit=units[unit], role=role, head=head) for unit, role, head in places]
        session.add(person)
        people[login] = person
    session.flush()
    return people


def instance(session: Session) -> Instance:
    """A running process of no particular kind."""
    definition = Definition(
        id=uuid4(), key=f"process-{uuid4().hex[:8]}", version=1, name="流程", state="published", findings=[], created_at=NOW
    )
    session.add(definition)
    session.flush()
    running = Instance(
        id=uuid4(),
        definition_id=definition.id,
        definition_key=definition.key,
        definition_version=1,
        status="running",
        state=b"",
        active=[],
        created_at=NOW,
        journal_seq=0,
        journal_hash="",
    )
    session.add(running)
    session.flush()
    return running


def order(session: Session, *, city: str = "JN", **columns: object) -> WorkOrder:
    """A complaint in a city."""
    number = f"SD-{city}-20261124-{uuid4().hex[:6]}"
    row = WorkOrder(
        id=uuid4(),
        number=number,
        token=uuid4().hex,
        definition_key="complaint",
        type="COMPLAINT",
        channel="PHONE_1860",
        title="电梯里没有信号",
        description="电梯里没有信号",
        state="IN_PROGRESS",
        customer={},
        city=city,
        statutory_due_at=NOW,
        created_at=NOW,
        **columns,
    )
    session.add(row)
    session.flush()
    return row


def task(session: Session, order: WorkOrder | None, unit: str, role: str, assignee: UUID | None = None, status: str = "open") -> Task:
    """A step of an order in the queue of a unit."""
    running = instance(session)
    row = Task(
        id=uuid4(),
        instance_id=running.id,
        order_id=order.id if order else None,
        token_id=uuid4().hex,
        process_id="p",
        element_id="handle",
        name="处理",
        status=status,
        queue=f"{unit}:{role}",
        unit_code=unit,
        role=role,
        assignee_id=assignee,
        why="",
        priority=0,
        created_at=NOW,
    )
    session.add(row)
    session.flush()
    return row
