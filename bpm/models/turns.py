"""Writers of one process take turns, the first to come first.

SQLite lets a writer that has to wait ask again, ever less often: beside one who writes all the time it would hardly get through.
"""

from collections import deque
from threading import Lock


class TurnTimeoutError(Exception):
    """The turn has not come in time."""


class Turns:
    """A lock that goes from one to the next in the order in which they came, each waiting at most so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._mutex = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        """Take the turn. Raises TurnTimeoutError."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if not mine.acquire(timeout=self._seconds):
            with self._mutex:
                if mine in self._waiting:  # else it came at the last moment
                    self._waiting.remove(mine)
                    raise TurnTimeoutError

    def __exit__(self, *_: object) -> None:
        """Pass it on."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
