"""Some working days of one section in the demonstration, brought about through the API as people and their programs would do it."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

HANDLER = "handler"
TUESDAY = 1
BEGIN = time(9, 20)
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint to the section. It gets as far as the element ``stop``; ``claimed`` tells whether the handler has taken that.

    ``then`` is how long it takes until the next one comes in.
    """

    name: str
    number: str
    class_code: str
    title: str
    description: str
    stop: str = "handle"
    claimed: bool = True
    then: str = "PT20M"


DAYS = (
    Complaint(
        "李晓燕", "15455310003", "01010101", "家里信号弱，电话打不出去", "搬到新小区后室内只有一格信号，电话要到阳台打。", then="PT27H"
    ),
    Complaint(
        "邓晓燕", "15455310006", "01020102", "宽带晚上八点后上不了网", "连续三个晚上八点以后网页打不开，重启光猫没有用。", then="PT22H"
    ),
    Complaint(
        "刘海燕",
        "15455310001",
        "01010102",
        "车库没有信号，缴费码扫不出来",
        "地下车库 B2 层没有信号，出场扫不了码，被堵在出口。",
        then="PT4H",
    ),
    Complaint("袁振国", "15455310007", "01010201", "办公室通话一会儿就断", "经十路写字楼 18 层靠窗位置，通话两三分钟必断。", then="PT18H"),
    Complaint("许春梅", "15455310008", "01020101", "5G 网速比以前慢很多", "以前下载电影几分钟，这周要半个小时，套餐没有变。", then="PT25M"),
    Complaint("陈立军", "15455310002", "01010202", "地铁二号线上一路掉线", "每天上班都是同一段路，视频会议要重连四五次。"),
    Complaint(
        "王海", "15455310010", "01020102", "厂区专线时断时续，影响生产", "今早起专线断了三次，每次十几分钟，生产系统停摆。", then="PT2H"
    ),
    Complaint("孟凡", "15455310004", "01010102", "电梯里没有信号", "小区六部电梯里都没有信号，老人被困时打不出电话。", then="PT35M"),
    Complaint(
        "齐鲁物流", "15455310011", "01010201", "仓库里对讲总是单通", "三号仓库里只能听见对方，对方听不见我们。", claimed=False, then="PT15M"
    ),
    Complaint(
        "泉城医药",
        "15455310012",
        "01010101",
        "门店里收款机连不上网",
        "解放路门店今天上午起收款机没有信号，只能收现金。",
        stop="accept",
        claimed=False,
    ),
)
SHOWN = "电梯里没有信号"
"""The complaint whose order is looked at."""


class Scene:
    """Everybody of the demonstration, as programs that act for them."""

    def __init__(self, address: str, token_of: Callable[[str], str]) -> None:
        """Speak to the server at this address. ``token_of`` makes a bearer token for a login."""
        self._address, self._token_of = address, token_of
        self._people: dict[str, httpx.Client] = {}

    def play(self) -> None:
        """Let the days pass. Raises httpx.HTTPStatusError where the server refuses something."""
        self._wait_until_tuesday()
        for complaint in DAYS:
            self._come_in(complaint)

    def close(self) -> None:
        """Let go of all connections."""
        for person in self._people.values():
            person.close()

    def _as(self, login: str) -> httpx.Client:
        if login not in self._people:
            headers = {"Authorization": f"Bearer {self._token_of(login)}"}
            self._people[login] = httpx.Client(base_url=f"{self._address}/api/v1", headers=headers, timeout=60, trust_env=False)
        return self._people[login]

    def _post(self, login: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._as(login).post(path, json=dict(body)).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _pass(self, duration: str) -> datetime:
        return datetime.fromisoformat(self._post("admin", "/demo/clock", {"advance": duration})["now"])

    def _wait_until_tuesday(self) -> None:
        now = self._pass("PT0S").astimezone(ZONE)
        day = now.date() + timedelta(days=(TUESDAY - now.weekday() - 1) % 7 + 1)
        left = datetime.combine(day, BEGIN, ZONE) - now
        self._pass(f"PT{int(left.total_seconds())}S")

    def _come_in(self, complaint: Complaint) -> None:
        order = self._post(
            "agent",
            "/work-orders",
            {
                "channel": "PHONE_1860",
                "title": complaint.title,
                "description": complaint.description,
                "contact_name": complaint.name,
                "contact_phone": complaint.number,
                "customer_number": complaint.number,
                "class": complaint.class_code,
            },
        )
        self._pass("PT2M")
        while (task := self._open_task(order["instance_id"]))["element_id"] != complaint.stop:
            self._do(task)
            self._pass("PT2M")
        if complaint.claimed:
            self._post(HANDLER, f"/tasks/{task['id']}/claim", {})
        self._pass(complaint.then)

    def _open_task(self, instance_id: str) -> dict[str, Any]:
        tasks = self._as("admin").get(f"/instances/{instance_id}/tasks").raise_for_status().json()["items"]
        found: dict[str, Any] = next(task for task in tasks if task["status"] in {"open", "claimed"})
        return found

    def _do(self, task: Mapping[str, Any]) -> None:
        """Claim a task and press on with what its form proposes."""
        able = task["claimable_by"]
        login = HANDLER if HANDLER in able else able[0]
        claimed = self._post(login, f"/tasks/{task['id']}/claim", {})
        schema = claimed["form"]["schema"]
        answers = {name: rule["default"] for name, rule in schema["properties"].items() if "default" in rule}
        texts = {name: "按规定办理" for name in schema.get("required", ()) if name not in answers}
        self._post(login, f"/tasks/{task['id']}/complete", {"variables": answers | texts})


def token_by(program: list[str], environment: Mapping[str, str]) -> Callable[[str], str]:
    """Make tokens with ``app.py token``."""

    def token_of(login: str) -> str:
        told = subprocess.run([*program, "token", login], env=dict(environment), check=True, capture_output=True, text=True)  # noqa: S603
        return told.stdout.strip()

    return token_of
