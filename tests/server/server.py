"""Serves a site with its faults over HTTP on the loopback interface."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from solidot_spider.trial.server import HOST
from tests.server.behaviour import Behaviour
from tests.server.exchange import Factory


class Server:
    """A port of the reactor of this process, which the caller chooses and runs."""

    def __init__(self, behaviour: Behaviour, port: int = 0) -> None:
        # Naming the reactor installs one, which the caller may choose before.
        from twisted.internet import reactor as installed  # noqa: PLC0415

        reactor: Any = installed
        self._factory = Factory(behaviour, reactor)
        self._listening = reactor.listenTCP(port, self._factory, interface=HOST)

    @property
    def port(self) -> int:
        """The port, also if a free one was asked for."""
        return int(self._listening.getHost().port)

    def stop(self) -> Deferred[None]:
        """Stop serving and drop every open connection."""
        self._factory.arrival.stop()
        for channel in list(self._factory.channels):
            channel.transport.abortConnection()
        stopped: Deferred[None] = self._listening.stopListening()
        return stopped
