"""The designer's script for the tests, built once for a test process."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.api.desk import ROOT

DESIGNER = ROOT / "designer"


def build(folder: Path) -> Path:
    """Build ``designer/tests/roundtrip.js`` into a folder, and answer with the script."""
    ours = ROOT / ".venv" / "bin" / "node"
    node = shutil.which("node") or str(ours)
    vite = DESIGNER / "node_modules" / "vite" / "bin" / "vite.js"
    command = [node, str(vite), "build", "--config", "tests/vite.config.js", "--outDir", str(folder), "--emptyOutDir", "--logLevel", "warn"]
    done = subprocess.run(command, cwd=DESIGNER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "roundtrip.js"


def decoded(xml: bytes) -> str:
    """A diagram as text, by its byte order mark or by what it says of itself: a draft holds it so."""
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = xml.decode("utf-16")
    else:
        declared = re.match(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*encoding=["']([^"']+)""", xml)
        text = xml.decode(declared[1].decode() if declared else "utf-8").lstrip("\ufeff")
    return re.sub(r"""^(<\?xml[^>]*encoding=["'])[^"']*""", r"\1UTF-8", text)
