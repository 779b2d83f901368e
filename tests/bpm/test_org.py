"""The organisation: which unit is meant, who is above, and who stands in."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bpm import org
from bpm.models import User
from bpm.models.database import unit_of_work
from tests.bpm.organisation import NOW, found


def logins(people: list[User]) -> list[str]:
    return [person.login for person in people]


def send_away(person: User, deputy: User | None = None) -> None:
    person.absent_until = NOW + timedelta(days=3)
    person.deputy_id = deputy.id if deputy else None


def code_of(session: Session, unit: str, city: str | None) -> str | None:
    resolved = org.resolve_unit(session, unit, city)
    return resolved.code if resolved else None


def test_a_function_and_a_city_name_one_unit_and_a_code_names_itself(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        assert code_of(session, "NETWORK", "JN") == "JN-NET-1"
        assert code_of(session, "NETWORK", "QD") == "QD-NET"
        assert code_of(session, "SD-NET", "QD") == "SD-NET"


def test_where_the_city_has_no_such_unit_the_province_does_it(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        assert code_of(session, "DATA_SERVICE", "QD") == "SD-DATA"
        assert code_of(session, "CATERING", "QD") is None


def test_an_unknown_name_is_told(database: Engine) -> None:
    with unit_of_work(write=False) as session:
        with pytest.raises(org.UserNotFoundError, match="nobody"):
            org.find_user(session, "nobody")
        with pytest.raises(org.UnitNotFoundError, match="NOWHERE"):
            org.unit(session, "NOWHERE")


def test_who_has_left_is_no_member_any_more(database: Engine) -> None:
    with unit_of_work() as session:
        people = found(session)
        assert logins(org.members(session, "JN-NET-1", "HANDLER")) == ["colleague", "handler"]
        people["handler"].active = False
        session.flush()
        assert logins(org.members(session, "JN-NET-1", "HANDLER")) == ["colleague"]
        assert logins(org.heads(session, "JN-NET-1")) == ["head"]


def test_each_tier_finds_whom_it_means(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        posts: list[org.Post] = ["section_head", "department_head", "customer_service_head", "vice_president"]
        told = [logins(org.superior(session, "JN-NET-1", post, "JN", NOW)) for post in posts]
        assert told == [["head"], ["depthead"], ["manager"], ["vp"]]


def test_a_city_without_a_customer_service_department_answers_to_the_province(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        assert logins(org.superior(session, "QD-NET", "customer_service_head", "QD", NOW)) == ["manager-sd"]


def test_while_the_section_head_is_away_the_deputy_is_told(database: Engine) -> None:
    with unit_of_work() as session:
        people = found(session)
        send_away(people["head"], people["colleague"])
        assert logins(org.superior(session, "JN-NET-1", "section_head", "JN", NOW)) == ["colleague"]
        assert logins(org.superior(session, "JN-NET-1", "section_head", "JN")) == ["head"]
        later = NOW + timedelta(days=4)
        assert logins(org.superior(session, "JN-NET-1", "section_head", "JN", later)) == ["head"]


def test_without_a_deputy_the_next_one_up_is_told(database: Engine) -> None:
    with unit_of_work() as session:
        people = found(session)
        send_away(people["head"])
        assert logins(org.superior(session, "JN-NET-1", "section_head", "JN", NOW)) == ["depthead"]
        for login in ("depthead", "vp"):
            send_away(people[login])
        assert logins(org.superior(session, "JN-NET-1", "section_head", "JN", NOW)) == ["head"], "better told late than nobody told"


def test_deputies_who_stand_in_for_each_other_do_not_send_us_in_circles(database: Engine) -> None:
    with unit_of_work() as session:
        people = found(session)
        send_away(people["handler"], people["colleague"])
        send_away(people["colleague"], people["handler"])
        assert org.available(session, people["handler"], NOW) is people["handler"]
        send_away(people["colleague"], people["head"])
        assert org.available(session, people["handler"], NOW) is people["head"]


def test_a_unit_keeps_the_hours_of_the_nearest_unit_above_that_has_some(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        kept = [org.calendar_of(session, unit) for unit in ("JN-NET-1", "JN-FRONT", "NOWHERE")]
        assert kept == ["CAL-247", "CAL-BIZ", "CAL-247"]


def test_people_are_found_by_either_name_within_a_role(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        assert logins(org.search_users(session, "张")) == ["handler"]
        assert logins(org.search_users(session, "wang f")) == ["agent-qd"]
        assert logins(org.search_users(session, "", "HANDLER")) == ["colleague", "handler", "handler-qd"]
        assert logins(org.search_users(session, "%")) == []


def test_the_whole_tree_and_its_cities(database: Engine) -> None:
    with unit_of_work() as session:
        found(session)
        (province,) = org.units(session)
        assert [branch.unit.code for branch in province.below] == ["JN", "QD", "SD-CS", "SD-DATA", "SD-NET"]
        assert [city.code for city in org.cities(session)] == ["JN", "QD"]
