"""The designer stands on the server and the people of the pages."""

from tests.web.conftest import office, server

__all__ = ["office", "server"]
