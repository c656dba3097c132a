"""Decides whether a run goes on before each id, and settles what is open after the last."""

from __future__ import annotations

from solidot_spider.base.outcome import CHANGED_SITE, HOME_FOR_ALL, NOT_WRITTEN
from solidot_spider.crawl.control import Fetch, Health
from solidot_spider.crawl.session import Session
from solidot_spider.middlewares.rate_limiter import RateLimiter


def cap(session: Session, limiter: RateLimiter) -> str:
    """Why nothing more is asked; '' while requests may go."""
    limit = session.arguments.limit
    if session.recorder.store_error:
        return NOT_WRITTEN
    if limiter.ended:
        return limiter.ended
    if limit is not None and session.asked >= limit:
        return f"limit={limit} reached"
    return limiter.expired


def is_capped(session: Session) -> bool:
    """Whether a limit that the user set ended the run, and the same run, repeated, goes on with what is left.

    A run that asks settled ids begins anew.
    """
    return session.stopped.startswith(("limit=", "minutes=")) and not session.asks_all


def has_work(session: Session) -> bool:
    """Whether a run has anything to ask: ids, or known answers that prove what a killed run left."""
    return bool(session.plan.sids.ranges) or (session.proof is not None and session.proof.is_owed)


async def must_stop(session: Session, limiter: RateLimiter, fetch: Fetch) -> bool:
    """Whether the run stops here: a cap is reached, a control finds the site not well, or it seems changed.

    Args:
        session: the run's session.
        limiter: its rate limiter.
        fetch: fetches controls and known answers.
    """
    session.stopped = session.stopped or cap(session, limiter)
    if not session.stopped and session.recorder.is_control_due:
        health = await session.recorder.confirm(fetch)
        session.stopped = HOME_FOR_ALL if health is Health.ILL else ""
    if not session.stopped and session.proof is not None:
        may_go_on = await session.proof.before_next(fetch)
        session.stopped = cap(session, limiter) if may_go_on else CHANGED_SITE
    return bool(session.stopped)


async def settle(session: Session, limiter: RateLimiter, fetch: Fetch) -> None:
    """Wait for what is in flight, confirm what is missing, and prove what was stored.

    Args:
        session: the run's session.
        limiter: its rate limiter.
        fetch: fetches controls and known answers.
    """
    await session.recorder.all_received()
    health = await session.recorder.confirm(fetch)
    session.recorder.judge_withdrawals()
    is_well = health is Health.WELL and session.stopped != HOME_FOR_ALL
    if session.proof is not None and is_well and not limiter.over:
        await session.proof.after_last(fetch)
