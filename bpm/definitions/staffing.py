"""Who is named in a drawing: units, functions, roles, people and calendars that the organisation has, and whoever did a drawn step."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import calendars, org
from bpm.assigning import STARTER
from bpm.definitions import drawings
from bpm.definitions.sorting import CALLED
from bpm.errors import N_, Finding
from bpm.models.org import Membership, Unit, User


@dataclass(frozen=True, slots=True)
class Posts:
    """What a drawing may name: codes and functions of units, roles, city codes, logins, codes of calendars."""

    units: frozenset[str]
    roles: frozenset[str]
    cities: frozenset[str]
    logins: frozenset[str]
    calendars: frozenset[str]


def known_posts(session: Session) -> Posts:
    """What the organisation has at this moment."""
    units = session.execute(select(Unit.code, Unit.function, Unit.city)).all()
    return Posts(
        units=frozenset(word for code, function, _ in units for word in (code, function) if word),
        roles=frozenset({*org.ROLES, *session.scalars(select(Membership.role).distinct())}),
        cities=frozenset(city for _, _, city in units if city),
        logins=frozenset(session.scalars(select(User.login).where(User.active))),
        calendars=frozenset(calendars.all(session)),
    )


_SENTENCES = {
    "unit": N_("“{step}” goes to the unit “{name}”, which does not exist."),
    "role": N_("“{step}” goes to the role “{name}”, which nobody has here."),
    "city": N_("“{step}” goes to the city “{name}”, which does not exist."),
    "user": N_("“{step}” goes to “{name}”, and nobody here has this login."),
    "calendar": N_("“{step}” counts by the calendar “{name}”, which does not exist."),
}
_DOERS = {
    "sameAs": N_("“{step}” goes to whoever did “{name}”, and people do no step of this id."),
    "exclude": N_("“{step}” must go to another person than “{name}”, which is neither a step that people do nor a login."),
    "managerOf": N_("“{step}” goes to the manager of “{name}”, which is neither a step that people do nor a login."),
}

_WARNS = ("step", "calendar")


def check(files: Mapping[str, bytes], posts: Posts) -> Iterator[Finding]:
    """What the drawings say of who does a step, where it is written out and there is no such unit, role, city, person or step.

    A step may stand in a process that calls this one, which is not here, and without its calendar a limit counts in the unit's hours: that
    they are missing is a warning.
    """
    drawn = {file: drawings.read(file, content) for file, content in files.items() if file.endswith(".bpmn")}
    steps = frozenset[str]().union(*(drawing.steps_of_people for drawing in drawn.values()))
    known = {"unit": posts.units, "role": posts.roles, "city": posts.cities, "user": posts.logins, "step": steps}
    known["calendar"] = posts.calendars
    known |= {"exclude": steps | posts.logins | {STARTER}, "managerOf": steps | posts.logins | {STARTER}}
    for file, post in ((file, post) for file, drawing in drawn.items() if not file.startswith(CALLED) for post in drawing.posts):
        if post.name not in known.get(post.attribute, known[post.kind]):
            facts = {"step": post.drawn_name, "name": post.name, "attribute": post.attribute}
            sentence = _DOERS.get(post.attribute) or _SENTENCES[post.kind]
            yield Finding("warning" if post.kind in _WARNS else "error", file, post.element, f"unknown-{post.kind}", sentence, facts)
