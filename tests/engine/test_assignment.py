"""Who does a task: what a drawing can say of it, and a task that everybody of a unit gets."""

from collections.abc import Sequence

import pytest

from bpm.engine.commands import CompleteTask
from bpm.engine.facts import StepFailed, TaskOpened
from bpm.errors import RefusedError

from .drawing import baton, end, ext, model, start, user
from .story import Story, build

MEMBERS = {("HANDLER", "NETWORK", "JN"): ["wang", "zhang"]}


def drawing(inner: str) -> bytes:
    return model(start() + user("u", inner=inner) + end(), "s > u > e")


def for_everybody(*, sequential: bool = False, condition: str = "") -> bytes:
    asked = baton("assignment", role="HANDLER", unit="= unit", city="JN", everyone="true", user="= member")
    done = f"<completionCondition>{condition}</completionCondition>" if condition else ""
    loop = f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><inputDataItem id="i" name="member"/>{done}'
    return drawing(ext(asked) + loop + "</multiInstanceLoopCharacteristics>")


def at_work(xml: bytes, unit: str = "NETWORK") -> Story:
    def members(role: str, unit: str, city: str | None) -> Sequence[str]:
        return MEMBERS.get((role, unit, city or ""), [])

    case = Story(xml, fresh=False)
    case.process.members = members
    return case.start(unit=unit)


def holders(case: Story) -> list[str | None]:
    return [fact.assignment.user for fact in case.every(TaskOpened)]


def test_starter_head_and_manager_are_told_as_they_are_drawn():
    case = Story(drawing(ext(baton("assignment", headOf="= unit", managerOf="starter first", levels="= 1 + 1", starter="true"))))
    wanted = case.start(unit="NETWORK").has(TaskOpened)[0].assignment
    assert (wanted.head_of, wanted.manager_of, wanted.levels, wanted.starter) == ("NETWORK", ("starter", "first"), 2, True)


def test_everybody_of_a_unit_gets_a_task_at_once_and_all_must_do_it():
    case = at_work(for_everybody())
    assert holders(case) == ["wang", "zhang"]
    for fact in case.every(TaskOpened):
        case.do(CompleteTask(fact.place.token_id, {}))
    assert case.ended


def test_in_turn_the_second_comes_after_the_first():
    case = at_work(for_everybody(sequential=True))
    assert holders(case) == ["wang"]
    case.do(CompleteTask(case.every(TaskOpened)[0].place.token_id, {}))
    assert holders(case) == ["zhang"]


def test_enough_of_them_end_the_step():
    case = at_work(for_everybody(condition="nrOfCompletedInstances >= 1"))
    case.do(CompleteTask(case.every(TaskOpened)[0].place.token_id, {}))
    assert case.ended


def test_a_unit_in_which_nobody_is_makes_an_incident():
    case = at_work(for_everybody(), unit="CATERING")
    assert "nobody is there" in case.has(StepFailed)[0].message


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"managerOf": "u", "levels": "none"}, "how many levels up"),
        ({"everyone": "maybe"}, "either true or false"),
        ({"everyone": "true"}, "which unit and role"),
        ({"everyone": "true", "role": "R", "unit": "U"}, "done several times"),
        ({"headOf": "= a +"}, "a +"),
    ],
)
def test_what_cannot_be_meant_is_refused(attributes: dict[str, str], sentence: str):
    with pytest.raises(RefusedError) as refused:
        build(drawing(ext(baton("assignment", **attributes))))
    assert any(sentence in finding.sentence for finding in refused.value.findings)
