"""What people set for themselves: their language, their keys, their password."""

from sqlalchemy.orm import Session

from bpm import access, clock, org
from bpm.access import Actor
from bpm.errors import LANGUAGES, N_, ForbiddenError, InvalidError
from bpm.models.org import User

SHORTEST_PASSWORD = 10


class SettingsRefusedError(InvalidError):
    """A setting of one's own is not right: ``fields`` says which, and why."""

    code = "settings-refused"


def who(session: Session, actor: Actor) -> User:
    """The user behind an actor. Raises ForbiddenError for the system and for customers."""
    if actor.user_id is None:
        raise ForbiddenError
    return org.user(session, actor.user_id)


def name_of(session: Session, login: str | None, language: str) -> str:
    """The name behind a login in a reader's language; the login itself where nobody has it."""
    user = org.named(session, login) if login else None
    return org.name_in(user, language) if user is not None else login or ""


def set_preferences(session: Session, actor: Actor, *, language: str, shortcuts: bool) -> User:
    """Keep the language of the pages, and whether single letters are keys. Raises SettingsRefusedError."""
    if language not in LANGUAGES:
        raise SettingsRefusedError(fields={"language": N_("This is not one of the choices.")})
    user = who(session, actor)
    user.language, user.shortcuts = language, shortcuts
    return user


def change_password(session: Session, actor: Actor, old: str, new: str, again: str, address: str) -> None:
    """Exchange one's password; every other login stays open. Raises SettingsRefusedError, TooManyTriesError."""
    wrong: dict[str, str] = {}
    try:
        access.check_password(session, actor.login, old, address, clock.wall())
    except access.LoginFailedError:
        wrong["old"] = N_("This is not your current password.")
    if len(new) < SHORTEST_PASSWORD:
        wrong["new"] = N_("Take at least {shortest} characters.")
    if new != again:
        wrong["again"] = N_("The two new passwords differ.")
    if wrong:
        raise SettingsRefusedError(fields=wrong, shortest=SHORTEST_PASSWORD)
    who(session, actor).password_hash = access.hash_password(new)
