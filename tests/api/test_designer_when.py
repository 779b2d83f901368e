"""What a drawing would mean today, by REST: who gets a step, when a ladder rings over a weekend, when a timer is due."""

from typing import Any

import pytest

from tests.api.desk import Desk

FRIDAY_FOUR = "2026-11-06T16:00:00+08:00"
RUNGS = [
    {"tier": 2, "percent": 150, "plus_minutes": 240, "to": "department_head", "how": "mail sms"},
    {"tier": 0, "percent": 75, "to": "assignee", "how": "popup"},
    {"tier": 1, "percent": 100, "to": "section_head", "how": "popup mail"},
]


def meant(desk: Desk, login: str = "analyst", city: str | None = "JN", **assignment: str) -> tuple[list[str], str]:
    answer = desk[login].post("/designer/people/meant", {"assignment": assignment, "city": city})
    assert answer.status_code == 200, answer.text
    return [person["login"] for person in answer.json["people"]], answer.json["sentence"]


class TestWho:
    def test_a_unit_and_role_are_everybody_there(self, desk: Desk) -> None:
        assert meant(desk, unit="JN-NET-1", role="HANDLER") == (["colleague", "handler"], "Today: colleague, Zhang Wei (JN-NET-1 Handler)")

    def test_a_function_is_that_of_the_city(self, desk: Desk) -> None:
        assert meant(desk, unit="NETWORK", role="HANDLER", city="JN")[0] == ["colleague", "handler"]
        assert meant(desk, unit="NETWORK", role="HANDLER", city=None) == ([], "There is no unit “NETWORK” in this city.")

    def test_a_head(self, desk: Desk) -> None:
        assert meant(desk, headOf="JN-NET") == (["depthead"], "Today: depthead (JN-NET Department head)")

    def test_a_person(self, desk: Desk) -> None:
        assert meant(desk, user="handler2")[0] == ["handler2"]

    @pytest.mark.parametrize("drawn", [{"sameAs": "accept"}, {"starter": "true"}, {"managerOf": "ask"}, {"user": "= chosen"}])
    def test_what_depends_on_the_case_is_said_to(self, desk: Desk, drawn: dict[str, str]) -> None:
        assert meant(desk, **drawn) == ([], "Who that is, is known only when the case runs.")
        people, sentence = meant(desk, unit="JN-NET-1", role="HANDLER", **drawn)
        assert people == ["colleague", "handler"]
        assert "known only when the case runs" in sentence

    def test_where_nobody_plays_the_role_the_fallback_is_named(self, desk: Desk) -> None:
        people, sentence = meant(desk, unit="JN-NET-1", role="KAM", fallbackRole="QA", fallbackUnit="JN-CS")
        assert people == ["qa"]
        assert sentence == "Nobody is there today, so it goes to qa (JN-CS Quality inspector)."

    def test_an_expression_decides_later(self, desk: Desk) -> None:
        assert meant(desk, unit="= order.unit", role="HANDLER") == ([], "Who that is, is known only when the case runs.")

    def test_others_are_refused(self, desk: Desk) -> None:
        assert desk["handler"].post("/designer/people/meant", {"assignment": {}}).status_code == 403


def laid_out(desk: Desk, **body: Any) -> dict[str, Any]:
    answer = desk["analyst"].post("/designer/ladder", {"minutes": 240, "rungs": RUNGS, "start": FRIDAY_FOUR, **body})
    assert answer.status_code == 200, answer.text
    return answer.json  # type: ignore[no-any-return]


class TestLadder:
    def test_it_rings_in_working_time_and_sleeps_over_the_weekend(self, desk: Desk) -> None:
        found = laid_out(desk, unit="JN-BILL", role="HANDLER", city="JN")
        assert (found["calendar"], found["day_minutes"]) == ("CAL-BIZ", 450)
        assert [(rung["tier"], rung["at"]) for rung in found["rungs"]] == [
            (0, "2026-11-09T10:00+08:00"),
            (1, "2026-11-09T11:00+08:00"),
            (2, "2026-11-09T16:30+08:00"),
        ]
        assert found["due"] == "2026-11-09T11:00+08:00"
        assert found["spans"] == [
            ["2026-11-06T16:00+08:00", "2026-11-06T17:30+08:00"],
            ["2026-11-09T08:30+08:00", "2026-11-09T12:00+08:00"],
            ["2026-11-09T13:30+08:00", "2026-11-09T16:30+08:00"],
        ]

    def test_it_names_the_people_of_each_rung(self, desk: Desk) -> None:
        found = laid_out(desk, unit="NETWORK", role="HANDLER", city="JN")
        assert found["calendar"] == "CAL-247"
        told = [[person["login"] for person in rung["people"]] for rung in found["rungs"]]
        assert told == [["colleague", "handler"], ["head"], ["depthead"]]

    def test_a_calendar_by_name_goes_before_the_units(self, desk: Desk) -> None:
        assert laid_out(desk, unit="NETWORK", city="JN", calendar="CAL-BIZ")["due"] == "2026-11-09T11:00+08:00"

    def test_without_a_place_every_minute_counts(self, desk: Desk) -> None:
        assert laid_out(desk)["due"] == "2026-11-06T20:00+08:00"

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"minutes": 0}, 422, "limit-not-positive"),
            ({"minutes": 1e300}, 422, "limit-not-positive"),
            ({"calendar": "CAL-MOON"}, 404, "calendar-unknown"),
            ({"rungs": [{"percent": 1}] * 51}, 422, "fields"),
            ({"start": "yesterday"}, 422, "fields"),
        ],
    )
    def test_what_cannot_be_laid_out_is_told(self, desk: Desk, body: dict[str, Any], status: int, code: str) -> None:
        answer = desk["analyst"].post("/designer/ladder", {"minutes": 60, **body})
        assert (answer.status_code, answer.json["code"]) == (status, code)


def moments(desk: Desk, form: str, text: str, calendar: str | None = None) -> tuple[list[str], str | None]:
    body = {"form": form, "text": text, "calendar": calendar, "start": FRIDAY_FOUR}
    answer = desk["analyst"].post("/designer/timer", body)
    assert answer.status_code == 200, answer.text
    return answer.json["next"], answer.json["problem"]


class TestTimers:
    def test_three_working_days(self, desk: Desk) -> None:
        assert moments(desk, "timeDuration", "PT1350M", "CAL-BIZ") == (["2026-11-11T16:00:00+08:00"], None)

    def test_every_monday_at_nine(self, desk: Desk) -> None:
        found, problem = moments(desk, "timeCycle", "R/2026-11-09T09:00:00/P7D")
        assert problem is None
        assert found == ["2026-11-09T09:00:00+08:00", "2026-11-16T09:00:00+08:00", "2026-11-23T09:00:00+08:00"]

    def test_what_is_no_time_is_told_in_words(self, desk: Desk) -> None:
        found, problem = moments(desk, "timeDuration", "soon")
        assert (found, problem) == ([], "“soon” is not an ISO 8601 duration such as PT8H or P3D.")

    def test_a_time_beyond_all_calendars_is_told_in_words(self, desk: Desk) -> None:
        assert moments(desk, "timeDuration", "P99999999D") == ([], "“P99999999D” … is too long for a time.")

    def test_the_length_of_a_working_day(self, desk: Desk) -> None:
        assert desk["analyst"].get("/designer/working-days").json["minutes"] == {"CAL-247": 1440, "CAL-BIZ": 450, "CAL-CALL": 1440}
