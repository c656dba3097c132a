"""What all runs on a store keep to when they ask the site: the last request, ``Retry-After``, the breaker, a floor.

Times are seconds since 1970 of the database's own clock: machines' clocks differ, and nothing pins this one. A time
after now was written before that clock was set back: all times of the row move with it.
"""

from __future__ import annotations

from typing import NamedTuple, Self

from sqlalchemy import Connection, select, text

from solidot_spider.store import database, schema

LONGEST_PAUSE = 3600.0
"""Seconds between two trials of an open breaker at most: an hourly run may then try at each of its starts."""

_KIND = 0x501D09
_NOW = {
    "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) AS double precision)",
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400",
}


class News(NamedTuple):
    """What a run has heard from the site; None where nothing new is known.

    Attributes:
        held: the seconds that the site asks to be left alone.
        trial: the seconds until an open breaker lets a trial go.
        pause: the seconds between its trials; 0 when it is shut.
        crawl_delay: the gap that robots.txt asks for, in seconds.
        is_asked: whether a request went to the wire later than at its turn.
    """

    held: float | None = None
    trial: float | None = None
    pause: float | None = None
    crawl_delay: float | None = None
    is_asked: bool | None = None

    def joined(self, later: News) -> News:
        """This news, and what came after it."""
        return self._replace(**{name: value for name, value in later._asdict().items() if value is not None})


NOTHING = News()


class Turn(NamedTuple):
    """What a run that wants to ask the site is told, in seconds.

    Attributes:
        wait: until it may want again; 0 if it may ask now, and nobody else may meanwhile.
        held: how long the site asks to be left alone.
        trial: until an open breaker lets a trial go.
        pause: between its trials; 0 while it is shut.
    """

    wait: float = 0.0
    held: float = 0.0
    trial: float = 0.0
    pause: float = 0.0


class SiteState(NamedTuple):
    """A row of ``politeness``."""

    site: str
    at: float = 0.0
    asked_at: float | None = None
    held_until: float = 0.0
    trial_at: float = 0.0
    pause: float = 0.0
    crawl_delay: float = 0.0
    robots_at: float | None = None

    def believed(self, now: float) -> Self:
        """The row without times after now."""
        ahead = max(0.0, self.at - now)
        return self._replace(
            at=self.at - ahead,
            asked_at=None if self.asked_at is None else self.asked_at - ahead,
            held_until=self.held_until - ahead,
            trial_at=self.trial_at - ahead,
            robots_at=None if self.robots_at is None else self.robots_at - ahead,
        )

    def told(self, news: News, now: float) -> Self:
        """The row after news."""
        row = self
        if news.held is not None:
            row = row._replace(held_until=max(row.held_until, now + news.held))
        if news.pause is not None:
            row = row._replace(pause=min(news.pause, LONGEST_PAUSE), trial_at=now + min(news.trial or 0, LONGEST_PAUSE))
        if news.crawl_delay is not None:
            row = row._replace(crawl_delay=news.crawl_delay, robots_at=now)
        return row._replace(asked_at=now) if news.is_asked else row

    def turn(self, gap: float, now: float) -> Turn:
        """What a run is told that keeps this gap to the last request."""
        held = max(0.0, self.held_until - now)
        trial = max(0.0, self.trial_at - now) if self.pause else 0.0
        pace = 0.0 if self.asked_at is None else self.asked_at + max(gap, self.crawl_delay) - now
        return Turn(max(held, trial, pace), held, trial, self.pause)

    def asked(self, now: float) -> Self:
        """The row after a request; while the breaker is open it was a trial, and the next one may not go at once."""
        if not self.pause:
            return self._replace(asked_at=now)
        return self._replace(asked_at=now, trial_at=now + min(2 * self.pause, LONGEST_PAUSE))


def take(connection: Connection, site: str, gap: float, news: News = NOTHING, *, skips_trial: bool = False) -> Turn:
    """Take the turn of the next request, if it may go now.

    Args:
        connection: a transaction that writes.
        site: the site, as ``site.identity`` names it.
        gap: the seconds since the last request of any run.
        news: what the run has heard meanwhile.
        skips_trial: let a trial go at once if the breaker is open.
    """
    before, now = _locked(connection, site)
    row = before.believed(now).told(news, now)
    if skips_trial:
        row = row._replace(trial_at=min(row.trial_at, now))
    turn = row.turn(gap, now)
    _write(connection, before, row if turn.wait > 0 else row.asked(now), now)
    return turn


def look(connection: Connection, site: str, gap: float) -> Turn:
    """What a run is told that keeps this gap to the last request; no turn is taken."""
    row, now = _row(connection, site)
    return row.believed(now).turn(gap, now)


def tell(connection: Connection, site: str, news: News) -> None:
    """Write what a run has heard, in a transaction that writes."""
    before, now = _locked(connection, site)
    _write(connection, before, before.believed(now).told(news, now), now)


def latest(connection: Connection) -> tuple[SiteState, float] | None:
    """What is known of the site that was asked last, and the time now by the same clock; None if none was asked."""
    row = schema.politeness.c
    found = connection.execute(select(schema.politeness).order_by(row.asked_at.desc().nulls_last()).limit(1)).first()
    now = _now(connection)
    return None if found is None else (SiteState(*found).believed(now), now)


def _locked(connection: Connection, site: str) -> tuple[SiteState, float]:
    """The row of a site, which nobody else can change until the transaction ends, and the time now."""
    if connection.dialect.name == "postgresql":  # a row that is not there yet cannot be locked itself
        connection.execute(text("SELECT pg_advisory_xact_lock(:kind, hashtext(:site))"), {"kind": _KIND, "site": site})
    return _row(connection, site)


def _row(connection: Connection, site: str) -> tuple[SiteState, float]:
    found = connection.execute(select(schema.politeness).where(schema.politeness.c.site == site)).first()
    return SiteState(*found) if found else SiteState(site), _now(connection)


def _write(connection: Connection, before: SiteState, after: SiteState, now: float) -> None:
    if after != before:
        statement = database.upsert(connection.dialect.name, schema.politeness)
        connection.execute(statement, after._replace(at=now)._asdict())


def _now(connection: Connection) -> float:
    return float(connection.execute(text(_NOW[connection.dialect.name])).scalar_one())
