"""Notices: what one was told, and has read."""

from typing import Any

from bpm import desk, notices
from bpm.api.chapter import Chapter
from bpm.api.schemas.base import ListQuery, page_of, written_page
from bpm.api.schemas.notices import NoticeShape, ReadBody, notice_row
from bpm.request import actor, language, now, session

chapter = Chapter("notices", "What one was told")


@chapter.get("/notices")
@chapter.takes(ListQuery, location="query")
@chapter.answers(200, page_of(NoticeShape))
def page(query: dict[str, Any]) -> dict[str, Any]:
    """List what one was told, read or not, newest first."""
    return _page(**query)


@chapter.post("/notices/read")
@chapter.takes(ReadBody)
@chapter.answers(200, page_of(NoticeShape))
def read(body: dict[str, Any]) -> dict[str, Any]:
    """Mark one notice as read, or all; answers with the newest of them."""
    notices.mark_read(session(), actor(), now(), body.get("id"))
    return _page()


def _page(**query: Any) -> dict[str, Any]:
    return written_page(desk.told(session(), actor(), **query), lambda told: notice_row(told, language()))
