"""A person's own settings: language, single-letter keys, password, who stands in."""

from flask import Blueprint, url_for
from flask import request as http
from flask_babel import refresh
from werkzeug.wrappers import Response

from bpm import org, people
from bpm.errors import InvalidError
from bpm.request import actor, forget, language, session
from bpm.web import frame
from bpm.web.speech import gettext

blueprint = Blueprint("profile", __name__)


@blueprint.get("/profile")
def page() -> Response:
    """Show the settings."""
    return _draw()


def _draw(status: int = 200, problems: dict[str, str] | None = None) -> Response:
    me = actor()
    places = [(org.unit(session(), queue.partition(":")[0]), queue.rpartition(":")[2]) for queue in me.queues]
    return frame.show("profile.html", status, places=places, problems=problems or {}, known=people.who(session(), me))


@blueprint.post("/profile")
def save() -> Response:
    """Keep language and keys."""
    people.set_preferences(session(), actor(), language=http.form.get("language", "zh"), shortcuts="shortcuts" in http.form)
    forget()
    refresh()
    response = frame.done(gettext("Your settings are saved."), url_for("profile.page"))
    frame.remember_language(response, language())
    return response


@blueprint.post("/profile/password")
def change_password() -> Response:
    """Exchange the password."""
    given = http.form
    try:
        people.change_password(
            session(), actor(), given.get("old", ""), given.get("new", ""), given.get("again", ""), http.remote_addr or ""
        )
    except InvalidError as error:
        fields = error.facts.get("fields", {})
        return _draw(frame.refused(error), {name: frame.say(text, error.facts) for name, text in fields.items()})
    return frame.done(gettext("Your password is changed."), url_for("profile.page"))
