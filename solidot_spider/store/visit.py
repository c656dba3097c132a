"""Defines a visit: the outcome of one id in one run, with its page and the record made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solidot_spider.base.outcome import Outcome
from solidot_spider.store.pages.raw_pages import RawPage


@dataclass(frozen=True, slots=True)
class Visit:
    """The outcome of one id in one run.

    Attributes:
        sid: the story id.
        at: when the answer came, UTC, ISO 8601.
        outcome: the outcome.
        reason: why, unless the id is ``stored``.
        status: the answer's HTTP status; None if no answer came.
        page: the page, if it is worth keeping (``stored`` and ``unparsed``).
        record: the record as ``items.check`` gives it; only if the id is ``stored``.
        is_imported: whether nobody asked the site, and the page came from a file.
    """

    sid: int
    at: str
    outcome: Outcome
    reason: str = ""
    status: int | None = None
    page: RawPage | None = None
    record: dict[str, Any] | None = None
    is_imported: bool = False
