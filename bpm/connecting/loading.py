"""From a folder of connectors and the operator's settings to a filled registry."""

import importlib
import re
from collections.abc import Mapping
from pathlib import Path

from jsonschema import Draft202012Validator

from bpm.connecting.contract import Json
from bpm.connecting.manifest import Manifest, broken_rule, read_manifest
from bpm.connecting.registry import Registry
from bpm.errors import N_, BatonError


class ConnectorSettingError(BatonError):
    """A connector's setting is wrong; the program does not start. The value is never shown: it may be a secret."""

    code = "connector-setting"
    sentence = N_("The setting {name} is wrong: {reason}")


def load(folder: Path, settings: Mapping[str, str]) -> Registry:
    """Read every connector below a folder that is an importable package, and build those that are set up.

    ``settings`` are texts by the names of the environment: ``BATON_<CONNECTOR>_<SETTING>``. A connector of which nothing is set while
    something is required is known but not ready. Raises ManifestError and ConnectorSettingError.
    """
    registry = Registry()
    for path in sorted(folder.glob("*/manifest.json")):
        manifest = read_manifest(path.parent)
        module = importlib.import_module(f"{folder.name}.{manifest.name}.connector")
        values = typed_settings(manifest, settings)
        connector = None if values is None else module.Connector(values, manifest)
        registry.register(manifest, connector, [str(value) for name, value in (values or {}).items() if name in manifest.secrets])
    return registry


def typed_settings(manifest: Manifest, settings: Mapping[str, str]) -> Json | None:
    """A connector's settings, typed and with their defaults; None where it is not set up. Raises ConnectorSettingError."""
    prefix = f"BATON_{manifest.name.upper()}_"
    rules = manifest.settings["properties"]
    given = {name.removeprefix(prefix).lower(): text for name, text in settings.items() if name.startswith(prefix) and text}
    if unknown := sorted(given.keys() - rules.keys()):
        raise ConnectorSettingError(name=f"{prefix}{unknown[0].upper()}", reason="there is no such setting.")
    required = manifest.settings.get("required", [])
    if required and not given:
        return None
    values = {name: rule["default"] for name, rule in rules.items() if "default" in rule}
    values |= {name: _typed(text, rules[name].get("type")) for name, text in given.items()}
    if missing := sorted(set(required) - values.keys()):
        raise ConnectorSettingError(name=f"{prefix}{missing[0].upper()}", reason="it is missing.")
    error = next(iter(Draft202012Validator(manifest.settings).iter_errors(values)), None)
    if error is not None:
        place = str(error.path[0]) if error.path else "*"
        raise ConnectorSettingError(name=f"{prefix}{place.upper()}", reason=f"{broken_rule(error)}.")
    return values


def _typed(text: str, kind: str | None) -> object:
    """Read a text as its rule's type; what cannot be read stays a text, which the schema then refuses."""
    match kind:
        case "integer" if re.fullmatch(r"-?\d{1,18}", text):
            return int(text)
        case "number" if re.fullmatch(r"-?\d{1,18}(\.\d{1,18})?", text):
            return float(text)
        case "boolean" if text.lower() in {"1", "true", "yes", "on", "0", "false", "no", "off"}:
            return text.lower() in {"1", "true", "yes", "on"}
        case _:
            return text
