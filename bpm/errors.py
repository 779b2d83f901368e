"""Every way in which Baton says no: a code for programs, a sentence for people, facts for both.

A sentence is written here in English as ``str.format`` text; pages and the API show it in the reader's language
(the text is the key of the message catalogue). ``request`` turns the kind of an error into an HTTP status.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, get_args

LANGUAGES = ("zh", "en")
"""Those in which Baton speaks; the first one where nobody wishes for another."""


def N_(text: str) -> str:  # noqa: N802 -- the name that message extraction knows
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return text


def told(text: str, facts: Mapping[str, Any], language: str) -> str:
    """A ``str.format`` text filled by its facts. A fact may hold words for each language: ``{"en": ..., "zh": ...}``."""
    return text.format(**{name: value[language] if isinstance(value, dict) else value for name, value in facts.items()})


class BatonError(Exception):
    """The base of all. Keyword arguments fill the sentence and are shown to programs as they are."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = N_("This could not be done.")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))


class NotFoundError(BatonError):
    """There is no such thing, or the reader may not know of it."""

    code = "not-found"
    sentence = N_("There is nothing here under this number, or you may not see it.")


class ForbiddenError(BatonError):
    """The actor may see this but not do that."""

    code = "forbidden"
    sentence = N_("You may not do this. Ask your section head if you need to.")


class ConflictError(BatonError):
    """The thing is not in a state that allows this."""

    code = "conflict"
    sentence = N_("This is not possible in the present state.")


class InvalidError(BatonError):
    """What was handed in is not right: which field, and why."""

    code = "invalid"
    sentence = N_("Some of what you entered needs another look.")


Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a deployed file: where, how bad, and a sentence (English ``str.format`` text plus its facts).

    ``within`` is put before the sentence where the element alone does not tell the place, such as a cell of a table.
    """

    level: Level
    file: str
    element: str | None
    code: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    within: str = ""

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.told(str, "en")

    def told(self, translate: Callable[[str], str], language: str) -> str:
        """The sentence in a language, into which ``translate`` brings our texts."""
        return told("".join(translate(text) for text in (self.within, self.text) if text), self.facts, language)


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Findings with the errors before the warnings, each kind in the order in which it was found."""
    return sorted(found, key=lambda each: get_args(Level).index(each.level))


class RefusedError(InvalidError):
    """A diagram, table or form cannot be run truly; ``findings`` says what and where."""

    code = "refused"
    sentence = N_("These files have errors ({count}). Nothing was changed.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(count=sum(f.level == "error" for f in findings))
