"""Lets a run share its turns with all other runs on its store, and its end with the store's."""

from __future__ import annotations

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import NOT_WRITTEN
from solidot_spider.crawl.session import Session
from solidot_spider.middlewares.rate_limiter import RateLimiter
from solidot_spider.middlewares.shared_turns import SharedTurns
from solidot_spider.store.errors import StoreError


def share(session: Session, limiter: RateLimiter, chosen: Options) -> None:
    """Take turns with all runs on the store, if there is one; its commits hurry when the run is to end.

    Args:
        session: the run's session.
        limiter: its rate limiter.
        chosen: the program's options. Without a back-off a run does not wait for another run's breaker either: its
            first request is the trial.
    """
    store, commits = session.store, session.recorder.commits
    if store is None or commits is None:
        return

    def failed(error: StoreError) -> None:
        commits.fail(error)
        limiter.end(NOT_WRITTEN)

    limiter.at_end.append(commits.hurry)
    limiter.turns = SharedTurns(store, chosen.site_url, failed, skips_trial=not chosen.backoff)
