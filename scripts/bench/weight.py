"""What a browser loads before the designer, or the picture on an order's page, can be used."""

import gzip
import re
from pathlib import Path

from scripts.bench.report import Figure

BUILT = Path(__file__).parents[2] / "bpm" / "web" / "static" / "built"
LIMITS = {"designer.js": 550, "viewer.js": 90}
"""Kilobytes of each entry's first scripts, compressed."""

_STATIC = re.compile(r"""(?:\bfrom|\bimport)\s*["']\./([\w.-]+\.js)["']""")
_KILOBYTE = 1_000


def initial(entry: str) -> list[Path]:
    """An entry and every script that it imports at once; what is imported when it is opened does not count."""
    found, todo = {entry}, [entry]
    while todo:
        for name in _STATIC.findall((BUILT / todo.pop()).read_text(encoding="utf-8")):
            if name not in found:
                found.add(name)
                todo.append(name)
    return [BUILT / name for name in sorted(found)]


def kilobytes(entry: str) -> float:
    """The size of an entry's first scripts, each compressed by itself."""
    return sum(len(gzip.compress(path.read_bytes())) for path in initial(entry)) / _KILOBYTE


def measure() -> list[Figure]:
    """Weigh what was built."""
    return [Figure(f"first scripts of {entry}, gzip, KB", kilobytes(entry), limit, "low") for entry, limit in LIMITS.items()]
