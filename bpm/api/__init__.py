"""REST under /api/v1: one file a chapter. What a chapter of the platform decides is not decided again here."""

from typing import Any

from flask import Flask
from flask_smorest import Api  # type: ignore[import-untyped]

from bpm.api import (
    attachments,
    comparisons,
    definitions,
    demo_clock,
    deployments,
    designer,
    drafts,
    expressions,
    forms,
    health,
    incidents,
    instances,
    messages,
    notices,
    outlook,
    tables,
    tasks,
    trial,
    trial_calls,
    work_orders,
)
from bpm.api.chapter import PREFIX
from bpm.api.schemas.base import ProblemShape

_CHAPTERS = (
    comparisons,
    deployments,
    definitions,
    drafts,
    designer,
    expressions,
    trial_calls,
    forms,
    outlook,
    instances,
    messages,
    tasks,
    work_orders,
    attachments,
    notices,
    incidents,
    demo_clock,
    trial,
    tables,
)

_SPEC: dict[str, Any] = {
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "python app.py token USER prints one"},
            "session": {"type": "apiKey", "in": "cookie", "name": "baton_session", "description": "With the header X-CSRF-Token on writes"},
        }
    },
    "security": [{"token": []}, {"session": []}],
}


class _Rest(Api):  # type: ignore[misc]
    """Errors are told by ``request``, for pages and programs alike; here they are only documented."""

    ERROR_SCHEMA = ProblemShape

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        """Document errors under the media type that they have; what is answered otherwise is plain JSON."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = "application/problem+json"
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE


def register(app: Flask) -> None:
    """Add the API to an application to which ``request.register`` was applied, with ``settings`` and ``connectors`` in its extensions."""
    app.config.update(
        API_TITLE="Baton",
        API_VERSION="v1",
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS=_SPEC,
    )
    rest = _Rest(app)
    for module in _CHAPTERS:
        rest.register_blueprint(module.chapter, name=f"api_{module.chapter.name}")  # the pages have chapters of the same names
    app.register_blueprint(health.chapter)
