"""The circuit breaker: leaves a site that does not answer alone, then asks again by one trial at a time."""

from __future__ import annotations

from collections import deque

FAILURES_IN_A_ROW = 10
"""So many failed attempts in a row open it."""

WINDOW = 40
"""It also opens when half of the last so many attempts failed."""

FIRST_TRIAL = 60.0
"""Seconds until the first trial; each failed one doubles the time to the next."""

LONGEST_TRIAL = 300.0
"""Seconds; a trial of which nothing is heard for so long has failed. A component may have kept its answer to itself."""


class CircuitBreaker:
    """Decides from how attempts ended whether the site may be asked. Times are seconds of a monotonic clock.

    Args:
        patience: how long a site may not answer before the run gives up, in seconds.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self.is_open = False
        self.openings = 0
        """How often it opened."""
        self.next_trial = 0.0
        """When the next trial may go, while it is open."""
        self.is_on_trial = False
        self.trial_ends = 0.0
        """When nobody believes any more in the trial that is on the wire."""
        self._failures = 0
        self._last: deque[bool] = deque(maxlen=WINDOW)
        self.pause = FIRST_TRIAL
        """Seconds between the last two trials."""
        self._silent_since: float | None = None

    def answered(self) -> None:
        """An attempt brought an answer: the breaker closes."""
        self._failures = 0
        self._silent_since = None
        if self.is_open:
            self.is_open = self.is_on_trial = False
            self._last.clear()
        self._last.append(True)

    def failed(self, now: float) -> None:
        """An attempt failed: no answer, a 5xx or 429, or a refusal (401, 403, 451)."""
        if self._silent_since is None:
            self._silent_since = now
        self._failures += 1
        self._last.append(False)
        if self.is_on_trial:
            self.is_on_trial = False
            self.openings = max(1, self.openings)
            self.pause *= 2
            self.next_trial = now + self.pause
        elif not self.is_open and (self._failures >= FAILURES_IN_A_ROW or self._half_failed()):
            self.is_open = True
            self.openings += 1
            self.pause = FIRST_TRIAL
            self.next_trial = now + self.pause

    def adopt(self, now: float, wait: float, pause: float) -> None:
        """Another run has opened it: a trial may go after so many seconds, and each further one after twice the pause.

        Args:
            now: the time.
            wait: seconds until the next trial.
            pause: seconds between the last two.
        """
        self._silent_since = now if self._silent_since is None else self._silent_since
        self.openings += wait > 0 and not self.is_open  # a trial that may go at once disturbs no run if it succeeds
        self.is_open, self.is_on_trial = True, False
        self.next_trial, self.pause = now + wait, pause

    def start_trial(self, now: float) -> None:
        """A request goes while the breaker is open; no other goes until it ends."""
        self.is_on_trial = True
        self.trial_ends = now + LONGEST_TRIAL

    def patience_left(self, now: float) -> float:
        """The seconds left to wait for an answer."""
        return self.patience if self._silent_since is None else self._silent_since + self.patience - now

    def has_given_up(self, now: float) -> bool:
        """Whether the next trial would come after the patience is over."""
        return self.is_open and not self.is_on_trial and self.next_trial - now > self.patience_left(now)

    def _half_failed(self) -> bool:
        return len(self._last) == WINDOW and self._last.count(False) * 2 >= WINDOW
