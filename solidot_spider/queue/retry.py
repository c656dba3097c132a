"""Decides by a job's exit status whether it is tried again, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job
from procrastinate.utils import utcnow

from solidot_spider.base.outcome import HELD, TROUBLE

TRIES = 30
"""By default, with pauses of 1, 2, 4 … minutes, then of an hour each: a day. What lasts longer needs a person."""

PAUSE = 60.0
"""Seconds before the second try, by default; each further pause is twice as long."""

LONGEST = 3600.0
"""Seconds of the longest pause: the site has new stories each hour or two."""

_SIGNALLED = 128
"""Above it, a signal ended the process: the kernel, when memory was short, or a person."""
_STEPS = 20


class Ended(Exception):  # noqa: N818 - how a job ended, which is no error of this program
    """A job ended with another exit status than 0."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class Stopped(Exception):  # noqa: N818 - as above
    """A job was cut off because its worker stops."""


class Policy(NamedTuple):
    """How often a job is tried at most, and the first pause in seconds."""

    tries: int = TRIES
    pause: float = PAUSE

    def wait(self, status: int, before: int) -> float | None:
        """Seconds until the next try; None if there is none.

        Args:
            status: the exit status of this try.
            before: how many tries there were before it.
        """
        goes_over = status in (TROUBLE, HELD) or status > _SIGNALLED
        if not goes_over or before + 1 >= self.tries:
            return None
        return min(self.pause * 2.0 ** min(before, _STEPS), LONGEST)


class ByExitStatus(BaseRetryStrategy):
    """The engine's view of a policy.

    A job that waits for its next try has a lower priority: with the same one it would keep the lock of its site from
    all that came later.
    """

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When a job begins anew; None if a person must look at it."""
        if isinstance(exception, Stopped):
            return RetryDecision(retry_at=utcnow())
        wait = self.policy.wait(exception.status, job.attempts) if isinstance(exception, Ended) else None
        if wait is None:
            return None
        return RetryDecision(retry_at=utcnow() + timedelta(seconds=wait), priority=-1 - job.attempts)
