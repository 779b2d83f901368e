"""References as people read them: steps, forms and tables by what the drawing calls them, roles, units and the like by their names."""

from dataclasses import dataclass, field

from bpm.comparing.changes import Reader, Told

OUTSIDE = {
    "role": "role",
    "fallbackRole": "role",
    "unit": "unit",
    "fallbackUnit": "unit",
    "city": "city",
    "user": "person",
    "calendar": "calendar",
    "connector": "connector",
    "operation": "operation",
    "state": "order_state",
}
"""What is referred to by an attribute of our extensions and known outside of the process."""


@dataclass(frozen=True, slots=True)
class Drawn(Told):
    """Parts of the same process; ``names`` are what they are called."""

    names: tuple[str, ...] = field(compare=False)

    def told(self, reader: Reader) -> str:
        """The names, one after the other."""
        return ", ".join(map(reader.drawn, self.names))


@dataclass(frozen=True, slots=True)
class Outside(Told):
    """A code of something outside of the process; what is worked out stays as it is."""

    kind: str = field(compare=False)

    def told(self, reader: Reader) -> str:
        """Its name."""
        return reader.called(self.kind, self.written)


@dataclass(frozen=True, slots=True)
class Notices(Told):
    """Who is told what: pairs of a recipient and the subject."""

    pairs: tuple[tuple[str, str], ...] = field(compare=False)

    def told(self, reader: Reader) -> str:
        """All of them."""
        return "; ".join(f"{reader.called('recipient', to)} → {reader.drawn(subject)}" for to, subject in self.pairs)
