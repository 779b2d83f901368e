"""Who is named in a drawing: units, functions and roles that the organisation has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bpm import org
from bpm.definitions import drawings
from bpm.definitions.sorting import CALLED
from bpm.errors import N_, Finding
from bpm.models.org import Membership, Unit, User


@dataclass(frozen=True, slots=True)
class Posts:
    """What a drawing may name: codes and functions of units, roles, city codes, logins."""

    units: frozenset[str]
    roles: frozenset[str]
    cities: frozenset[str]
    logins: frozenset[str]


def known_posts(session: Session) -> Posts:
    """What the organisation has at this moment."""
    units = session.execute(select(Unit.code, Unit.function, Unit.city)).all()
    return Posts(
        units=frozenset(word for code, function, _ in units for word in (code, function) if word),
        roles=frozenset({*org.ROLES, *session.scalars(select(Membership.role).distinct())}),
        cities=frozenset(city for _, _, city in units if city),
        logins=frozenset(session.scalars(select(User.login).where(User.active))),
    )


_SENTENCES = {
    "unit": N_("“{step}” goes to the unit “{name}”, which is not there."),
    "role": N_("“{step}” goes to the role “{name}”, which nobody has here."),
    "city": N_("“{step}” goes to the city “{name}”, which is not there."),
    "user": N_("“{step}” goes to “{name}”, and nobody here has this login."),
}


def check(files: Mapping[str, bytes], posts: Posts) -> Iterator[Finding]:
    """What the drawings say of who does a step, where it is written out and there is no such unit, role, city or person."""
    known = {"unit": posts.units, "role": posts.roles, "city": posts.cities, "user": posts.logins}
    for file, content in files.items():
        if not file.endswith(".bpmn") or file.startswith(CALLED):
            continue
        for post in drawings.read(file, content).posts:
            if post.name not in known[post.kind]:
                facts = {"step": post.drawn_name, "name": post.name, "attribute": post.attribute}
                yield Finding("error", file, post.element, f"unknown-{post.kind}", _SENTENCES[post.kind], facts)
