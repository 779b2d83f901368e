from .drawing import end, event_sub, gateway, model, script, start, sub, user
from .story import Story

UPDATE = script("h", "grade = found") + end("ese")


def test_what_an_event_subprocess_changes_is_changed_for_its_whole_scope():
    aside = event_sub("message", stays=True, body=UPDATE)
    case = Story(model(start() + user("u") + end() + aside, "s > u > e")).start(grade="ORDINARY")
    case.deliver("paid", found="GOLD")
    assert case.data_of("u")["grade"] == "GOLD"
    case.done("u")
    assert case.ended
    assert case.data["grade"] == "GOLD"


def test_but_what_its_message_carried_stays_with_it():
    aside = event_sub("message", stays=True, body=UPDATE)
    case = Story(model(start() + user("u") + end() + aside, "s > u > e")).start(grade="ORDINARY")
    case.deliver("paid", found="GOLD")
    assert "found" not in case.data_of("u")


def test_every_branch_and_every_subprocess_of_the_scope_sees_it():
    inside = sub("sp", start("is") + user("v") + end("ie"), "is > v > ie")
    aside = event_sub("message", stays=True, body=UPDATE)
    case = Story(model(start() + gateway("parallel", "g") + user("u") + inside + end() + aside, "s > g > u > e; g > sp > e")).start()
    case.deliver("paid", found="GOLD")
    assert [case.data_of(element)["grade"] for element in ("u", "v")] == ["GOLD", "GOLD"]


def test_what_others_changed_meanwhile_is_kept():
    aside = event_sub("message", stays=True, body=user("h") + end("ese"))
    drawing = model(start() + user("u") + user("u2") + end() + aside, "s > u > u2 > e")
    case = Story(drawing).start(grade="ORDINARY", place="home")
    case.deliver("paid")
    case.done("u", place="lift")
    case.done("h", grade="GOLD")
    assert (case.data_of("u2")["place"], case.data_of("u2")["grade"]) == ("lift", "GOLD")


def test_a_step_of_it_sees_what_has_changed_around_it_since_it_began():
    aside = event_sub("message", stays=True, body=user("h") + script("t", "seen = place") + end("ese"), ways="ess > h > t > ese")
    case = Story(model(start() + user("u") + user("u2") + end() + aside, "s > u > u2 > e")).start(place="home")
    case.deliver("paid")
    case.done("u", place="lift")
    case.done("h")
    assert (case.data_of("u2")["seen"], case.data_of("u2")["place"]) == ("lift", "lift")


def test_and_never_brings_back_what_was_so_when_it_began():
    aside = event_sub("message", stays=True, body=user("h", "h2") + end("ese"), ways="ess > h > h2 > ese")
    case = Story(model(start() + user("u") + user("u2") + user("u3") + end() + aside, "s > u > u2 > u3 > e")).start(place="home")
    case.deliver("paid")
    case.done("u", place="lift")
    case.done("h")
    case.done("u2", place="roof")
    case.done("h2")
    assert case.data_of("u3")["place"] == "roof"
