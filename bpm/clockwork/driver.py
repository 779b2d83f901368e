"""What every driver of the clockwork offers, whether it runs in this process or on many machines."""

from typing import Protocol

from bpm.work_items import Health


class Driver(Protocol):
    """Carries out work items when they fall due. The truth is in the rows; a driver only decides when to look at them."""

    def start(self) -> None:
        """Begin to look for work."""
        ...

    def stop(self) -> None:
        """Finish what is being done, and look no more."""
        ...

    def nudge(self) -> None:
        """Something new is due: look now."""
        ...

    def health(self) -> Health:
        """How the queue stands."""
        ...
