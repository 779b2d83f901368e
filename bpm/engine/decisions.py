"""DMN 1.3 decision tables as dmn-js writes them; hit policies U F A P R O C C+ C< C> C#; the matched rules are kept as the why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpm.engine.expressions import evaluate
from bpm.engine.faults import DecisionError
from bpm.engine.unary import Test
from bpm.errors import N_

HIT_POLICIES = {"UNIQUE": "U", "FIRST": "F", "ANY": "A", "PRIORITY": "P", "RULE ORDER": "R", "COLLECT": "C", "OUTPUT ORDER": "O"}
AGGREGATIONS: dict[str, Callable[[list[Any]], Any]] = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len}
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What a decision gave, the ids of the rules that matched, and their annotations: the why."""

    result: Any
    rules: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table."""

    id: str
    tests: tuple[Test, ...]
    outputs: tuple[str, ...]
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: a table, or one expression (``literal``). ``needs`` are decisions that are worked out before."""

    id: str
    name: str
    variable: str
    needs: tuple[str, ...] = ()
    literal: str | None = None
    policy: str = "U"
    aggregation: str | None = None
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    priorities: tuple[tuple[Any, ...], ...] = ()
    rules: tuple[Rule, ...] = ()

    def evaluate(self, data: Mapping[str, Any], ambient: Mapping[str, Any]) -> DecisionResult:
        """Ask this decision alone. Raises DecisionError, ExpressionError."""
        if self.literal is not None:
            return DecisionResult(evaluate(self.literal, data, ambient))
        found = [evaluate(text, data, ambient) for text in self.inputs]
        hits: list[_Hit] = []
        for rule in self.rules:
            if all(test(given, data) for test, given in zip(rule.tests, found, strict=True)):
                hits.append(_Hit(rule, [evaluate(text, data, ambient) for text in rule.outputs]))
                if self.policy == "F":
                    break
        return self._answer(hits)

    def _answer(self, hits: list["_Hit"]) -> DecisionResult:
        if self.policy == "C" and self.aggregation:
            return _why(self._aggregate([hit.found[0] for hit in hits]), hits)
        if self.policy in "RC":
            return _why([self._shape(hit) for hit in hits], hits)
        if not hits:
            return DecisionResult(None)
        if self.policy == "O":
            hits = sorted(hits, key=self._rank)
            return _why([self._shape(hit) for hit in hits], hits)
        if self.policy == "P":
            hits = [min(hits, key=self._rank)]
        if self.policy == "U" and len(hits) > 1:
            raise DecisionError(N_("Only one rule of “{decision}” may match, but {rules} do."), decision=self.name, rules=_ids(hits))
        if self.policy == "A" and any(hit.found != hits[0].found for hit in hits):
            raise DecisionError(N_("The rules {rules} of “{decision}” match and disagree."), decision=self.name, rules=_ids(hits))
        return _why(self._shape(hits[0]), hits)

    def _aggregate(self, found: list[Any]) -> Any:
        how = AGGREGATIONS[self.aggregation or "COUNT"]
        if not found and self.aggregation in ("MIN", "MAX"):
            return None
        try:
            return how(found)
        except TypeError:
            raise DecisionError(
                N_("The results of “{decision}” cannot be added or compared: {found}."), decision=self.name, found=str(found)[:200]
            ) from None

    def _shape(self, hit: "_Hit") -> Any:
        return hit.found[0] if len(self.outputs) == 1 else dict(zip(self.outputs, hit.found, strict=True))

    def _rank(self, hit: "_Hit") -> list[int]:
        return [order.index(given) if given in order else len(order) for order, given in zip(self.priorities, hit.found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Hit:
    rule: Rule
    found: list[Any]


def _ids(hits: Sequence[_Hit]) -> str:
    return ", ".join(hit.rule.id for hit in hits)


def _why(result: Any, hits: Sequence[_Hit]) -> DecisionResult:
    return DecisionResult(result, tuple(hit.rule.id for hit in hits), tuple(hit.rule.annotation for hit in hits if hit.rule.annotation))


def decide(
    decisions: Mapping[str, Decision], key: str, data: Mapping[str, Any], ambient: Mapping[str, Any], depth: int = 0
) -> DecisionResult:
    """Ask a decision, after those that it needs. Raises DecisionError, ExpressionError."""
    known = _with_needs(decisions, key, data, ambient, depth)
    return decisions[key].evaluate(known, ambient)


def look(decisions: Mapping[str, Decision], key: str, data: Mapping[str, Any]) -> tuple[list[Any], list[list[bool]]]:
    """What a table would see: the value of each input, and for each rule whether each of its cells holds. Raises as ``decide``."""
    data = _with_needs(decisions, key, data, {}, 0)
    found = [evaluate(text, data, {}) for text in decisions[key].inputs]
    return found, [[test(given, data) for test, given in zip(rule.tests, found, strict=True)] for rule in decisions[key].rules]


def _with_needs(
    decisions: Mapping[str, Decision], key: str, data: Mapping[str, Any], ambient: Mapping[str, Any], depth: int
) -> Mapping[str, Any]:
    """The data together with the results of the decisions that are worked out before."""
    if key not in decisions:
        raise DecisionError(N_("There is no decision “{decision}”."), decision=key)
    if depth > MAX_DEPTH:
        raise DecisionError(N_("The decisions around “{decision}” need each other in a circle."), decision=key)
    for need in decisions[key].needs:
        if need in decisions:
            data = {**data, decisions[need].variable: decide(decisions, need, data, ambient, depth + 1).result}
    return data
