"""Why a task came to somebody is kept in Chinese with its places filled, and read in English."""

import pytest

from bpm.definitions.filled import translated

STRINGS = {
    "新登记的投诉等待复核": "A newly registered complaint waits for review",
    "派给本单位。{{dispatch_note}}": "Sent to your unit. {{dispatch_note}}",
    "已签收，请处理。{{dispatch_note}} {{return_note}}": "Accepted, please handle. {{dispatch_note}} {{return_note}}",
    "部门拟补偿 {{compensation}} 元，超出其权限": "The unit proposes CNY {{compensation}}, above its authority",
    "{{number}} 还没有登记": "{{number}} is not registered yet",
}


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("新登记的投诉等待复核", "A newly registered complaint waits for review"),
        ("派给本单位。请先查\n电梯。", "Sent to your unit. 请先查\n电梯。"),
        ("派给本单位。", "Sent to your unit."),
        ("已签收，请处理。", "Accepted, please handle."),
        ("部门拟补偿 300 元，超出其权限", "The unit proposes CNY 300, above its authority"),
        ("没有人翻译过", "没有人翻译过"),
    ],
)
def test_a_filled_text_is_found_again_by_what_stands_between_its_places(zh: str, en: str) -> None:
    assert translated(zh, STRINGS) == en


def test_of_two_that_fit_the_one_counts_that_says_more() -> None:
    strings = {"{{what}} 还没有登记": "{{what}} is open", "投诉 {{number}} 还没有登记": "Complaint {{number}} is not registered"}
    assert translated("投诉 17 还没有登记", strings) == "Complaint 17 is not registered"
