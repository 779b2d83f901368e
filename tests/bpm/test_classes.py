"""The four-level classification."""

import pytest
from sqlalchemy import Engine

from bpm import classes
from bpm.models import ServiceClass
from bpm.models.database import unit_of_work

_CLASSES = [
    ("01", None, 1, "网络质量", "Network", None),
    ("0101", "01", 2, "语音", "Voice", None),
    ("010101", "0101", 3, "无信号", "No signal", None),
    ("01010101", "010101", 4, "室内", "Indoors", None),
    ("01010102", "010101", 4, "电梯/地下", "Lift, underground", None),
    ("01010109", "010101", 4, "电梯（旧）", "Lift (old)", "01010102"),
    ("02", None, 1, "资费账务", "Billing", None),
]


@pytest.fixture(autouse=True)
def _classification(database: Engine) -> None:
    with unit_of_work() as session:
        for code, parent, level, name, name_en, replaced_by in _CLASSES:
            session.add(ServiceClass(code=code, parent=parent, level=level, name=name, name_en=name_en, replaced_by=replaced_by))


def codes(found: list[ServiceClass]) -> list[str]:
    return [each.code for each in found]


def search(text: str, limit: int = 20) -> list[str]:
    with unit_of_work(write=False) as session:
        return codes(classes.search(session, text, limit))


def test_an_agent_types_any_word_of_the_path_in_either_language() -> None:
    assert search("电梯") == ["01010102"]
    assert search("lift") == ["01010102"]
    assert search("语音 地下") == ["01010102"]
    assert search("no signal") == ["010101", "01010101", "01010102"]
    assert search("网络") == ["01", "01010101", "01010102", "010101", "0101"]
    assert search("网络", limit=2) == ["01", "01010101"]
    assert search("02") == ["02"]
    assert search("  ") == search("天气") == []


def test_the_path_and_the_level_below() -> None:
    with unit_of_work(write=False) as session:
        assert codes(classes.path(session, "01010102")) == ["01", "0101", "010101", "01010102"]
        assert codes(classes.children(session, None)) == ["01", "02"]
        assert codes(classes.children(session, "010101")) == ["01010101", "01010102"]
        with pytest.raises(classes.ClassNotFoundError, match="99"):
            classes.path(session, "99")


def test_an_old_order_still_knows_the_name_of_a_replaced_class() -> None:
    with unit_of_work(write=False) as session:
        assert classes.get(session, "01010109").name == "电梯（旧）"
