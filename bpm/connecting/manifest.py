"""A connector's manifest: read from its folder, checked whole, and then used for panel, call, settings and retry alike."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from jsonschema.exceptions import ValidationError

from bpm.connecting.contract import Json
from bpm.errors import LANGUAGES, N_, BatonError

_NAME = {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}
_CODE = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,39}$"}
_OBJECT = {"type": "object", "required": ["type", "properties", "additionalProperties"], "properties": {"type": {"const": "object"}}}
_RETRY = {
    "type": "object",
    "required": ["tries", "first_delay", "max_delay"],
    "additionalProperties": False,
    "properties": {
        "tries": {"type": "integer", "minimum": 1, "maximum": 20},
        "first_delay": {"type": "number", "minimum": 0},
        "max_delay": {"type": "number", "minimum": 0},
    },
}
_OPERATION = {
    "type": "object",
    "required": ["inputs", "outputs", "errors", "time_limit", "retry", "idempotent"],
    "additionalProperties": False,
    "properties": {
        "inputs": _OBJECT,
        "outputs": _OBJECT,
        "errors": {"type": "array", "items": _CODE, "uniqueItems": True},
        # a work item's lease is two minutes: a call must be over before another worker may take it
        "time_limit": {"type": "number", "exclusiveMinimum": 0, "maximum": 60},
        "retry": _RETRY,
        "idempotent": {"type": "boolean"},
    },
}
_ERROR = {"type": "object", "required": ["retry"], "additionalProperties": False, "properties": {"retry": {"type": "boolean"}}}
MANIFEST_SCHEMA: Json = {
    "type": "object",
    "required": ["name", "operations", "errors", "settings", "secrets"],
    "additionalProperties": False,
    "properties": {
        "name": _NAME,
        "operations": {"type": "object", "minProperties": 1, "propertyNames": _NAME, "additionalProperties": _OPERATION},
        "errors": {"type": "object", "propertyNames": _CODE, "additionalProperties": _ERROR},
        "settings": _OBJECT,
        "secrets": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    },
}


class ManifestError(BatonError):
    """A connector's folder does not keep the contract; the program does not start."""

    code = "connector-manifest"
    sentence = N_("The connector in {folder} is not complete: {reason}")


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a call is tried (the first included), and the seconds before the second try and at most between two."""

    tries: int
    first_delay: float
    max_delay: float


def delay(attempt: int, retry: Retry, jitter: float) -> float:
    """Tell how many seconds to wait after try number ``attempt`` (from 1) has failed.

    Doubles with every try up to the longest; ``jitter`` (0 to 1, chosen by the caller) spreads the second half of it, so that calls
    which failed together do not come back together.
    """
    doublings = min(max(attempt, 1) - 1, 60)  # beyond that a float overflows, and every longest delay is reached
    return min(retry.max_delay, retry.first_delay * 2.0**doublings) * (0.5 + 0.5 * jitter)


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a connector can do. ``inputs`` and ``outputs`` are JSON Schema, ``time_limit`` is in seconds.

    ``idempotent``: the same key again is harmless, so an answer that was lost may be asked for again.
    """

    name: str
    inputs: Json
    outputs: Json
    errors: tuple[str, ...]
    time_limit: float
    retry: Retry
    idempotent: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a connector promises. ``errors`` tells of each code whether another try may help; ``settings`` is JSON Schema."""

    name: str
    operations: Mapping[str, Operation]
    errors: Mapping[str, bool]
    settings: Json
    secrets: frozenset[str]
    strings: Mapping[str, Mapping[str, str]]

    def text(self, key: str, language: str) -> str:
        """The text of a key such as ``title``, ``operations.send`` or ``errors.mail-down``; English for an unknown language."""
        return self.strings.get(language[:2].lower(), self.strings["en"])[key]

    def title(self, language: str) -> str:
        """The connector's name for people."""
        return self.text("title", language)

    def describe(self, language: str) -> Json:
        """All that the designer's panel shows, as JSON."""
        return {
            "name": self.name,
            "title": self.title(language),
            "operations": [self._describe(operation, language) for operation in self.operations.values()],
        }

    def _describe(self, operation: Operation, language: str) -> Json:
        return {
            "name": operation.name,
            "title": self.text(f"operations.{operation.name}", language),
            "inputs": self._titled(operation.inputs, language),
            "outputs": self._titled(operation.outputs, language),
            "errors": [
                {"code": code, "text": self.text(f"errors.{code}", language), "retry": self.errors[code]} for code in operation.errors
            ],
            "time_limit": operation.time_limit,
            "retry": asdict(operation.retry),
            "idempotent": operation.idempotent,
        }

    def answer(self, operation: str, language: str) -> Json:
        """The JSON Schema of what an operation brings, its fields titled. Raises KeyError for an operation that is not there."""
        return self._titled(self.operations[operation].outputs, language)

    def _titled(self, schema: Json, language: str) -> Json:
        titled = {name: {**rule, "title": self.text(f"fields.{name}", language)} for name, rule in schema["properties"].items()}
        return {**schema, "properties": titled}

    def keys(self) -> set[str]:
        """The keys of every text that the manifest needs."""
        fields = {name for o in self.operations.values() for schema in (o.inputs, o.outputs) for name in schema["properties"]}
        return (
            {"title"}
            | {f"operations.{name}" for name in self.operations}
            | {f"fields.{name}" for name in fields}
            | {f"errors.{code}" for code in self.errors}
            | {f"settings.{name}" for name in self.settings["properties"]}
        )


def read_manifest(folder: Path) -> Manifest:
    """Read ``manifest.json`` and ``strings/`` of a connector's folder. Raises ManifestError with the first thing that is wrong."""
    raw = _read_json(folder, "manifest.json")
    if problem := misfit(MANIFEST_SCHEMA, raw):
        raise ManifestError(folder=folder.name, reason=f"manifest.json: {problem}")
    if raw["name"] != folder.name:
        raise ManifestError(folder=folder.name, reason=f"the manifest is of “{raw['name']}”")
    operations = {name: _operation(name, rules) for name, rules in raw["operations"].items()}
    manifest = Manifest(
        name=raw["name"],
        operations=operations,
        errors={code: rules["retry"] for code, rules in raw["errors"].items()},
        settings=raw["settings"],
        secrets=frozenset(raw["secrets"]),
        strings={language: _read_json(folder, f"strings/{language}.json") for language in LANGUAGES},
    )
    for reason in _incomplete(manifest):
        raise ManifestError(folder=folder.name, reason=reason)
    return manifest


def _operation(name: str, rules: Json) -> Operation:
    return Operation(**{**rules, "name": name, "errors": tuple(rules["errors"]), "retry": Retry(**rules["retry"])})


def _read_json(folder: Path, name: str) -> Json:
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ManifestError(folder=folder.name, reason=f"{name} cannot be read") from error
    if not isinstance(content, dict):
        raise ManifestError(folder=folder.name, reason=f"{name} is not an object")
    return content


def _incomplete(manifest: Manifest) -> Iterable[str]:
    schemas = [
        (f"{o.name}.{side}", schema)
        for o in manifest.operations.values()
        for side, schema in (("inputs", o.inputs), ("outputs", o.outputs))
    ]
    for where, schema in [*schemas, ("settings", manifest.settings)]:
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            yield f"{where} is no JSON Schema ({'/'.join(map(str, error.path))})"
    for operation in manifest.operations.values():
        yield from (f"{operation.name} names the unknown error {code}" for code in operation.errors if code not in manifest.errors)
    yield from (f"the secret {name} is no setting" for name in sorted(manifest.secrets - manifest.settings["properties"].keys()))
    for language, strings in manifest.strings.items():
        yield from (f"strings/{language}.json has no text {key}" for key in sorted(manifest.keys() - strings.keys()))
        yield from (f"strings/{language}.json has {key}, which nothing uses" for key in sorted(strings.keys() - manifest.keys()))


def misfit(schema: Json, value: object) -> str | None:
    """Say in which place a value does not fit a schema, and by which rule. The value itself stays unsaid: it may be private."""
    error = next(iter(Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(value)), None)
    return None if error is None else broken_rule(error)


def broken_rule(error: ValidationError) -> str:
    """Name the place and the rule that was broken, without the value."""
    place = ".".join(str(part) for part in error.absolute_path)
    rule = f"{error.validator} {json.dumps(error.validator_value, ensure_ascii=False)}"
    return f"{place}: {rule}" if place else rule
