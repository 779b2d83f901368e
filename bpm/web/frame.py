"""What every page shares: the frame around it, its assets, its security headers, and how a write is answered."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import flask_babel
from flask import Flask, Response, current_app, flash, make_response, redirect, render_template, url_for
from flask import request as http
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from bpm import clock, customers, definitions, drafts, incidents, intake, notices, queues, timeline
from bpm.access import Actor
from bpm.errors import N_, BatonError, ConflictError
from bpm.models.definition import Definition
from bpm.models.org import Unit, User
from bpm.models.work_order import Attachment
from bpm.request import LANGUAGE_COOKIE, csrf_token, language, now, roll_back, session, status_of, visitor
from bpm.web import fields, results, stories, words
from bpm.web.speech import gettext

STATIC = Path(__file__).parent / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_REFUSED = 400
A_YEAR = 365 * 24 * 3600

_NAVIGATION: tuple[tuple[str, str, str, str, tuple[str, ...]], ...] = (
    ("inbox", "inbox.page", "inbox", N_("Inbox"), ()),
    ("intake", "intake.page", "headset", N_("Intake"), intake.DESK),
    ("orders", "orders.listing", "clipboard-list", N_("Orders"), ()),
    ("incidents", "incidents.listing", "alert-triangle", N_("Incidents"), incidents.MENDERS),
    ("flows", "flows.listing", "sitemap", N_("Flows"), drafts.READERS),
)
"""Key, endpoint, icon, word, and the roles that may see it (none: everybody)."""


def dress(app: Flask) -> None:
    """Give templates their words, and every page its headers."""
    app.jinja_options = {**app.jinja_options, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.install_gettext_callables(flask_babel.gettext, flask_babel.ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        icon=icon,
        asset=asset,
        words=words,
        label=words.label,
        csrf_field=csrf_field,
        csrf_token=csrf_token,
        zone=clock.zone,
        say=say,
        are_short=fields.are_short,
        in_groups=fields.in_groups,
        rung_word=stories.rung_word,
        zh=_drawn,
    )
    app.jinja_env.filters.update(
        moment=words.moment_of,
        day=words.day_of,
        date=words.date_of,
        time=words.time_of,
        masked=customers.masked,
        anchor=timeline.anchor,
        name=words.name_of,
        left=words.left,
        fault_name=stories.fault_name,
        fault_sentence=stories.fault_sentence,
        ways_out=incidents.ways_out,
        passing_over=stories.passing_over,
        wants_values=stories.wants_values,
        result_fields=results.fields_of,
        result_example=results.example,
    )
    app.jinja_env.filters.update(with_word=_with_word, as_choice=_as_choice, as_place=_as_place, as_flow=_as_flow)
    app.context_processor(_surroundings)
    app.after_request_funcs.setdefault(None, []).insert(0, _protect)  # the first is called last: after an error of the commit, too
    encrypted = app.extensions["settings"].url.startswith("https:")
    app.config.update(SESSION_COOKIE_NAME="baton_told", SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=encrypted)


def icon(name: str, words_for: str | None = None) -> Markup:
    """An icon of the sprite; decoration unless it has words of its own."""
    told = Markup('role="img" aria-label="{}"').format(words_for) if words_for else Markup('aria-hidden="true"')
    return Markup('<svg class="icon" {}><use href="{}#{}"/></svg>').format(told, asset("built/icons.svg"), name)


def asset(name: str) -> str:
    """The address of an asset, with its content's hash: browsers keep it for a year and never an old one."""
    return url_for("static", filename=name, v=_digest(name, (STATIC / name).stat().st_mtime_ns))


@cache
def _digest(name: str, _changed: int) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def _with_word(code: str, kind: str) -> tuple[str, str]:
    return code, words.label(kind, code)


def _as_choice(user: User) -> tuple[str, str]:
    return user.login, words.name_of(user)


def _as_place(unit: Unit) -> tuple[str, str]:
    return unit.code, words.name_of(unit)


def _as_flow(definition: Definition) -> tuple[str, str]:
    return definition.key, _drawn(definition.id, definition.name)


def _drawn(definition_id: UUID, chinese: str) -> str:
    """A text of a drawing in the reader's language."""
    return definitions.text(session(), definition_id, chinese, language())


def csrf_field() -> Markup:
    """The secret that a form sends back."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(csrf_token())


def say(text: str, facts: dict[str, Any]) -> str:
    """A stored sentence (English ``str.format`` text and its facts) in the reader's language."""
    return gettext(text).format(**facts)


def tell(error: BatonError) -> str:
    """The sentence of an error in the reader's language."""
    return say(error.sentence, error.facts)


def _surroundings() -> dict[str, Any]:
    actor = visitor()
    frame: dict[str, Any] = {"actor": actor, "lang": language(), "html_lang": "zh-CN" if language() == "zh" else "en", "now": now()}
    if actor is not None and http.headers.get("HX-Target", "main") == "main":
        frame |= {
            "navigation": _navigation(actor),
            "waiting": queues.counts(session(), actor, now())["mine"],
            "unread": notices.unread(session(), actor),
        }
    return frame


def _navigation(actor: Actor) -> list[tuple[str, str, str, str]]:
    open_to = (place for place in _NAVIGATION if not place[-1] or actor.plays(place[-1]))
    return [(key, url_for(endpoint), ic, gettext(word)) for key, endpoint, ic, word, _ in open_to]


def wants(target: str) -> bool:
    """Tell whether only this part of the page is asked for."""
    return http.headers.get("HX-Target") == target


def show(template: str, status: int = 200, **facts: Any) -> Response:
    """Render a page. One that is drawn again because of an error keeps the address it was on."""
    response = make_response(render_template(template, **facts), status)
    if status >= _REFUSED:
        response.headers["HX-Push-Url"] = "false"
    return response


def done(text: str, to: str, undo: str | None = None) -> Answer:
    """Say what was done on the page that comes next; ``undo`` is the address that takes it back."""
    flash({"text": text, "undo": undo}, "toast")  # type: ignore[arg-type]  # any JSON will do
    return redirect(to, 303)


def download(file: Attachment) -> Response:
    """A file as a download: never shown as a page, whatever it calls itself."""
    response = make_response(file.content)
    response.mimetype = "application/octet-stream"
    response.headers.set("Content-Disposition", "attachment", filename=file.name)
    return response


def back(fallback: str) -> str:
    """The page the reader came from, where that is one of ours."""
    came_from = urlsplit(http.form.get("back") or http.headers.get("HX-Current-URL") or http.referrer or "")
    if is_ours(came_from.path) and came_from.netloc in ("", http.host):
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    return fallback


def is_ours(address: str) -> bool:
    """Tell whether an address is a path on this server, and no browser would take it for anything else."""
    return address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()


def remember_language(response: Answer, wish: str) -> None:
    """Let this browser be answered in a language where nobody is logged in, or nobody can be asked who is."""
    response.set_cookie(LANGUAGE_COOKIE, wish, max_age=A_YEAR, samesite="Lax", httponly=True, secure=is_encrypted())


def is_encrypted() -> bool:
    """Tell whether people come here over TLS, as far as this server or its settings know."""
    return http.is_secure or current_app.extensions["settings"].url.startswith("https:")


def refused(error: BatonError) -> int:
    """Undo what a refused command has done so far; the status of the page that is drawn again, from what is kept."""
    roll_back()
    return status_of(error)


def keeps_page(error: BatonError) -> bool:
    """Tell whether a script is to keep its page: nothing has changed since, so that what was typed there still holds."""
    return bool(http.headers.get("HX-Request")) and not isinstance(error, ConflictError)


def _protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        if name not in response.headers:
            response.headers.add(name, value)
    if http.endpoint == "static":
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
    if response.mimetype == "text/html":
        response.headers["Vary"] = "HX-Target, Cookie, Accept-Language"
    elif response.mimetype == "application/xml":
        response.headers["Content-Disposition"] = "attachment"  # a drawing is read by our script, and never a page of its own
    if http.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    return response
