"""Tells when the site was asked last, and how long it asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from msgspec import Struct
from sqlalchemy import Connection

from solidot_spider.base import clock
from solidot_spider.store import politeness


class SiteTimes(Struct):
    """What all runs on a store keep to; times are ISO 8601 in UTC, of the database's clock."""

    site: str
    """The site, or the mirror of it, that was asked last."""
    asked_at: str | None
    held_until: str | None
    """Until when it asks to be left alone (``Retry-After``); null if it does not."""
    breaker_until: str | None
    """When a request may try whether it answers again; null unless it answers to none."""
    crawl_delay: float
    """The gap between two requests that robots.txt asks for, in seconds; 0 for none."""
    robots_at: str | None
    """When robots.txt was read last."""

    @classmethod
    def read(cls, connection: Connection) -> Self | None:
        """Those of the site that was asked last; None if none was."""
        found = politeness.latest(connection)
        if found is None:
            return None
        row, now = found
        return cls(
            row.site,
            _iso(row.asked_at),
            _iso(row.held_until) if row.held_until > now else None,
            _iso(row.trial_at) if row.pause else None,
            row.crawl_delay,
            _iso(row.robots_at),
        )


def _iso(seconds: float | None) -> str | None:
    return None if seconds is None else clock.iso(datetime.fromtimestamp(seconds, UTC))
