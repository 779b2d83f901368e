"""Two states of a process side by side: what was added, taken away and changed, said so that a reader of the drawing understands it."""

from bpm.comparing.bundles import compare
from bpm.comparing.changes import Change, Reader

__all__ = ["Change", "Reader", "compare"]
