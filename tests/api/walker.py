"""A program that walks a case by the forms' defaults: it knows no step, no form and no person."""

from typing import Any

from tests.api.desk import Desk

PLAIN: dict[str | None, Any] = {"number": 0, "integer": 1, "boolean": False, "array": []}
DONE = {"CLOSED", "ARCHIVED", "WITHDRAWN", "REJECTED"}


def answers(schema: dict[str, Any]) -> dict[str, Any]:
    """What the form takes when one goes on pressing "next": each default, else the first choice, else some text."""
    given = {}
    for name, rule in schema["properties"].items():
        choices = rule.get("enum") or [choice["const"] for choice in rule.get("oneOf", [])]
        if "default" in rule:
            given[name] = rule["default"]
        elif name in schema.get("required", []):
            given[name] = (
                choices[0] if choices else {"number": 0, "integer": 1, "boolean": False, "array": []}.get(rule.get("type"), "按规定办理")
            )
    return given


def walk(desk: Desk, number: str, until: frozenset[str] | set[str] = DONE, steps: int = 40) -> list[str]:
    """Do whatever is open, and let the time pass where nothing is, until the order stands in one of these states. The steps done."""
    done: list[str] = []
    for _ in range(steps):
        desk.advance()
        order = desk["admin"].get(f"/work-orders/{number}").json
        if order["state"] in until:
            return done
        tasks = desk["admin"].get(f"/instances/{order['instance_id']}/tasks").json["items"]
        waiting = [task for task in tasks if task["status"] in {"open", "claimed"}]
        if waiting:
            done.append(do(desk, waiting[0]))
        else:
            desk.advance("PT4H")
    message = f"{number} stands in {order['state']} after {done}"
    raise AssertionError(message)


def do(desk: Desk, task: dict[str, Any], **variables: Any) -> str:
    """Claim a task as whoever may, and complete it by its defaults."""
    who = desk[task["claimable_by"][0]]
    claimed = who.post(f"/tasks/{task['id']}/claim")
    assert claimed.status_code == 200, claimed.text
    form = claimed.json["form"]
    given = (answers(form["schema"]) if form else {}) | variables
    completed = who.post(f"/tasks/{task['id']}/complete", {"variables": given})
    assert completed.status_code == 200, (task["element_id"], completed.json)
    return str(task["element_id"])
