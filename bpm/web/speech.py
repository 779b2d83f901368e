"""Texts in the reader's language: what flask_babel offers, with types."""

from typing import Any

import flask_babel


def gettext(text: str, /, **facts: Any) -> str:
    """A text in the reader's language; ``%(name)s`` is filled from ``facts``."""
    return str(flask_babel.gettext(text, **facts))


def ngettext(singular: str, plural: str, num: int, /, **facts: Any) -> str:
    """A text that depends on a number."""
    return str(flask_babel.ngettext(singular, plural, num, **facts))
