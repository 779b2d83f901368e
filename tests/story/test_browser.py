"""One complaint from the public form to its close, by seven people in real browsers, all in Chinese."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.story.desk import FAILED, ROOT, ZONE, House, local

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)

TUESDAY = local(2026, 11, 24, 9, 0)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
CUSTOMER = "li@example.com"
SAID = "三号楼电梯里整天没有信号，整栋楼三十多户都打不了电话。"
TITLE = f"通话、信号、上网：{SAID}"
ANSWER = "电梯井道的室分天线接头松了，已更换，现在信号正常。"


@dataclass
class Person:
    """Somebody at a browser. ``wrong`` gathers what the browser complained about."""

    house: House
    page: Page
    wrong: list[str] = field(default_factory=list)

    @property
    def sheet(self) -> Locator:
        """The task that is open."""
        return self.page.locator("#pane")

    def log_in(self, login: str) -> None:
        self.page.goto(self.house.url)
        self.page.get_by_label("工号").fill(login)
        self.page.get_by_label("密码").fill("baton")
        self.page.get_by_role("button", name="登录").click()
        expect(self.page.get_by_role("heading", name="我的待办")).to_be_visible()

    def takes_from_the_queue(self) -> None:
        """See the one new task in the queue, and claim it."""
        self.page.get_by_role("navigation", name="视图").get_by_role("link", name="本组待签收").click()
        expect(self.page.get_by_role("heading", name="本组待签收")).to_be_visible()
        row = self.page.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(TITLE)
        row.get_by_role("button", name="签收").click()
        self.is_told("已签收到你名下")

    def takes_what_is_his(self) -> None:
        """Open the task that waits in one's own list, and claim it where that is still to be done."""
        self.page.goto(f"{self.house.url}/inbox")
        expect(self.page.get_by_role("heading", name="我的待办")).to_be_visible()
        expect(self.page.locator("tr[data-row]")).to_have_count(1)
        claim = self.sheet.get_by_role("button", name="签收 C")
        if claim.count():
            claim.click()
            self.is_told("已签收到你名下")

    def sees(self, *, step: str, state: str, left: str, why: str, fields: list[str]) -> None:
        """What the open task tells: what it is, how it stands, how long there is, why it came here, and what it asks."""
        expect(self.sheet.get_by_role("heading", name=TITLE)).to_be_visible()
        tags = self.sheet.locator(".b-tag")
        expect(tags.filter(has_text=re.compile(f"^{state}$")).first).to_be_visible()
        expect(tags.filter(has_text=re.compile(f"^{step}$")).first).to_be_visible()
        expect(self.sheet.locator(".b-clock__word")).to_have_text(re.compile(f"还剩 {left}"))
        task = next(task for task in self.house.tasks(self.house.number) if task["name"] == step)
        due = datetime.fromisoformat(task["due_at"]).astimezone(ZONE)
        expect(self.sheet.locator(".b-clock__note")).to_contain_text(f"{due:%H:%M} 到期")
        expect(self.sheet.locator("dl.b-facts")).to_contain_text("为何在我这")
        expect(self.sheet.locator("dl.b-facts")).to_contain_text(why)
        for label in fields:
            expect(
                self.sheet.locator("label:visible, legend:visible").filter(has_text=re.compile(f"^{re.escape(label)}(必填)?$"))
            ).to_be_visible()

    def field(self, label: str) -> Locator:
        """A field of the task's form."""
        return self.sheet.locator("form#f").get_by_label(re.compile(f"^{re.escape(label)}(必填)?$"))

    def submits(self, step: str) -> None:
        self.sheet.locator("button[data-key=s]").click()
        self.is_told(f"“{step}”已提交")
        self.house.advance()

    def is_told(self, words: str) -> None:
        expect(self.page.locator(".b-toasts").filter(has_text=words).first).to_be_visible()


@dataclass
class Customer(Person):
    """The customer at the width of a telephone."""

    def looks(self, heading: str) -> None:
        """Load the tracking page again: how far it is, and nothing about who works on it."""
        self.page.reload()
        expect(self.page.get_by_role("heading", level=2).first).to_have_text(heading)
        shown = self.page.locator("body").inner_text()
        assert [name for name in _staff() if name in shown] == []
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def _staff() -> list[str]:
    """Every name and login of the organisation; logins that are English words as well are of no use here."""
    people = json.loads((ROOT / "demo" / "organisation.json").read_text(encoding="utf-8"))["users"]
    return [name for person in people for name in (person["name"], person["name_en"])]


@pytest.fixture
def meet(_chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Give people browsers of their own. Whatever a browser complains about fails the test; a test that fails keeps its pictures."""
    people: dict[str, Person] = {}
    contexts: list[BrowserContext] = []

    def give(kind: type[Person], name: str, house: House, size: dict[str, int]) -> Person:
        context = _chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=size)  # type: ignore[arg-type]
        contexts.append(context)
        person = people[name] = kind(house, context.new_page())
        person.page.on("console", lambda said: person.wrong.append(said.text) if said.type in {"error", "warning"} else None)
        person.page.on("pageerror", lambda error: person.wrong.append(str(error)))
        person.page.on("response", lambda got: person.wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)
        return person

    yield give
    wrong = {name: person.wrong for name, person in people.items() if person.wrong}
    if wrong or request.node.stash.get(FAILED, False):
        for name, person in people.items():
            person.page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    for context in contexts:
        context.close()
    assert wrong == {}


def test_a_complaint_goes_from_hand_to_hand_until_it_is_closed(open_house: Callable[[datetime], House], meet: Callable[..., Any]) -> None:
    house = open_house(TUESDAY)

    # The customer complains on a telephone and gets a number.
    customer: Customer = meet(Customer, "customer", house, PHONE)
    customer.page.goto(f"{house.url}/complain")
    expect(customer.page.get_by_role("heading", name="我要投诉")).to_be_visible()
    customer.page.get_by_role("radio", name="通话、信号、上网").check()
    customer.page.get_by_label("发生了什么").fill(SAID)
    customer.page.get_by_label("希望怎样解决").fill("把信号修好")
    customer.page.get_by_label("您的称呼").fill("李晓燕")
    customer.page.get_by_label("电话号码").fill("154 5531 0003")
    customer.page.get_by_label("或邮箱").fill(CUSTOMER)
    customer.page.get_by_label("照片或文件").set_input_files({"name": "电梯.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0"})
    customer.page.get_by_role("button", name="提交投诉").click()
    customer.is_told("已收到您的投诉")
    house.number = customer.page.locator(".b-sheet .mono").inner_text()
    assert re.fullmatch(r"SD-531-20261124-\d{6}", house.number)
    house.advance()
    customer.looks("待济南 1860 班登记")
    assert house.mails(CUSTOMER) == []

    agent: Person = meet(Person, "agent", house, DESK)
    agent.log_in("agent")
    agent.takes_from_the_queue()
    agent.sees(
        step="登记",
        state="草稿",
        left="(30|2[5-9]) 分",
        why=f"客户来诉还没有人登记：{TITLE}",
        fields=["标题", "客户原话", "分类", "客户诉求", "受影响用户数", "涉及安全或媒体", "当场已解决"],
    )
    expect(agent.sheet).to_contain_text("154****0003")
    expect(agent.sheet.get_by_role("link", name="电梯.jpg")).to_be_visible()
    classes = agent.sheet.get_by_role("combobox", name="分类")
    classes.fill("电梯")
    agent.page.get_by_role("option", name="电梯").first.click()
    expect(classes).to_have_value(re.compile("电梯"))
    agent.field("受影响用户数").fill("35")
    agent.submits("登记")

    # He hears of it at once, with the link to follow it by.
    (mail,) = house.mails(CUSTOMER)
    link = customer.page.url
    assert house.number in mail["Subject"]
    assert "已受理" in mail["Subject"]
    assert link in mail.get_content()
    assert TITLE in mail.get_content()
    customer.looks("现由济南复核组负责")

    reviewer: Person = meet(Person, "reviewer", house, DESK)
    reviewer.log_in("reviewer")
    reviewer.takes_from_the_queue()
    reviewer.sees(
        step="复核", state="复核中", left="(30|2[5-9]) 分", why="新登记的投诉等待复核", fields=["复核结论", "分类", "级别", "受理质量"]
    )
    expect(reviewer.field("级别").locator("option:checked")).to_have_text("按规则判定")
    reviewer.submits("复核")

    dispatcher: Person = meet(Person, "dispatcher", house, DESK)
    dispatcher.log_in("dispatcher")
    dispatcher.takes_from_the_queue()
    dispatcher.sees(
        step="派单",
        state="待派单",
        left="(30|2[5-9]) 分",
        why="已复核，等待派单",
        fields=["主办单位", "协办单位", "处理时限（工作分钟）", "派单说明"],
    )
    expect(dispatcher.field("主办单位").locator("option:checked")).to_have_text("济南网络优化一班")
    dispatcher.field("派单说明").fill("请先查电梯井道的室分")
    dispatcher.submits("派单")
    customer.looks("现由济南网络优化一班负责")

    handler: Person = meet(Person, "handler", house, DESK)
    handler.log_in("handler")
    handler.takes_from_the_queue()
    handler.sees(step="签收", state="待签收", left="(1 小时|5\\d 分)", why="派给本单位。请先查电梯井道的室分", fields=["收不收"])
    handler.submits("签收")
    handler.is_told("接下来你要办：处理")  # and it is open before him
    handler.sees(
        step="处理",
        state="处理中",
        left="(24 小时|23 小时 5\\d 分)",
        why="已签收，请处理。请先查电梯井道的室分",
        fields=["办了没有", "处理结果", "责任归属", "原因", "内部说明", "给客户的答复", "拟补偿", "派单质量"],
    )
    house.advance("PT1H")
    handler.field("原因").select_option(label="设备故障")
    handler.field("内部说明").fill("3 号楼电梯井道接头驻波比 2.4，更换后 1.1")
    handler.field("给客户的答复").fill(ANSWER)
    handler.submits("处理")
    customer.looks("现由济南网络优化一班负责")

    # Thirty-five users make it urgent, so the section's head reads the answer first.
    head: Person = meet(Person, "head", house, DESK)
    head.log_in("head")
    head.takes_from_the_queue()
    head.sees(
        step="审批答复", state="处理中", left="(1 小时|5\\d 分)", why="重大、紧急投诉的答复要两个人看过", fields=["审批", "给客户的答复"]
    )
    expect(head.field("给客户的答复")).to_have_value(ANSWER)
    head.submits("审批答复")

    dispatcher.takes_what_is_his()
    dispatcher.sees(
        step="审核反馈",
        state="已反馈",
        left="(30|2[5-9]) 分",
        why="部门已反馈，看是否答到点上",
        fields=["反馈合格吗", "给客户的答复", "责任归属", "答复质量", "办理速度", "凭据齐全"],
    )
    dispatcher.submits("审核反馈")

    agent.takes_what_is_his()
    agent.sees(
        step="答复客户",
        state="待答复",
        left="(2 小时|1 小时 5\\d 分)",
        why="部门已有结果，请首问责任人答复客户",
        fields=["客户怎么说", "给客户的答复", "怎么答复的", "客户原话", "部门反馈质量"],
    )
    agent.field("客户原话").fill("好的，谢谢")
    agent.submits("答复客户")
    customer.looks("已答复")
    expect(customer.page.get_by_text(ANSWER).first).to_be_visible()
    assert ANSWER in house.mails(CUSTOMER)[-1].get_content()

    # Two hours later he is called: is it solved?
    house.advance("PT2H")
    visitor: Person = meet(Person, "visitor", house, DESK)
    visitor.log_in("visitor")
    visitor.takes_from_the_queue()
    visitor.sees(
        step="电话回访",
        state="待回访",
        left="(2 天|47 小时 5\\d 分)",
        why="答复后的回访：问题解决了吗，满意吗",
        fields=["接通了吗", "问题解决了", "态度", "速度", "结果", "总体", "客户的话"],
    )
    visitor.field("总体").select_option(label="满意")
    visitor.submits("电话回访")

    customer.looks("已办结")
    assert "已办结" in house.mails(CUSTOMER)[-1]["Subject"]
    order = house.order(house.number)
    assert (order["state"], order["level"], order["satisfaction"], order["escalation_tier"]) == ("CLOSED", "L2", 4, 0)

    # Whoever had it finds the whole story on the order's page.
    agent.page.goto(f"{house.url}/orders/{house.number}")
    expect(agent.page.get_by_role("heading", name=TITLE)).to_be_visible()
    for name in ("韩雪", "孙丽华", "周文涛", "郑国强", "刘畅"):
        expect(agent.page.locator("main")).to_contain_text(name)
