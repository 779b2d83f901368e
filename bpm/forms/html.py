"""What a browser sends: texts only, nothing for what was left unticked."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any, Protocol

from bpm.forms.form import Form, choices, columns, kind, listed

MOST_ROWS = 200
"""Rows of a table that one page sends."""

_YES = frozenset({"true", "on", "1", "yes"})
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,9})?")
_ROW = re.compile(r"\d{1,9}")


class Fields(Protocol):
    """The fields of a form as web frameworks hand them over: several texts may have one name."""

    def getlist(self, key: str) -> list[str]:
        """All texts of a name."""
        ...


def from_html(form: Form, sent: Fields, zone: tzinfo = UTC) -> dict[str, Any]:
    """Read the fields of a form as the kinds that its schema asks for; files and what is only read are not among them.

    A box that was left unticked is no. A text that is no number stays a text, so that ``check`` can say so. A moment without a zone is
    one of ``zone``. A table sends the numbers of its rows under its own name, and each cell as ``table.row.column``.
    """
    asked = {name: rule for name, rule in form.fields.items() if rule.get("format") != "files" and name not in form.fixed}
    return {name: _field(name, rule, sent, zone) for name, rule in asked.items()}


def _field(name: str, rule: Mapping[str, Any], sent: Fields, zone: tzinfo) -> Any:
    cells = columns(rule)
    if not cells:
        return _read(rule, sent.getlist(name), zone)
    rows = [number for number in dict.fromkeys(sent.getlist(name)) if _ROW.fullmatch(number)][:MOST_ROWS]
    read = ({column: _read(cell, sent.getlist(f"{name}.{row}.{column}"), zone) for column, cell in cells.items()} for row in rows)
    return [row for row in read if any(value not in (None, False, []) for value in row.values())]


def _read(rule: Mapping[str, Any], texts: list[str], zone: tzinfo) -> Any:
    asked = kind(rule)
    if asked == "array":
        return [_typed(rule.get("items", {}).get("type"), text) for text in texts if text.strip()]
    last = texts[-1] if texts else ""  # a hidden "no" may stand before a ticked box
    if asked == "boolean":
        return last.strip().casefold() in _YES
    if not last.strip():
        return None
    return _moment(last.strip(), zone) if rule.get("format") == "date-time" else _typed(asked, _code(rule, last))


def _code(rule: Mapping[str, Any], text: str) -> str:
    """The code of a choice that was typed in words: as it was offered, or by its word alone where no other has it."""
    known = choices(rule)
    meant = [code for code, word in known if text.strip() == listed(code, word)] or [code for code, word in known if text.strip() == word]
    is_code = any(str(code) == text for code, _ in known)
    return str(meant[0]) if len(meant) == 1 and not is_code else text


def _typed(asked: Any, text: str) -> Any:
    """A number where one is asked for and written, full-width figures and grouping commas allowed; else the text with plain line ends."""
    if asked not in {"number", "integer"}:
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
