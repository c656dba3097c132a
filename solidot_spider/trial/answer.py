"""What the site answers to one request, before it goes on the wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body, and the headers that matter; without a ``content_type`` the header is left out."""

    body: bytes
    status: int = 200
    content_type: str | None = HTML
    headers: tuple[tuple[str, str], ...] = ()


class Answers(Protocol):
    """A site, however it comes by its pages."""

    def now(self) -> datetime:
        """The site's time."""

    def answer(self, path: str, host: str = "") -> Answer:
        """The answer to a path with its query; ``host`` chooses the section."""

    def story(self, sid: int) -> Answer:
        """The page of a story, or whatever stands in its place."""

    def home(self, host: str = "") -> Answer:
        """The home page, or a section's."""


def not_found() -> Answer:
    """A plain 404."""
    return Answer("<html><body><h1>404</h1>没有这个页面</body></html>".encode(), 404)
