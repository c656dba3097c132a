"""Defines what a file of saved pages gives: a page that may become a record, or something that is left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from solidot_spider.base.origins import Origin
from solidot_spider.base.outcome import Outcome

SKIPPED: Final = "skipped"
"""What becomes of what is no page of a story, by rule: nothing is wrong with it."""

Fate = Literal[Outcome.MISSING, Outcome.REFUSED, Outcome.FAILED, Outcome.UNPARSED, "skipped"]

LARGEST = 4 * 1024 * 1024
"""Bytes that a page may have: no more than a crawl takes."""

TOO_LARGE = f"larger than {LARGEST // 1024 // 1024} MiB"
CUT_SHORT = "cut short"


@dataclass(frozen=True, slots=True)
class Capture:
    """A page that somebody saved.

    Attributes:
        where: the file, and the place in it, for a person.
        origin: ``warc``, ``html`` or ``markdown``; of a WARC that we have written the one that its record had.
        data: the page's bytes, decoded.
        sid: the story that was asked for; None if only the page can tell.
        fetched_at: when; None if only the page can tell.
        asked: the address that was asked for; '' for the story's own.
        answered: the address that answered; '' for the story's own.
        status: the HTTP status; 0 if it is not known.
        headers: the answer's headers in their order.
        withdrawn_at: when the site was first seen to have the story no more, which only a WARC of ours knows.
    """

    where: str
    origin: Origin
    data: bytes
    sid: int | None
    fetched_at: datetime | None
    asked: str = ""
    answered: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    withdrawn_at: str | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Something that gives no record.

    Attributes:
        where: the file, and the place in it, for a person.
        fate: what it would be called in a crawl, or ``SKIPPED``.
        reason: why.
        sid: the story; None if nobody knows.
    """

    where: str
    fate: Fate
    reason: str
    sid: int | None = None
