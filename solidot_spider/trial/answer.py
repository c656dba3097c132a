"""What the site answers to one request."""

from __future__ import annotations

from dataclasses import dataclass

HTML = "text/html; charset=utf-8"
XML = "text/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
METHODS = frozenset({b"GET", b"HEAD"})
"""The methods that the site knows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body, and the headers that matter; without a ``content_type`` that header is left out."""

    body: bytes
    status: int = 200
    content_type: str | None = HTML
    headers: tuple[tuple[str, str], ...] = ()


def not_found() -> Answer:
    """A plain 404."""
    return Answer("<html><body><h1>404</h1>没有这个页面</body></html>".encode(), 404)


def not_allowed() -> Answer:
    """A 405, for a method that is not one of ``METHODS``."""
    return Answer(b"", 405, headers=(("Allow", "GET, HEAD"),))
