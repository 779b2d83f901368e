"""The browser with which programs look at our pages: the one of this machine, else the one that Playwright brings."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def browser() -> Iterator[Browser]:
    """Open a browser without a window, and close it afterwards."""
    names = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    with sync_playwright() as playwright:
        as_root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox does not run as root
        opened = playwright.chromium.launch(executable_path=next(filter(None, names), None), args=as_root)
        yield opened
        opened.close()
