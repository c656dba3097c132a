"""What the server does with each request: the site that it serves, and the fault plan, latency and log around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from solidot_spider.trial.site import sid_of
from tests.server.answers import Answers
from tests.server.faults import Rule
from tests.server.plan import Plan, Seen


class Behaviour:
    """A site and what is wrong with it.

    Args:
        site: where the pages come from.
        faults: the plan, or a function that returns the plan of the moment.
        latency: seconds before each answer.
        log: called with an entry for each request, before it is answered.
        gzip: whether pages are compressed for clients that accept it.
    """

    def __init__(
        self,
        site: Answers,
        *,
        faults: Plan | Callable[[], Plan] | None = None,
        latency: float = 0.0,
        log: Callable[[dict[str, Any]], None] | None = None,
        gzip: bool = False,
    ) -> None:
        self.site = site
        self.latency = latency
        self.log = log
        self.gzip = gzip
        plan = faults or Plan()
        self._faults: Callable[[], Plan] = (lambda: plan) if isinstance(plan, Plan) else plan
        self._take(self._faults())

    def see(self, path: str) -> tuple[Seen, Rule | None]:
        """Count a request; what is known of it, and the rule that applies to it."""
        plan = self._faults()
        if plan is not self._plan:
            self._take(plan)
        self._requests += 1
        attempt = self._attempts[path] = self._attempts.get(path, 0) + 1
        elapsed = time.monotonic() - self._since
        seen = Seen(path, sid_of(path), attempt, self._requests, elapsed, self.site.now())
        return seen, plan.match(seen)

    def _take(self, plan: Plan) -> None:
        """Follow a new plan: all counts begin again."""
        self._plan = plan
        self._since = time.monotonic()
        self._requests = 0
        self._attempts: dict[str, int] = {}
