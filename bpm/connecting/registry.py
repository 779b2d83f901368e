"""The connectors of this program: found, checked, and asked within their time; outside words and exceptions stop here."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import Any

from bpm.connecting.contract import Connector, ConnectorError, Json, OutsideError
from bpm.connecting.manifest import Manifest, Operation, misfit
from bpm.errors import LANGUAGES, N_, Finding

_log = logging.getLogger(__name__)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_ABANDONED = 8  # so many calls of one connector may hang beyond their time before it gets no more
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    manifest: Manifest
    connector: Connector | None
    secrets: tuple[str, ...] = field(repr=False)


class Registry:
    """The connectors of this program, filled once at start; safe for threads after that."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}
        self._abandoned: Counter[str] = Counter()
        self._lock = Lock()

    def register(self, manifest: Manifest, connector: Connector | None, secrets: Collection[str] = ()) -> None:
        """Add a connector; None where it is not set up. ``secrets`` are the values that no error may carry."""
        kept = tuple(sorted((s for s in secrets if len(s) >= _SHORTEST_SECRET), key=len, reverse=True))
        self._entries[manifest.name] = _Entry(manifest, connector, kept)

    def get(self, name: str) -> Manifest | None:
        """The manifest of a connector, set up or not."""
        entry = self._entries.get(name)
        return entry.manifest if entry else None

    def ready(self, name: str) -> bool:
        """Tell whether a connector is there and set up."""
        entry = self._entries.get(name)
        return entry is not None and entry.connector is not None

    def find(self, text: str = "") -> list[Manifest]:
        """The connectors whose name, title or an operation's title contains a text, by name."""
        sought = text.strip().casefold()
        manifests = (entry.manifest for _, entry in sorted(self._entries.items()))
        return [manifest for manifest in manifests if sought in _searchable(manifest)]

    def operation(self, name: str, operation: str) -> Operation:
        """The operation of a connector. Raises ConnectorError (``unknown-connector``, ``unknown-operation``)."""
        entry = self._entries.get(name)
        if entry is None:
            raise ConnectorError("unknown-connector", N_("There is no connector “{connector}”."), {"connector": name}, retry=False)
        found = entry.manifest.operations.get(operation)
        if found is None:
            sentence = N_("The connector “{connector}” cannot do “{operation}”.")
            raise ConnectorError("unknown-operation", sentence, {"connector": name, "operation": operation}, retry=False)
        return found

    def check(
        self, connector: str, operation: str, inputs: Mapping[str, str | None], *, file: str = "", element: str | None = None
    ) -> list[Finding]:
        """Check a drawn call when it is deployed: connector, operation, inputs that are missing, unknown or unfit, connector not set up.

        ``inputs``: name -> the text that is drawn; None where it is known only when the case runs.
        """
        try:
            schema = self.operation(connector, operation).inputs
        except ConnectorError as error:
            return [Finding("error", file, element, error.code, error.sentence, error.facts)]
        manifest = self._entries[connector].manifest
        facts = {"call": _titles(manifest, f"operations.{operation}")}
        found = []
        for name in sorted(set(schema.get("required", ())) - inputs.keys()):
            text = N_("“{call}” is not told “{input}”.")
            titled = {**facts, "name": name, "input": _titles(manifest, f"fields.{name}")}
            found.append(Finding("error", file, element, "call-input-missing", text, titled))
        for name in sorted(inputs.keys() - schema["properties"].keys()) if schema["additionalProperties"] is False else ():
            text = N_("“{call}” is told “{name}”, which it does not know.")
            found.append(Finding("error", file, element, "call-input-unknown", text, {**facts, "name": name}))
        for name, drawn in inputs.items():
            if drawn is not None and (unfit := _unfit(schema["properties"].get(name, {}), drawn)):
                text, told = unfit
                titled = {**facts, "name": name, "input": _titles(manifest, f"fields.{name}"), "value": drawn[:60], **told}
                found.append(Finding("error", file, element, "call-input-unfit", text, titled))
        if not self.ready(connector):
            text = N_("The connector “{title}” is not set up here; calls to it will fail.")
            found.append(Finding("warning", file, element, "connector-not-set-up", text, {"title": _titles(manifest, "title")}))
        return found

    def check_inputs(self, connector: str, operation: str, inputs: Json) -> None:
        """Check the inputs of a call that is about to be carried out. Raises ConnectorError (``bad-input``)."""
        schema = self.operation(connector, operation).inputs
        if rule := misfit(schema, _given(schema, inputs)):
            sentence = N_("The call “{connector}.{operation}” cannot be made with these inputs; they break the rule “{rule}”.")
            raise ConnectorError("bad-input", sentence, {"connector": connector, "operation": operation, "rule": rule}, retry=False)

    def perform(self, name: str, operation: str, inputs: Json, key: str) -> Json:
        """Carry out a call within the time that the manifest gives it, and check what goes out and what comes back.

        ``key`` is printable ASCII without blanks, the same at every try of the same call. Raises ConnectorError and nothing else.
        """
        self.check_inputs(name, operation, inputs)
        entry, promised = self._entries[name], self.operation(name, operation)
        facts = {"connector": name, "operation": operation}
        if entry.connector is None:
            raise ConnectorError("not-set-up", N_("The connector “{connector}” is not set up."), {"connector": name}, retry=False)
        if not _KEY.fullmatch(key):
            raise ConnectorError("bad-key", N_("The call “{connector}.{operation}” has no proper key."), facts, retry=False)
        answer = self._ask(entry, promised, entry.connector, _given(promised.inputs, inputs), key)
        if rule := misfit(promised.outputs, answer):
            sentence = N_("“{connector}.{operation}” gave an answer that breaks the rule “{rule}”.")
            raise ConnectorError("bad-output", sentence, {**facts, "rule": rule}, retry=False)
        return answer

    def _ask(self, entry: _Entry, operation: Operation, connector: Connector, inputs: Json, key: str) -> Json:
        name, facts = entry.manifest.name, {"connector": entry.manifest.name, "operation": operation.name}
        if self._abandoned[name] >= _ABANDONED:
            raise ConnectorError("overloaded", N_("Too many calls to “{connector}” are still hanging."), facts, retry=True)
        asked = _in_thread(lambda: connector.perform(operation.name, inputs, key))
        try:
            failure = asked.exception(timeout=operation.time_limit)
        except TimeoutError:
            self._abandon(name, asked)
            sentence = N_("“{connector}.{operation}” did not answer within {seconds} seconds.")
            told = ConnectorError("timed-out", sentence, {**facts, "seconds": operation.time_limit}, retry=operation.idempotent)
        else:
            if failure is None:
                return asked.result()
            told = _tell(entry, operation, failure)
        _log.warning("call %s.%s failed: %s", name, operation.name, told.code)
        raise told

    def _abandon(self, name: str, asked: Future[Json]) -> None:
        """A thread cannot be stopped from outside: count it until its own time limit on the socket ends it."""
        with self._lock:
            self._abandoned[name] += 1
        asked.add_done_callback(lambda _: self._came_back(name))

    def _came_back(self, name: str) -> None:
        with self._lock:
            self._abandoned[name] -= 1


_EXPRESSIONS = {"integer": "= 1", "number": "= 1.5", "boolean": "= true", "array": '= ["a"]', "object": '= {"a": 1}', "null": "= null"}


def _unfit(rule: Json, drawn: str) -> tuple[str, dict[str, str]] | None:
    """Why a text that is drawn cannot be an input: a sentence and its facts. A number in it is a text as well: nothing is converted."""
    broken = misfit(rule, drawn)
    if broken is None:
        return None
    kinds = rule.get("type", "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "string" in kinds:
        return N_("“{call}” does not take “{value}” for “{input}”: it breaks the rule “{rule}”."), {"rule": broken}
    sentence = N_("“{call}” takes no text for “{input}”, but is told “{value}”. Write an expression, such as “{example}”.")
    return sentence, {"example": next(_EXPRESSIONS[kind] for kind in kinds if kind in _EXPRESSIONS)}


def _titles(manifest: Manifest, key: str) -> dict[str, str]:
    return {language: manifest.text(key, language) for language in LANGUAGES}


def _searchable(manifest: Manifest) -> str:
    keys = ["title", *(f"operations.{name}" for name in manifest.operations)]
    return " ".join([manifest.name, *(manifest.text(key, language) for key in keys for language in LANGUAGES)]).casefold()


def _given(schema: Json, inputs: Json) -> Json:
    """The inputs without optional ones that are null: a variable that the process does not have is an input that was left out."""
    required = schema.get("required", ())
    return {name: value for name, value in inputs.items() if value is not None or name in required}


def _in_thread(work: Callable[[], Json]) -> Future[Json]:
    """Start some work in a thread of its own, which does not keep the program from ending."""
    future: Future[Json] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except Exception as error:  # noqa: BLE001  # whatever a connector raises is told as a ConnectorError
            future.set_exception(error)

    Thread(target=run, name="connector-call", daemon=True).start()
    return future


def _tell(entry: _Entry, operation: Operation, failure: BaseException) -> ConnectorError:
    """Say what a connector raised in the manifest's words; of anything it did not promise only the kind is told."""
    if isinstance(failure, OutsideError) and failure.code in operation.errors:
        told = _in_its_words(entry, failure)
        if told is not None:
            return told
    kind = failure.code if isinstance(failure, OutsideError) else type(failure).__name__
    facts = {"connector": entry.manifest.name, "operation": operation.name, "kind": _without(entry.secrets, kind)}
    return ConnectorError("connector-fault", N_("“{connector}.{operation}” failed by a fault of its own ({kind})."), facts, retry=False)


def _in_its_words(entry: _Entry, failure: OutsideError) -> ConnectorError | None:
    manifest = entry.manifest
    facts = {name: _without(entry.secrets, value) for name, value in failure.facts.items()}
    texts: dict[str, str] = {language: manifest.text(f"errors.{failure.code}", language) for language in LANGUAGES}
    try:
        return ConnectorError(failure.code, texts["en"], facts, retry=manifest.errors[failure.code], translations=texts)
    except KeyError:  # a fact that the sentence names is missing
        return None


def _without(secrets: Iterable[str], value: Any) -> Any:
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
    return value
