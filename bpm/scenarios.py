"""Scenarios: trials that are kept with a process, and what is expected of them. They are files of its bundle (``scenarios/<name>.json``).

Of the expected path every element that it names must be left as often and in the order that it says; others may lie between, so that a
drawing that has grown by a step does not break every scenario.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from bpm import notices, trial
from bpm.connecting import Registry
from bpm.definitions.scenario_files import SCENARIOS, fault
from bpm.definitions.unsaved import Unsaved, read_unsaved
from bpm.errors import N_, BatonError
from bpm.trial import Played, read_script, sentence_of

MAX_SCENARIOS = 50
MAX_SECONDS = 60.0
"""Of all scenarios together; those that come too late fail in words."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a scenario went. ``difference`` is the first one, in the reader's language; None where it passed."""

    file: str
    name: str
    difference: str | None

    @property
    def passed(self) -> bool:
        """Tell whether everything was as expected."""
        return self.difference is None


@dataclass(frozen=True, slots=True)
class Results:
    """All scenarios of a bundle, and what of its own drawings they have been through: elements and flows by id, and the percentage."""

    results: Sequence[Result] = ()
    covered: Sequence[str] = ()
    missed: Sequence[str] = ()
    percent: int = 0

    @property
    def passed(self) -> bool:
        """Tell whether every scenario passed; so it is where there is none."""
        return all(result.passed for result in self.results)


def run_all(
    session: Session, files: Mapping[str, bytes], *, now: datetime, language: str = "zh", registry: Registry | None = None
) -> Results:
    """Play every scenario among the files of a bundle. ``now`` counts for those that name no moment. Nothing is written.

    Raises RefusedError where the files cannot be run at all.
    """
    unsaved = read_unsaved(session, files)
    plan = trial.plan_of(unsaved.whole)
    run = _Run(session, unsaved, now, language, registry, time.monotonic() + MAX_SECONDS)
    results = [run.play(name, raw) for name, raw in list(unsaved.scenarios().items())[:MAX_SCENARIOS]]
    covered = sorted(plan.own & run.seen)
    percent = round(100 * len(covered) / len(plan.own)) if plan.own else 0
    return Results(results, covered, sorted(plan.own - run.seen), percent)


@dataclass(slots=True)
class _Run:
    """All scenarios of a bundle, one after the other, until their time is over. ``seen``: the elements and flows that they came through."""

    session: Session
    unsaved: Unsaved
    now: datetime
    language: str
    registry: Registry | None
    until: float
    seen: set[str] = field(default_factory=set)

    def play(self, name: str, raw: Any) -> Result:
        """Play one."""
        file = f"{SCENARIOS}{name}.json"
        broken = fault(file, raw)
        if broken is not None:
            return Result(file, name, broken.told(partial(notices.in_language, language=self.language), self.language))
        try:
            script = read_script(raw["script"])
        except BatonError as error:
            return Result(file, raw.get("name", name), sentence_of(error, self.language))
        left = min(self.until - time.monotonic(), trial.MAX_SECONDS)
        how: dict[str, Any] = {"now": self.now, "language": self.language, "registry": self.registry, "seconds": left}
        played = trial.play_on(self.session, self.unsaved, script, **how)
        self.seen |= played.box.trail.entered.keys() | played.box.trail.taken.keys()
        return Result(file, raw.get("name", name), _difference(played, raw.get("expect", {})))


def _difference(played: Played, expect: Mapping[str, Any]) -> str | None:
    """The first thing that is not as expected."""
    language = played.box.language
    if played.stopped is not None:
        text = notices.in_language(N_("At step {step}: {sentence}"), language)
        return text.format(step=played.stopped.step, sentence=sentence_of(played.stopped.error, language))
    for text, facts in _differences(played, expect):
        return notices.in_language(text, language).format(**facts)
    return None


def _differences(played: Played, expect: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    box = played.box
    if "path" in expect:
        yield from _ways(played, expect["path"])
    if "ended" in expect and expect["ended"] != (box.ended is not None):
        yield (N_("The case should have ended, but goes on."), {}) if expect["ended"] else (N_("The case should go on, but has ended."), {})
    for name, wanted in expect.get("variables", {}).items():
        found = box.process.variables.get(name)
        if found != wanted:
            yield N_("“{name}” should be {wanted}, but is {found}."), {"name": name, "wanted": wanted, "found": found}
    order = box.order
    for name, found in (("state", order.state if order else None), ("tier", order.tier if order else None)):
        if name in expect and expect[name] != found:
            yield N_("The order's {name} should be {wanted}, but is {found}."), {"name": name, "wanted": expect[name], "found": found}
    if "told" in expect:
        wanted, told = expect["told"], [each.key for each in box.told if each.key in expect["told"]]
        if told != wanted:
            facts = {"wanted": ", ".join(wanted), "found": ", ".join(str(key) for key in told) or "–"}
            yield N_("These notices should go out: {wanted}; but it is: {found}."), facts


def _ways(played: Played, path: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where the way leaves the expected one."""
    box, named = played.box, set(path)
    gone = [element for element in box.trail.passed if element in named]
    for index, wanted in enumerate(path):
        before = box.name(path[index - 1]) if index else ""
        facts = {"wanted": box.name(wanted), "before": before}
        if index >= len(gone):
            yield N_("The case should go on to “{wanted}”, but does not come there."), facts
            return
        if gone[index] != wanted:
            yield (
                N_("After “{before}” the case should come to “{wanted}”, but comes to “{found}”."),
                facts | {"found": box.name(gone[index])},
            )
            return
    if len(gone) > len(path):
        yield N_("The case comes to “{found}” once more than expected."), {"found": box.name(gone[len(path)])}
