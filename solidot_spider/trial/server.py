"""The server: a site, a fault plan, a latency and a log, on a port of the loopback interface."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from solidot_spider.trial.exchange import Factory
from solidot_spider.trial.plan import Plan, Seen
from solidot_spider.trial.site import sid_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from twisted.internet.defer import Deferred

    from solidot_spider.trial.answer import Answers
    from solidot_spider.trial.faults import Rule

HOST = "127.0.0.1"


class TrialServer:
    """Serves a site in a running reactor.

    Args:
        site: where the pages come from.
        faults: the plan, or what gives the plan of the moment.
        latency: seconds before each answer.
        log: called with an entry for each request, before it is answered.
        gzip: whether pages are packed for clients that take it.
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
        self.channels: set[Any] = set()
        plan = faults or Plan()
        self._faults: Callable[[], Plan] = (lambda: plan) if isinstance(plan, Plan) else plan
        self._take(self._faults())
        self._port: Any = None

    def listen(self, port: int = 0, reactor: Any = None) -> int:
        """Begins to serve, by default in the reactor of this process; the port, for 0 a free one."""
        if reactor is None:
            # Naming the reactor installs one, which is the caller's to choose before.
            from twisted.internet import reactor as running  # noqa: PLC0415

            reactor = running
        self._port = reactor.listenTCP(port, Factory(self, reactor), interface=HOST)
        return int(self._port.getHost().port)

    def stop(self) -> Deferred[None]:
        """Stops serving and drops every open connection."""
        for channel in list(self.channels):
            channel.transport.abortConnection()
        stopped: Deferred[None] = self._port.stopListening()
        return stopped

    def see(self, path: str) -> tuple[Seen, Rule | None]:
        """Counts a request; what is known of it, and the rule that it falls under."""
        plan = self._faults()
        if plan is not self._plan:
            self._take(plan)
        self._requests += 1
        attempt = self._attempts[path] = self._attempts.get(path, 0) + 1
        elapsed = time.monotonic() - self._since
        seen = Seen(path, sid_of(path), attempt, self._requests, elapsed, self.site.now())
        return seen, plan.match(seen)

    def _take(self, plan: Plan) -> None:
        self._plan = plan
        self._since = time.monotonic()
        self._requests = 0
        self._attempts: dict[str, int] = {}
