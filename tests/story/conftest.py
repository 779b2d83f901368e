"""An installation of its own for each story, copied from one that was started once."""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime

import pytest

from tests.story.desk import FAILED, House, found

_opened: list[House] = []


@pytest.fixture(scope="session")
def _new_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return found(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def open_house(_new_house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[datetime], House]]:
    """Open an installation whose clock stands at a moment."""

    def open_at(moment: datetime) -> House:
        house = _new_house.copy(tmp_path_factory.mktemp("house"), moment)
        house.start()
        _opened.append(house)
        return house

    yield open_at
    while _opened:
        _opened.pop().stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know whether their test has failed, and show what the servers said then."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    if report.failed:
        report.sections += [(f"what the server at {house.url} said", "".join(house.said)) for house in _opened]
    return report
