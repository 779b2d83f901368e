"""Pages: rendered on the server, read with or without script. A page parses, asks a chapter and shows; no rule stands here."""

from flask import Flask

from bpm.web import (
    comparisons,
    complaints,
    definitions,
    designer,
    errors,
    form_preview,
    frame,
    inbox,
    incidents,
    intake,
    login,
    notices,
    orders,
    profile,
    tracking,
    wording,
)


def register(app: Flask) -> None:
    """Serve every page. ``bpm.request`` must have been registered before."""
    wording.compile_stale()
    for chapter in (login, inbox, intake, orders, incidents, complaints, tracking, definitions, designer, comparisons, notices, profile):
        app.register_blueprint(chapter.blueprint)
    frame.dress(app)
    app.extensions["baton-draw-form"] = form_preview.draw  # for the API's preview of forms: see bpm.api.forms
    errors.register(app)
