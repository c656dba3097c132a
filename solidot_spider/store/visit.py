"""A visit: what became of one id in one run, with the page that came and the record that was made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from solidot_spider.base.outcome import Outcome
from solidot_spider.store.raw_pages import RawPage


@dataclass(frozen=True, slots=True)
class Visit:
    """What a run heard of an id.

    Attributes:
        sid: the story id.
        at: when the answer came, UTC, ISO 8601.
        outcome: what became of it.
        reason: why, where it is not ``stored``.
        status: the answer's HTTP status; None where none came.
        page: the page, where one came that is worth keeping (``stored`` and ``unparsed``).
        record: the record, as ``item.check`` gives it; with ``stored`` only.
    """

    sid: int
    at: str
    outcome: Outcome
    reason: str = ""
    status: int | None = None
    page: RawPage | None = None
    record: dict[str, Any] | None = None
