"""The four-level classification: found by any word of its path, walked level by level.

A class that was replaced keeps its code for old orders and reports, but is not offered any more.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm.errors import N_, NotFoundError
from bpm.models.classes import ServiceClass


class ClassNotFoundError(NotFoundError):
    """No class has this code."""

    code = "class-not-found"
    sentence = N_("There is no class “{class_code}”.")


def get(session: Session, code: str) -> ServiceClass:
    """Find a class by its code. Raises ClassNotFoundError."""
    found = session.get(ServiceClass, code)
    if found is None:
        raise ClassNotFoundError(class_code=code)
    return found


def search(session: Session, text: str, limit: int = 20) -> list[ServiceClass]:
    """The classes whose path, from level 1 down, has every word of a text in either language, or whose code begins with it.

    First those that carry the first word in their own name, then the finest level, then by code.
    """
    words = text.casefold().split()
    if not words:
        return []
    every = {each.code: each for each in session.scalars(select(ServiceClass))}
    offered = [each for each in every.values() if each.replaced_by is None]
    found = [each for each in offered if each.code.startswith(words[0]) or _has_all(_path(every, each.code), words)]
    found.sort(key=lambda each: (words[0] not in _words(each), -each.level, each.code))
    return found[:limit]


def path(session: Session, code: str) -> list[ServiceClass]:
    """A class with those above it, from level 1 down. Raises ClassNotFoundError."""
    steps = [get(session, code)]
    while steps[0].parent is not None:
        steps.insert(0, get(session, steps[0].parent))
    return steps


def children(session: Session, code: str | None) -> list[ServiceClass]:
    """The classes right below one (None: those of level 1), by code."""
    query = select(ServiceClass).where(ServiceClass.parent == code, ServiceClass.replaced_by.is_(None))
    return list(session.scalars(query.order_by(ServiceClass.code)))


def _path(every: Mapping[str, ServiceClass], code: str | None) -> list[ServiceClass]:
    steps: list[ServiceClass] = []
    while code is not None and code in every and every[code] not in steps:
        steps.append(every[code])
        code = steps[-1].parent
    return steps


def _has_all(steps: list[ServiceClass], words: list[str]) -> bool:
    text = " ".join(_words(each) for each in steps)
    return all(word in text for word in words)


def _words(each: ServiceClass) -> str:
    return f"{each.name} {each.name_en}".casefold()
