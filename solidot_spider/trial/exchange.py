"""One request on the wire: seen, logged, and answered or spoilt."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from twisted.internet.protocol import connectionDone
from twisted.web.http import HTTPChannel, HTTPFactory, Request

from solidot_spider.trial import faults, wire
from solidot_spider.trial.answer import Answer
from solidot_spider.trial.mangle import mangled

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from solidot_spider.trial.plan import Seen
    from solidot_spider.trial.server import TrialServer


class Exchange(Request):
    """One request and its answer."""

    gone = False
    """Whether the client hung up."""
    channel: Any

    @property
    def reactor(self) -> Any:
        """What keeps the time."""
        return self.channel.factory.reactor

    def process(self) -> None:
        """Logs the request and answers it, or does what the plan says."""
        arrived = time.monotonic()
        server: TrialServer = self.channel.factory.server
        path, host = self.uri.decode("latin-1"), self._said(b"host")
        seen, rule = server.see(path)
        answer = self._answer(server, seen, rule, host)
        if server.log:
            server.log(self._entry(arrived, seen, rule, host, answer))
        delay = server.latency + (rule.seconds if isinstance(rule, faults.Delay) else 0.0)
        if delay:
            self.reactor.callLater(delay, self._finish, server, rule, answer)
        else:
            self._finish(server, rule, answer)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802 - the base class's name
        """Remembers that nobody listens any more."""
        self.gone = True
        super().connectionLost(reason)  # type: ignore[no-untyped-call]

    def _answer(self, server: TrialServer, seen: Seen, rule: faults.Rule | None, host: str) -> Answer:
        if self.method not in {b"GET", b"HEAD"}:
            return Answer(b"", 405, headers=(("Allow", "GET, HEAD"),))
        if rule is None:
            return server.site.answer(seen.path, host)
        return mangled(rule, seen, server.site, host)

    def _finish(self, server: TrialServer, rule: faults.Rule | None, answer: Answer) -> None:
        if self.gone:
            return
        if rule is None or not wire.spoil(rule, self, answer):
            packed = server.gzip and bool(answer.body) and "gzip" in self._said(b"accept-encoding")
            wire.send(self, answer, packed=packed)

    def _entry(self, arrived: float, seen: Seen, rule: faults.Rule | None, host: str, answer: Answer) -> dict[str, Any]:
        silent = isinstance(rule, faults.Reset | faults.Silence)
        return {
            "time": arrived,
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
    """A connection that its server knows of, so that it can drop it."""

    factory: Any
    requestFactory = Exchange  # noqa: N815 - the base class's name

    def connectionMade(self) -> None:  # noqa: N802 - the base class's name
        """Signs on."""
        self.factory.server.channels.add(self)
        super().connectionMade()  # type: ignore[no-untyped-call]

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802
        """Signs off."""
        self.factory.server.channels.discard(self)
        super().connectionLost(reason)  # type: ignore[no-untyped-call]


class Factory(HTTPFactory):
    """Makes the connections of one server."""

    protocol = Channel  # type: ignore[assignment] # without Twisted's proxy that also speaks HTTP/2
    noisy = False

    def __init__(self, server: TrialServer, reactor: Any) -> None:
        super().__init__(reactor=reactor)
        self.server = server

    def log(self, request: Request) -> None:
        """Nothing: the server keeps its own log."""
