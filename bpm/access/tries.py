"""Wrong passwords, counted so that nobody can try them all."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from bpm.errors import N_, BatonError

WINDOW = timedelta(minutes=15)
OF_ACCOUNT = 5
OF_ADDRESS = 20
"""More than for an account: a whole office may come from one address."""

_LONGEST_KEY = 100
_HOUSEHOLD = 64  # bits


class TooManyTriesError(BatonError):
    """Too many wrong passwords for this account, or from this address."""

    code = "too-many-tries"
    sentence = N_("Too many wrong passwords. Try again in {minutes} min.")


class Tries:
    """Wrong passwords of the last quarter of an hour, in this process: a failed login's unit of work is rolled back."""

    def __init__(self) -> None:
        self._wrong: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def take(self, limits: Sequence[tuple[str, int]], now: datetime) -> None:
        """Count a try for each of the keys, as if it had gone wrong already: many at the same moment count as many.

        Raises TooManyTriesError when one of the keys has used up its tries; then nothing is counted.
        """
        with self._lock:
            self._prune(now)
            for key, limit in limits:
                wrong = self._wrong.get(key, [])
                if len(wrong) >= limit:
                    wait = wrong[-limit] + WINDOW - now
                    raise TooManyTriesError(minutes=-(-wait // timedelta(minutes=1)), seconds=-(-wait // timedelta(seconds=1)))
            for key, _ in limits:
                self._wrong.setdefault(key, []).append(now)

    def give_back(self, key: str, now: datetime) -> None:
        """The password was right: the try that was counted at this moment does not count."""
        with self._lock:
            if now in self._wrong.get(key, ()):
                self._wrong[key].remove(now)

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


def household(address: str) -> str:
    """Whose tries are counted together: an address, or the network of an IPv6 address, all of which belongs to one household."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:_LONGEST_KEY]
    if isinstance(found, ipaddress.IPv4Address) or found.ipv4_mapped is not None:
        return str(found if isinstance(found, ipaddress.IPv4Address) else found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, _HOUSEHOLD), strict=False))


def account(login: str) -> str:
    """The key of an account; of what is no login, no more is kept than is needed to tell it from others."""
    return login.casefold()[:_LONGEST_KEY]


wrong_passwords = Tries()
