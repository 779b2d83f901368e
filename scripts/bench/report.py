"""What a measurement says, and how it is told."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import orjson


@dataclass(frozen=True, slots=True)
class Figure:
    """One budget: the value that was measured, and the limit that it must keep to. ``better``: low or high values."""

    name: str
    value: float
    limit: float
    better: Literal["low", "high"]

    @property
    def kept(self) -> bool:
        """Tell whether the budget is kept."""
        return self.value <= self.limit if self.better == "low" else self.value >= self.limit


def write(path: Path, figures: Sequence[Figure]) -> None:
    """Write the figures as a JSON list."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps([asdict(figure) for figure in figures], option=orjson.OPT_INDENT_2) + b"\n")


def table(figures: Iterable[Figure]) -> str:
    """The figures for people."""
    rows = [(figure.name, f"{figure.value:.3g}", _limit(figure), "kept" if figure.kept else "NOT KEPT") for figure in figures]
    wide = [max(len(row[column]) for row in [*rows, ("",) * 4]) for column in range(4)]
    return "\n".join(f"{name:<{wide[0]}}  {value:>{wide[1]}}  {limit:<{wide[2]}}  {kept}" for name, value, limit, kept in rows)


def _limit(figure: Figure) -> str:
    return f"{'at most' if figure.better == 'low' else 'at least'} {figure.limit:g}"
