"""What the fields of a process are called: by the forms that ask for them, the tables that result in them, and the order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """What a field is called, and what its choices are called."""

    title: str
    choices: Mapping[Any, str] = field(default_factory=dict)


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Known:
    """The fields of one state of a process: those of each form by its name, and the others.

    ``names`` are what its forms, tables, processes and notices are called, by kind and id.
    """

    forms: Mapping[str, Fields] = field(default_factory=dict)
    others: Fields = field(default_factory=dict)
    names: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def near(self, asked: Iterable[str]) -> Fields:
        """The fields as the forms ``asked`` call them, the nearest first; then as all other forms agree to call them."""
        found = {**self.others, **self._agreed()}
        for form in reversed(list(asked)):
            found |= self.forms.get(form, {})
        return found

    def _agreed(self) -> Fields:
        agreed: dict[str, Field] = {}
        called: dict[str, set[str]] = {}
        for fields in self.forms.values():
            for name, known in fields.items():
                called.setdefault(name, set()).add(known.title)
                agreed[name] = Field(known.title, {**known.choices, **(agreed[name].choices if name in agreed else {})})
        return {name: known if len(called[name]) == 1 else Field(name, known.choices) for name, known in agreed.items()}
