"""What a browser sends: texts only, nothing for what was left unticked."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from bpm.forms.resolving import Form

_YES = frozenset({"true", "on", "1", "yes"})
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?")


class Fields(Protocol):
    """The fields of a form as web frameworks hand them over: several texts may have one name."""

    def getlist(self, key: str) -> list[str]:
        """All texts of a name."""
        ...


def from_html(form: Form, sent: Fields, zone: tzinfo = UTC) -> dict[str, Any]:
    """Read the fields of a form as the kinds that its schema asks for; files are not among them.

    A box that was left unticked is no. A text that is no number stays a text, so that ``check`` can say so. A moment without a zone is
    one of ``zone``.
    """
    asked = {name: rule for name, rule in form.fields.items() if rule.get("format") != "files"}
    return {name: _read(rule, sent.getlist(name), zone) for name, rule in asked.items()}


def _read(rule: Mapping[str, Any], texts: list[str], zone: tzinfo) -> Any:
    kind = rule.get("type")
    kind = next((each for each in kind if each != "null"), None) if isinstance(kind, list) else kind
    if kind == "array":
        return [_typed(rule.get("items", {}).get("type"), text) for text in texts if text.strip()]
    last = texts[-1] if texts else ""  # a hidden "no" may stand before a ticked box
    if kind == "boolean":
        return last.strip().casefold() in _YES
    if not last.strip():
        return None
    return _moment(last.strip(), zone) if rule.get("format") == "date-time" else _typed(kind, last)


def _typed(kind: Any, text: str) -> Any:
    """A number where one is asked for and written, full-width figures and grouping commas allowed; else the text with plain line ends."""
    if kind not in {"number", "integer"}:
        return text.replace("\r\n", "\n").strip()
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return text.strip()
    number = float(plain)
    return int(number) if number.is_integer() else number


def _moment(text: str, zone: tzinfo) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat()
