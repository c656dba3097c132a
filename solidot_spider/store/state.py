"""Defines what the store knows of an id, and how a visit changes it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from solidot_spider.base import clock
from solidot_spider.base.outcome import SITE_ILL, Outcome
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store.visit import Visit

WITHDRAWN_AFTER = timedelta(hours=24)
"""A stored story is withdrawn if it is ``missing`` again so long after it was first ``missing``."""


class SidState(NamedTuple):
    """The row of an id in the table ``sids``; times are UTC, ISO 8601.

    Attributes:
        sid: the story id.
        outcome: its last outcome.
        reason: why.
        at: when.
        run_id: in which run.
        parser_version: the parser version that ``unparsed_runs`` counts for.
        unparsed_runs: how many runs of that version could not parse its page since it was last settled.
        missing_since: the first ``missing`` since the id was last stored.
    """

    sid: int
    outcome: str
    reason: str
    at: str
    run_id: int
    parser_version: int
    unparsed_runs: int
    missing_since: str | None

    @classmethod
    def after_visit(cls, before: SidState | None, visit: Visit, run_id: int) -> SidState:
        """The state after a visit.

        Args:
            before: the state before it; None if the id was never visited.
            visit: the visit.
            run_id: the number of the visit's run.
        """
        runs = before.unparsed_runs if before and before.parser_version == PARSER_VERSION else 0
        missing_since = before.missing_since if before else None
        if visit.outcome is Outcome.STORED:
            runs, missing_since = 0, None
        elif visit.outcome is Outcome.MISSING:
            runs, missing_since = 0, min(missing_since or visit.at, visit.at)  # a clock may have been ahead
        elif visit.outcome is Outcome.UNPARSED and visit.reason not in SITE_ILL:
            runs += 1
        return cls(visit.sid, str(visit.outcome), visit.reason, visit.at, run_id, PARSER_VERSION, runs, missing_since)

    @property
    def is_known_unparsed(self) -> bool:
        """Whether this parser version failed to parse the id's page before."""
        return self.unparsed_runs > 0 and self.parser_version == PARSER_VERSION

    @property
    def is_missing(self) -> bool:
        """Whether the site had no such story when it was last asked."""
        return self.outcome == Outcome.MISSING

    @property
    def is_withdrawn(self) -> bool:
        """Whether the id, if it was a story, is gone for good: ``missing`` twice, a day or more apart."""
        return (
            self.outcome == Outcome.MISSING
            and self.missing_since is not None
            and clock.parsed(self.at) - clock.parsed(self.missing_since) >= WITHDRAWN_AFTER
        )


class Newest(NamedTuple):
    """The newest stored story, and the lowest sid that may be recent.

    Attributes:
        sid: the newest story.
        recent_from: the first sid above all stories that are published too long before the newest one; 1 if no story
            is that old, since then any id may be recent.
    """

    sid: int
    recent_from: int
