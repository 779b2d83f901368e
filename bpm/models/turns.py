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
        try:
            has_come = mine.acquire(timeout=self._seconds)
        except BaseException:  # a signal: the turn may have come all the same
            if not self._given_up(mine):
                self.__exit__()
            raise
        if not has_come and self._given_up(mine):
            raise TurnTimeoutError

    def _given_up(self, mine: Lock) -> bool:
        """Leave the queue. False where the turn came at the last moment."""
        with self._mutex:
            if mine not in self._waiting:
                return False
            self._waiting.remove(mine)
            return True

    def __exit__(self, *_: object) -> None:
        """Pass it on."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
