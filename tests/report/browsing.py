"""Opens a page from disk in a real Chromium, and notes what a page must not do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here; .ci/chromium installs Debian's")
PHONE, DESKTOP = 390, 1280


@dataclass
class Opened:
    """A page that is open, what it asked for, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as program:
        browser = program.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, width: int = DESKTOP, scheme: Any = "light", **options: Any
) -> Iterator[Opened]:
    """A page from disk, in a window of this width; all of its sections are laid out."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **options)
    made = Opened(context.new_page())
    made.page.on("request", lambda request: made.requests.append(request.url))
    made.page.on("console", lambda message: made.complaints.append(f"{message.type}: {message.text}"))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("dialog", lambda dialog: made.complaints.append(dialog.message))
    made.page.goto(file.as_uri())
    yield made
    context.close()
