"""Wrong passwords, counted so that nobody can try them all."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock

from bpm.errors import N_, BatonError

WINDOW = timedelta(minutes=15)
OF_ACCOUNT = 5
OF_ADDRESS = 20
"""More than for an account: a whole office may come from one address."""


class TooManyTriesError(BatonError):
    """Too many wrong passwords for this account, or from this address."""

    code = "too-many-tries"
    sentence = N_("Too many wrong passwords. Try again in {minutes} min.")


class Tries:
    """Wrong passwords of the last quarter of an hour, in this process: a failed login's unit of work is rolled back."""

    def __init__(self) -> None:
        self._wrong: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def check(self, limits: Iterable[tuple[str, int]], now: datetime) -> None:
        """Raise TooManyTriesError when one of the keys has used up its tries."""
        with self._lock:
            self._prune(now)
            for key, limit in limits:
                wrong = self._wrong.get(key, [])
                if len(wrong) >= limit:
                    wait = wrong[-limit] + WINDOW - now
                    raise TooManyTriesError(minutes=-(-wait // timedelta(minutes=1)), seconds=-(-wait // timedelta(seconds=1)))

    def note(self, keys: Iterable[str], now: datetime) -> None:
        """Count a wrong password for each of the keys."""
        with self._lock:
            for key in keys:
                self._wrong.setdefault(key, []).append(now)

    def forget(self, key: str) -> None:
        """A right password: begin anew."""
        with self._lock:
            self._wrong.pop(key, None)

    def _prune(self, now: datetime) -> None:
        for key, wrong in list(self._wrong.items()):
            recent = [moment for moment in wrong if now - moment < WINDOW]
            if recent:
                self._wrong[key] = recent
            else:
                del self._wrong[key]


wrong_passwords = Tries()
