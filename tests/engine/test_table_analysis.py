"""Gaps and overlaps of decision tables: what is reported is true, and what is not reported is not there."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bpm.engine import table_analysis, tables
from bpm.engine.decisions import Decision, decide
from bpm.engine.documents import Notes, parse
from bpm.engine.faults import DecisionError
from bpm.engine.grids import Cell, Column, Grid, Row, grids, write
from bpm.engine.table_analysis import Region, analyse
from bpm.engine.table_domains import constants

SHIPPED = sorted((Path(__file__).parents[2] / "processes").rglob("*.dmn"))


def grid(policy: str, columns: dict[str, str], rows: list[tuple[str, ...]], values: str = "", aggregation: str = "") -> Grid:
    """A table over these variables (name: type); the last cell of a row is its result."""
    inputs = tuple(Column(f"i{place}", "", name, kind) for place, (name, kind) in enumerate(columns.items()))
    outputs = (Column("o", "", "r", "", values),)
    made = tuple(
        Row(f"r{place}", tuple(Cell(f"r{place}_{at}", text) for at, text in enumerate(row[:-1])), (Cell(f"r{place}_o", row[-1]),))
        for place, row in enumerate(rows)
    )
    return Grid("D", "D", policy, aggregation, inputs, outputs, (), made)


def compiled(made: Grid) -> dict[str, Decision]:
    notes = Notes("t.dmn")
    root = parse("t.dmn", write([made], "t"), notes)
    assert root is not None
    found = tables.decisions(root, notes)
    assert notes.found == []
    return found


def said(regions: list[Region]) -> list[str]:
    return [region.text() for region in regions]


def test_a_gap_between_numbers_and_one_for_an_empty_field_are_told_apart() -> None:
    found = analyse(grid("UNIQUE", {"amount": "number"}, [("< 10", "1"), ("[20..30]", "2"), ("> 30", "3")]))
    assert said(found.gaps) == ["amount [10..20)"]
    assert found.gaps[0].data() == {"amount": 10}
    assert said(found.empty) == ["amount null"]


def test_whole_numbers_have_nothing_between_neighbours() -> None:
    rows = [("< 1", "0"), ("1, 2", "1"), (">= 3", "2")]
    assert analyse(grid("UNIQUE", {"n": "integer"}, rows)).gaps == []
    assert said(analyse(grid("UNIQUE", {"n": "number"}, rows)).gaps) == ["n (1..2), (2..3)"]


def test_a_gap_names_the_values_of_every_column_that_is_narrowed() -> None:
    columns = {"grade": "string", "level": "string", "urgent": "boolean"}
    rows = [('"GOLD"', '"L1"', "-", "1"), ('not("GOLD")', "-", "-", "2"), ("-", 'not("L1")', "true", "3")]
    assert said(analyse(grid("FIRST", columns, rows)).gaps) == ['grade "GOLD"; level not("L1"); urgent false']


def test_rules_that_overlap_are_an_error_only_where_one_may_match() -> None:
    rows = [("<= 20", "1"), (">= 20", "2")]
    [overlap] = analyse(grid("UNIQUE", {"n": "number"}, rows)).overlaps
    assert (overlap.rules, overlap.where.text(), overlap.where.data()) == ((0, 1), "n 20", {"n": 20})
    assert analyse(grid("ANY", {"n": "number"}, rows)).overlaps != []
    assert analyse(grid("ANY", {"n": "number"}, [("<= 20", "2"), (">= 20", "1 + 1")])).overlaps == []
    assert analyse(grid("ANY", {"n": "number"}, [("<= 20", "n"), (">= 20", "20")])).overlaps == []
    for policy in ("FIRST", "COLLECT", "RULE ORDER"):
        assert analyse(grid(policy, {"n": "number"}, rows)).overlaps == []


def test_a_rule_whose_every_place_is_taken_is_never_the_answer() -> None:
    rows = [("< 5", '"low"'), (">= 5", '"high"'), ("[3..7]", '"mid"')]
    assert analyse(grid("FIRST", {"n": "number"}, rows)).unreachable == [2]
    assert analyse(grid("FIRST", {"n": "number"}, [*rows[:2], ("-", '"none"')])).unreachable == [], "it is for an empty field"
    ordered = grid("PRIORITY", {"n": "number"}, [("< 9", '"low"'), ("< 5", '"high"'), ("< 3", '"low"')], '"high","low"')
    assert analyse(ordered).unreachable == [2]


def test_two_columns_that_look_at_the_same_are_one() -> None:
    made = grid("UNIQUE", {"n": "number", "m": "number"}, [("< 5", "> 7", "1"), (">= 5", "-", "2"), ("< 5", "<= 7", "3")])
    same = Grid(
        **{each: getattr(made, each) for each in ("id", "name", "policy", "aggregation", "outputs", "notes", "rows")},
        inputs=(made.inputs[0],) * 2,
    )
    assert analyse(made).gaps == []
    found = analyse(same)
    assert (found.gaps, found.unreachable) == ([], [0])


def test_a_cell_that_looks_at_a_variable_is_said_to_be_left_out() -> None:
    found = analyse(grid("UNIQUE", {"n": "number", "k": "string"}, [("> limit", "-", "1"), ("< 5", '"A"', "2"), ("< 7", '"A"', "3")]))
    assert found.skipped == ["n"]
    assert [overlap.rules for overlap in found.overlaps] == [(1, 2)]
    assert found.gaps == [], "the first rule may match there"


def test_columns_that_hang_together_are_no_error_at_deployment() -> None:
    rows = [('"0301"', "-", "1"), ("-", '"03"', "2")]
    made = grid("UNIQUE", {"code": "string", "code[0:1]": "string"}, rows)
    found = analyse(made)
    assert (found.certain, len(found.overlaps)) == (False, 1)
    assert list(table_analysis.findings({"t.dmn": write([made], "t")})) == []
    sure = write([grid("UNIQUE", {"a": "string", "b": "string"}, rows)], "t")
    assert [(each.level, each.code) for each in table_analysis.findings({"t.dmn": sure})] == [("error", "rules-overlap")]


def test_predefined_values_are_all_there_are() -> None:
    made = grid("UNIQUE", {"level": "string"}, [('"L1"', "1"), ('"L2"', "2")])
    [column] = made.inputs
    closed = Grid(
        made.id, made.name, "UNIQUE", "", (Column(column.id, "", "level", "string", '"L1","L2","L3"'),), made.outputs, (), made.rows
    )
    assert said(analyse(made).gaps) == ['level not("L1", "L2")']
    assert said(analyse(closed).gaps) == ['level "L3"']


def test_the_work_is_bounded_and_that_is_said() -> None:
    names = [f"c{place}" for place in range(12)]
    rows = [(*('"x"' if at == place % 12 else "-" for at in range(12)), str(place)) for place in range(600)]
    found = analyse(grid("UNIQUE", dict.fromkeys(names, "string"), rows))
    assert found.capped
    wide = analyse(grid("UNIQUE", {"n": "number"}, [(str(place), "1") for place in range(2000)]))
    assert wide.capped


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_tables_have_no_finding(path: Path) -> None:
    assert list(table_analysis.findings({path.name: path.read_bytes()})) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_was_read_is_written_again_with_the_same_meaning(path: Path) -> None:
    root = parse(path.name, path.read_bytes(), Notes(path.name))
    assert root is not None
    read = grids(root)
    again = parse("again.dmn", write(read, "again"), Notes("again.dmn"))
    assert again is not None
    assert grids(again) == read


@pytest.mark.parametrize(
    ("test", "wanted"),
    [
        ("-", []),
        ('"A","B"', ["A", "B"]),
        ("not(1, 2.5)", [1, 2.5]),
        ("not(1),not(2)", [1, 2]),
        ("not (1), 3", [1, 3]),
        ("[1..5), > 9", [1, 5, 9]),
        ("!= null", [None]),
        ("> limit", None),
        ('startsWith($, "A")', None),
        ('> "A"', None),
        ("9007199254740993", None),
    ],
)
def test_the_constants_of_a_cell(test: str, wanted: Any) -> None:
    assert constants(test) == wanted


# ---- against what the engine decides

NUMBERS = some.integers(-3, 8).map(str) | some.sampled_from(["0.5", "2.25", "-1.5"])
NUMBER_TESTS = some.one_of(
    some.just("-"),
    NUMBERS,
    some.builds("{} {}".format, some.sampled_from(["<", "<=", ">", ">=", "!=", "="]), NUMBERS),
    some.builds(
        lambda o, a, b, c: f"{o}{min(a, b)}..{max(a, b)}{c}",
        some.sampled_from("[(]"),
        *[some.integers(-3, 8)] * 2,
        some.sampled_from("])["),
    ),
)
TEXT_TESTS = some.one_of(some.just("-"), some.sampled_from(['"A"', '"B"', '"甲"', '!= "A"', "'C'", "null", "!= null"]))
BOOLEAN_TESTS = some.sampled_from(["-", "true", "false", "null", "!= true"])


def several(tests: some.SearchStrategy[str]) -> some.SearchStrategy[str]:
    """A test, a list of them, or the contrary of that."""
    listed = some.lists(tests.filter(lambda test: test != "-"), min_size=1, max_size=3).map(", ".join)
    return some.one_of(tests, listed, listed.filter(lambda text: "]" not in text and "[" not in text).map("not({})".format))


TESTS = {
    "number": several(NUMBER_TESTS),
    "integer": several(NUMBER_TESTS),
    "string": several(TEXT_TESTS),
    "boolean": several(BOOLEAN_TESTS),
}
VALUES = {
    "number": some.none() | some.integers(-6, 11) | some.floats(-6, 11, allow_nan=False),
    "integer": some.none() | some.integers(-6, 11),
    "string": some.none() | some.sampled_from(["A", "B", "C", "甲", "Z", ""]),
    "boolean": some.none() | some.booleans(),
}
POLICIES = ["UNIQUE", "ANY", "FIRST", "PRIORITY"]


@some.composite
def tables_with_data(draw: some.DrawFn) -> tuple[Grid, list[dict[str, Any]]]:
    kinds = draw(some.lists(some.sampled_from(sorted(TESTS)), min_size=1, max_size=3))
    columns = {f"v{place}": kind for place, kind in enumerate(kinds)}
    row = some.tuples(*(TESTS[kind] for kind in kinds), some.sampled_from(['"x"', '"y"', "null", "1 + 1"]))
    made = grid(draw(some.sampled_from(POLICIES)), columns, draw(some.lists(row, min_size=1, max_size=6)), '"y","x"')
    data = some.fixed_dictionaries({name: VALUES[kind] for name, kind in columns.items()})
    return made, draw(some.lists(data, min_size=20, max_size=20))


def hits(decisions: dict[str, Decision], data: dict[str, Any]) -> set[str]:
    """Every rule that matches, asked one by one."""
    rules = decisions["D"].rules
    found = [data[name] for name in decisions["D"].inputs]
    return {rule.id for rule in rules if all(test(given, data) for test, given in zip(rule.tests, found, strict=True))}


@settings(max_examples=300, deadline=None)
@given(tables_with_data())
def test_every_example_is_true_and_what_is_not_told_is_not_there(case: tuple[Grid, list[dict[str, Any]]]) -> None:
    made, asked = case
    decisions = compiled(made)
    found = analyse(made)
    assert not found.skipped
    for region in (*found.gaps, *found.empty):
        data = region.data()
        assert data is not None
        answer = decide(decisions, "D", data, {})
        assert (answer.result, answer.rules) == (None, ())
    for overlap in found.overlaps:
        data = overlap.where.data()
        assert data is not None
        assert {f"r{place}" for place in overlap.rules} <= hits(decisions, data)
        with pytest.raises(DecisionError):
            decide(decisions, "D", data, {})
    for data in asked:
        matched = hits(decisions, data)
        if not matched and not found.capped:
            empty = sum(value is None for value in data.values())
            assert found.gaps or (found.empty and empty) or empty > 1  # gaps are looked for with one column empty at a time
        try:
            answer = decide(decisions, "D", data, {})
        except DecisionError:
            assert found.overlaps
            continue
        used = answer.rules[:1] if made.policy == "FIRST" else answer.rules
        assert not {f"r{place}" for place in found.unreachable} & set(used)
