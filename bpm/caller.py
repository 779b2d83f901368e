"""Carries out connector calls, in three parts: prepare (transaction), perform (none open), settle (transaction).

The state of a process changes exactly once; the outside is called at least once, always with the same key.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from bpm import incidents, instances, notices, work_items
from bpm.connecting import ConnectorError, Registry, delay
from bpm.errors import LANGUAGES
from bpm.models.work_item import WorkItem

_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call that is about to go out."""

    item_id: UUID
    lease: UUID | None
    key: str
    connector: str
    operation: str
    inputs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the outside said: a result, or an error."""

    result: dict[str, Any] | None = None
    error: ConnectorError | None = None


def prepare(item: WorkItem) -> Prepared:
    """Read from a leased item what is to be called."""
    payload = item.payload
    return Prepared(item.id, item.lease, item.key, payload["connector"], payload["operation"], payload["inputs"])


def perform(registry: Registry, call: Prepared) -> Outcome:
    """Call the outside. No transaction is open, and nothing but an outcome comes back."""
    return _outcome(registry, call.connector, call.operation, call.inputs, call.key)


def _outcome(registry: Registry, connector: str, operation: str, inputs: dict[str, Any], key: str) -> Outcome:
    try:
        return Outcome(result=registry.perform(connector, operation, inputs, key))
    except ConnectorError as error:
        return Outcome(error=error)


def settle(session: Session, registry: Registry, item: WorkItem, outcome: Outcome, now: datetime) -> None:
    """Let the answer have its effect, in the transaction that marks the item; a failed try is put off, the last one is told."""
    if outcome.error is None:
        work_items.finish(item, now)
        if item.kind == "call" and item.instance_id is not None:
            token_id, element_id = item.payload["token_id"], item.payload["element_id"]
            instances.finish_call(session, item.instance_id, token_id, element_id, outcome.result, now)
        return
    wait = _wait(registry, item, outcome.error)
    if wait is not None:
        work_items.postpone(item, now + wait, outcome.error.message)
    else:
        _give_up(session, item, outcome.error, now)


def _wait(registry: Registry, item: WorkItem, error: ConnectorError) -> timedelta | None:
    """How long until the next try; None when there is none."""
    if not error.retry:
        return None
    retry = registry.operation(item.payload["connector"], item.payload["operation"]).retry
    if item.attempts + 1 >= (item.payload.get("tries") or retry.tries):
        return None
    return timedelta(seconds=delay(item.attempts + 1, retry, _chance.random()))


def _give_up(session: Session, item: WorkItem, error: ConnectorError, now: datetime) -> None:
    work_items.fail(item, error.message)
    said = {language: told(error, language) for language in LANGUAGES}
    if item.kind == "call" and item.instance_id is not None:
        code = item.payload.get("on_failure") if error.retry else error.code
        instances.fail_call(session, item.instance_id, item.payload["token_id"], item.payload["element_id"], said, code, now)
    else:
        incidents.of_work(session, item, error, said, now)


def told(error: ConnectorError, language: str) -> str:
    """A connector's error as people read it: in the connector's own words where it has some, else in the platform's."""
    sentence = error.translations.get(language) or notices.in_language(error.sentence, language)
    return sentence.format(**error.facts)


def ask(registry: Registry, connector: str, operation: str, inputs: dict[str, Any]) -> Outcome:
    """Ask a reading operation once, for somebody who waits at a page. Use it with no transaction open."""
    return _outcome(registry, connector, operation, inputs, f"ask:{uuid4()}")


def look_up(registry: Registry, number: str) -> Outcome:
    """The customer of a number, as billing knows him now."""
    return ask(registry, "billing", "customer", {"number": number})


def bills(registry: Registry, number: str) -> Outcome:
    """The customer's last bills."""
    return ask(registry, "billing", "bills", {"number": number})
