"""Previews of forms, where nobody draws pages: the check stands all the same."""

from tests.api.desk import Desk

FORM = {"title": "一项", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
ADDRESS = "/designer/forms/preview"


def test_a_server_without_pages_says_so(desk: Desk) -> None:
    answer = desk["analyst"].post(ADDRESS, {"form": FORM})
    assert (answer.status_code, answer.json["code"]) == (404, "no-pages")


def test_a_broken_form_is_refused_with_its_findings(desk: Desk) -> None:
    answer = desk["analyst"].post(ADDRESS, {"form": {"schema": {"type": "array"}}})
    assert (answer.status_code, answer.json["code"]) == (422, "refused")
    assert [finding["code"] for finding in answer.json["findings"]] == ["bad-form"]


def test_a_preview_is_asked_for_rightly_and_by_those_who_may(desk: Desk) -> None:
    assert desk["handler"].post(ADDRESS, {"form": FORM}).status_code == 403
    for wrong in ({}, {"form": 5}, {"form": FORM, "as": "fax"}, {"form": FORM, "strings": {"a": 5}}, {"form": FORM, "language": "fr"}):
        assert desk["analyst"].post(ADDRESS, wrong).status_code == 422, wrong
