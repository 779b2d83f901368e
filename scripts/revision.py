"""Write the next revision of the tables from what the code says: ``python -m scripts.revision "what changes"``.

It compares with a real PostgreSQL, started for the purpose: SQLite cannot tell which indexes with an order it has.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import flask_migrate

import app
from bpm.models.database import db
from bpm.settings import read
from scripts import postgres

VERSIONS = app.ROOT / "migrations" / "versions"


def main(message: str) -> None:
    """Write ``migrations/versions/NNNN_message.py``, to be read and corrected by whoever asked for it."""
    with tempfile.TemporaryDirectory() as folder:
        server = postgres.start(Path(folder) / "postgres")
        baton = app.create_app(read({"BATON_DATA": folder, "BATON_DATABASE_URL": server.get_uri()}))
        with baton.app_context():
            flask_migrate.upgrade()
            flask_migrate.migrate(message=message, rev_id=f"{len(list(VERSIONS.glob('*.py'))) + 1:04d}")
            db.engine.dispose()
        server.cleanup()
    for path in VERSIONS.glob("*.py"):
        path.write_text(re.sub(r"^ *# ### .*\n", "", path.read_text(), flags=re.MULTILINE))
    subprocess.run([sys.executable, "-m", "ruff", "format", "--quiet", str(VERSIONS)], check=True)  # noqa: S603 -- our own tool


if __name__ == "__main__":
    main(sys.argv[1])
