"""What the customer may see of his complaint, and do: in plain states, without names of the staff (reference processes, A16)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import attachments, contacts, follow_up, journal, limits, order_messages, suspension, workorders
from bpm.access import CUSTOMER, TooManyTriesError
from bpm.errors import N_, ConflictError, InvalidError, NotFoundError
from bpm.follow_up import NewOrderNeededError, NotProvidedError
from bpm.models.task import OPEN
from bpm.models.work_order import Attachment, Contact, WorkOrder
from bpm.running import InstanceSuspendedError
from bpm.workorders import CLOSED_STATES

Stage = Literal["received", "passed_on", "in_hand", "answer", "visit", "closed"]
STAGES: tuple[Stage, ...] = ("received", "passed_on", "in_hand", "answer", "visit", "closed")

_STAGE_OF: dict[str, Stage] = {
    "DRAFT": "received",
    "REGISTERED": "received",
    "IN_REVIEW": "received",
    "RETURNED": "received",
    "TO_DISPATCH": "received",
    "REOPENED": "received",
    "DISPATCHED": "passed_on",
    "IN_PROGRESS": "in_hand",
    "FEEDBACK": "in_hand",
    "TO_ANSWER": "answer",
    "ANSWERED": "visit",
    "TO_VISIT": "visit",
    "ON_SPOT_DONE": "visit",
}
_HIDDEN = frozenset({"note"})


class TooManyRequestsError(TooManyTriesError):
    """One address writes or asks more than a person would."""

    code = "too-many-requests"
    sentence = N_("This was sent too often from here. Try again in {minutes} min, or call us.")


class RatingError(InvalidError):
    """A rating is a number of stars."""

    code = "rating"
    sentence = N_("Choose from 1 to 5, and say whether it is solved.")


class NotAskedError(NotFoundError):
    """Nobody asks for a rating now."""

    code = "rating-not-asked"
    sentence = N_("Thank you; this has been answered already, or is not asked yet.")


class NotNowError(ConflictError):
    """The process takes no such word of the customer now: it is stopped, or has nothing drawn for it where it stands."""

    code = "not-now"
    sentence = N_("This cannot be taken just now. What you wrote is still here: send it as a message on this page, or try again later.")


class NewComplaintNeededError(ConflictError):
    """What was closed so long ago, or in this way, is not opened again."""

    code = "new-complaint-needed"
    sentence = N_("This complaint cannot be opened any more. Please make a new one and name {number} in it.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a complaint is: its stage, the units that have it, what was said, and the files that the customer sent."""

    stage: Stage
    over: bool
    on_hold: bool
    units: tuple[str, ...]
    answer_by: datetime | None
    asks_rating: bool
    may_write: bool
    may_withdraw: bool
    may_reopen: bool
    said: tuple[Contact, ...]
    sent: tuple[Attachment, ...]


class Throttle:
    """At most so many requests of one address in a while, in this process."""

    def __init__(self, most: int, window: timedelta) -> None:
        """Let ``most`` requests through in each ``window``."""
        self._most, self._window = most, window
        self._seen: dict[str, list[datetime]] = {}
        self._lock = Lock()

    def note(self, address: str, wall: datetime) -> None:
        """Count a request. Raises TooManyRequestsError."""
        with self._lock:
            for each in [key for key, moments in self._seen.items() if wall - moments[-1] >= self._window]:
                del self._seen[each]
            recent = [moment for moment in self._seen.get(address, ()) if wall - moment < self._window]
            if len(recent) >= self._most:
                wait = recent[0] + self._window - wall
                raise TooManyRequestsError(minutes=max(1, -(-wait // timedelta(minutes=1))))
            self._seen[address] = [*recent, wall]

    def forget(self, key: str) -> None:
        """Nothing that was counted for this key counts any more."""
        with self._lock:
            self._seen.pop(key, None)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._seen.clear()


complaints = Throttle(10, timedelta(hours=1))
"""New complaints by the public form."""

guesses = Throttle(10, timedelta(hours=1))
"""Wrong digits for one number, wherever they come from: there are only ten thousand."""

questions = Throttle(60, timedelta(minutes=10))
"""Look-ups by number, and messages from tracking pages."""


def find(session: Session, number: str, digits: str) -> WorkOrder:
    """Find an order by its number and the last four digits of the telephone number. Raises NotFoundError for either being wrong."""
    order = session.scalar(select(WorkOrder).where(WorkOrder.number == number.strip().upper()))
    phone = (order.contact_phone or order.customer_number or "") if order else ""
    if order is None or len(digits.strip()) != 4 or not phone.endswith(digits.strip()):
        raise NotFoundError
    return order


def progress(session: Session, order: WorkOrder, now: datetime) -> Progress:
    """How far an order is, in the customer's terms."""
    closed = order.state in CLOSED_STATES
    state = (order.state_before or "IN_PROGRESS") if order.state == suspension.SUSPENDED else order.state
    tasks = workorders.open_tasks(session, order)
    return Progress(
        stage="closed" if closed else _STAGE_OF.get(state, "in_hand"),
        over=closed,
        on_hold=order.state == suspension.SUSPENDED,
        units=tuple(dict.fromkeys(task.unit_code for task in tasks if task.status in OPEN)),
        answer_by=_answer_by(session, order, now),
        asks_rating=_is_asked(session, order),
        may_write=order.state not in ("WITHDRAWN", "MERGED", "REJECTED"),
        may_withdraw=not closed and order.answered_at is None,
        may_reopen=order.state in ("CLOSED", "ARCHIVED"),
        said=tuple(contact for contact in contacts.of_order(session, order, public_only=True) if contact.kind not in _HIDDEN),
        sent=tuple(file for file in attachments.of_order(session, order) if file.by_customer),
    )


def _is_asked(session: Session, order: WorkOrder) -> bool:
    """Whether the return visit asks the customer. A stopped process asks nothing: his answer would wait, and he would be asked again."""
    instance = workorders.instance_of(session, order)
    is_going = instance is not None and not instance.is_stopped
    return is_going and order_messages.awaited(session, order, "visit_answered") is not None


def _answer_by(session: Session, order: WorkOrder, now: datetime) -> datetime | None:
    """The promise: the order's own limit while it can be kept, else the law's; none while a hold moves that too."""
    if order.answered_at is not None or order.closed_at is not None or limits.statutory_stands_since(session, order) is not None:
        return None
    can_be_kept = order.due_at is not None and order.due_at > now and order.paused_at is None
    return order.due_at if can_be_kept else order.statutory_due_at


def rate(session: Session, order: WorkOrder, score: int, comment: str, now: datetime, *, solved: bool | None) -> None:
    """The customer answers the question of the return visit. Raises RatingError, NotAskedError."""
    if solved is None or not 1 <= score <= contacts.BEST:
        raise RatingError
    if not _is_asked(session, order):
        raise NotAskedError
    contacts.add_rating(session, order, score, comment, now, channel="WEB_SELF")
    answers = {
        "outcome": "REACHED",
        "solved": solved,
        "satisfaction": score,
        "sat_attitude": score,
        "sat_speed": score,
        "sat_result": score,
    }
    order_messages.deliver(session, order, "visit_answered", {**answers, "sat_comment": comment or None}, CUSTOMER, now)
    _note(session, order, "rated", now)


def write(session: Session, order: WorkOrder, text: str, files: list[tuple[str, bytes]], now: datetime) -> None:
    """The customer adds something, with files. Raises NothingSaidError, AttachmentRefusedError."""
    for name, content in files:
        attachments.attach(session, order, name, content, now)
    follow_up.inform(session, order, text or ", ".join(name for name, _ in files), CUSTOMER, now)


def act(session: Session, order: WorkOrder, what: Literal["urge", "withdraw", "reopen"], reason: str, now: datetime) -> None:
    """The customer urges, takes the complaint back, or says that it is not solved.

    Raises NotNowError, NewComplaintNeededError, OrderClosedError, OrderNotClosedError.
    """
    commands: dict[str, Callable[[], object]] = {
        "urge": lambda: follow_up.urge(session, order, reason, CUSTOMER, now),
        "withdraw": lambda: follow_up.withdraw(session, order, reason, CUSTOMER, now),
        "reopen": lambda: follow_up.reopen(session, order, reason, CUSTOMER, now),
    }
    try:
        commands[what]()
    except (InstanceSuspendedError, NotProvidedError) as error:
        raise NotNowError from error
    except NewOrderNeededError as error:
        raise NewComplaintNeededError(number=order.number) from error


def _note(session: Session, order: WorkOrder, kind: str, now: datetime) -> None:
    instance = workorders.instance_of(session, order)
    if instance is not None:
        journal.note(session, instance, kind, CUSTOMER.login, now)
