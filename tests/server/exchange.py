"""One request on the wire: counted, logged, and answered well or badly."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from twisted.internet.protocol import connectionDone
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel, HTTPFactory, Request

from solidot_spider.trial import wire
from solidot_spider.trial.answer import METHODS, Answer, not_allowed
from tests.server import faults
from tests.server.arrival import Arrival
from tests.server.behaviour import Behaviour
from tests.server.mangle import mangled
from tests.server.plan import Seen
from tests.server.spoil import spoil


class Exchange(Request):
    """One request and its answer."""

    gone = False
    """Whether the client hung up."""
    channel: Any

    @property
    def reactor(self) -> Any:
        """The reactor that this request came in."""
        return self.channel.factory.reactor

    def process(self) -> None:
        """Log the request and answer it, or do what the plan says."""
        arrived = time.monotonic()
        behaviour: Behaviour = self.channel.factory.behaviour
        path, host = self.uri.decode("latin-1"), self._said(b"host")
        seen, rule = behaviour.see(path)
        answer = self._answer(behaviour, seen, rule, host)
        if behaviour.log:
            behaviour.log(self._entry(arrived, seen, rule, host, answer))
        delay = behaviour.latency + (rule.seconds if isinstance(rule, faults.Delay) else 0.0)
        if delay:
            self.reactor.callLater(delay, self._finish, behaviour, rule, answer)
        else:
            self._finish(behaviour, rule, answer)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - the base class's name
        """Remember that the client hung up."""
        self.gone = True
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _answer(self, behaviour: Behaviour, seen: Seen, rule: faults.Rule | None, host: str) -> Answer:
        if self.method not in METHODS:
            return not_allowed()
        if rule is None:
            return behaviour.site.answer(seen.path, host)
        return mangled(rule, seen, behaviour.site, host)

    def _finish(self, behaviour: Behaviour, rule: faults.Rule | None, answer: Answer) -> None:
        if self.gone:
            return
        if rule is None or not spoil(rule, self, answer):
            packed = behaviour.gzip and bool(answer.body) and "gzip" in self._said(b"accept-encoding")
            wire.send(self, answer, packed=packed)

    def _entry(self, arrived: float, seen: Seen, rule: faults.Rule | None, host: str, answer: Answer) -> dict[str, Any]:
        silent = isinstance(rule, faults.Reset | faults.Silence)
        return {
            "time": arrived,
            "after": self.channel.asked_after(),
            "wall": datetime.now(UTC).isoformat(),
            "method": self.method.decode("latin-1"),
            "path": seen.path,
            "host": host,
            "peer": f"{self.client.host}:{self.client.port}",
            "user_agent": self._said(b"user-agent"),
            "status": None if silent else answer.status,
            "fault": rule and rule.__struct_config__.tag,
            "sid": seen.sid,
            "attempt": seen.attempt,
        }

    def _said(self, header: bytes) -> str:
        value = self.getHeader(header)
        return value.decode("latin-1") if value else ""


class Channel(HTTPChannel):
    """A connection that its factory knows, so that the server can drop it."""

    factory: Any
    opened: float | None = None
    """Before the connection came, until its first request."""
    requestFactory = Exchange  # noqa: N815 - the base class's name

    def connectionMade(self) -> None:  # noqa: N802 - the base class's name
        """Register with the factory."""
        self.factory.channels.add(self)
        self.opened = self.factory.arrival.earliest
        super().connectionMade()  # type: ignore[no-untyped-call]

    def asked_after(self) -> float:
        """A monotonic time before which the client did nothing for the present request, not even connect."""
        opened, self.opened = self.opened, None
        return self.factory.arrival.earliest if opened is None else opened

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        """Leave the factory."""
        self.factory.channels.discard(self)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]


class Factory(HTTPFactory):
    """Makes the connections of one server."""

    protocol = Channel  # type: ignore[assignment] # without Twisted's proxy that also speaks HTTP/2
    noisy = False

    def __init__(self, behaviour: Behaviour, reactor: Any) -> None:
        super().__init__(reactor=reactor)
        self.behaviour = behaviour
        self.arrival = Arrival(reactor)
        self.channels: set[Any] = set()

    def log(self, request: Request) -> None:
        """Write nothing: the server has a log of its own."""
