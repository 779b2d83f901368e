"""The files of a work order: documents, pictures and recordings of the customer and of the staff."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bpm.access import Actor
from bpm.errors import N_, InvalidError, NotFoundError
from bpm.models.ids import row_id
from bpm.models.task import Task
from bpm.models.work_order import Attachment, WorkOrder

ATTACHMENT_LIMIT = 20 * 1024 * 1024
LONGEST_NAME = 200
ALLOWED_ENDINGS = frozenset(
    [
        *["pdf", "txt", "csv", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "wps", "et", "eml", "msg"],
        *["png", "jpg", "jpeg", "gif", "webp", "tif", "tiff"],
        *["mp3", "wav", "amr", "m4a", "mp4"],
    ]
)
_MOST_FILES = {True: (30, 100 * 1024 * 1024), False: (500, 1024 * 1024 * 1024)}
"""Of the customer (True), and of the staff: how many files, and how many bytes together. A private link costs nothing to get."""


class TooManyFilesError(InvalidError):
    """An order is no store of files."""

    code = "too-many-files"
    sentence = N_("{name} was not added: this order holds as many files as an order can.")


class AttachmentRefusedError(InvalidError):
    """The file is too large or of a kind that is not taken."""

    code = "attachment-refused"
    sentence = N_("{name} was not added: files may have at most {megabytes} MB and be documents, pictures or recordings.")


def attach(
    session: Session,
    order: WorkOrder,
    name: str,
    content: bytes,
    now: datetime,
    *,
    actor: Actor | None = None,
    task: Task | None = None,
    media_type: str = "application/octet-stream",
) -> Attachment:
    """Keep a file with the order. Raises AttachmentRefusedError for its size or kind, TooManyFilesError."""
    clean = "".join(letter for letter in name.replace("\\", "/").rsplit("/", 1)[-1] if letter.isprintable()).strip()
    stem, dot, ending = clean.rpartition(".")
    if len(content) > ATTACHMENT_LIMIT or not dot or ending.lower() not in ALLOWED_ENDINGS:
        raise AttachmentRefusedError(name=clean[:LONGEST_NAME], megabytes=ATTACHMENT_LIMIT // 1024 // 1024)
    clean = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    by_customer = actor is None or actor.user_id is None
    _require_room(session, order, clean, len(content), by_customer=by_customer)
    attachment = Attachment(
        id=row_id(),
        order_id=order.id,
        task_id=task.id if task else None,
        name=clean,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        by_customer=by_customer,
        user_id=actor.user_id if actor else None,
        created_at=now,
    )
    session.add(attachment)
    return attachment


def _require_room(session: Session, order: WorkOrder, name: str, size: int, *, by_customer: bool) -> None:
    of_them = Attachment.order_id == order.id, Attachment.by_customer == by_customer
    count, octets = session.execute(select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(*of_them)).one()
    most, largest = _MOST_FILES[by_customer]
    if count >= most or octets + size > largest:
        raise TooManyFilesError(name=name)


def of_order(session: Session, order: WorkOrder) -> list[Attachment]:
    """The files of an order, without their content, oldest first."""
    return list(session.scalars(select(Attachment).where(Attachment.order_id == order.id).order_by(Attachment.created_at)))


def get(session: Session, order: WorkOrder, attachment_id: UUID) -> Attachment:
    """One file of this order. Raises NotFoundError."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.order_id != order.id:
        raise NotFoundError
    return found
