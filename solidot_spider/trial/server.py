"""Serves a trial site over HTTP on the loopback interface."""

from __future__ import annotations

from typing import Any

from twisted.web.http import HTTPChannel, HTTPFactory, Request

from solidot_spider.trial import wire
from solidot_spider.trial.answer import METHODS, not_allowed
from solidot_spider.trial.site import Site

HOST = "127.0.0.1"


def listen(site: Site, port: int = 0) -> int:
    """Begin to serve in the reactor of this process; the port, for 0 a free one."""
    # Naming the reactor installs one, which the caller may choose before.
    from twisted.internet import reactor as installed  # noqa: PLC0415

    reactor: Any = installed
    return int(reactor.listenTCP(port, Factory(site, reactor), interface=HOST).getHost().port)


class Exchange(Request):
    """One request and its answer."""

    channel: Any

    def process(self) -> None:
        """Answer the request."""
        site: Site = self.channel.factory.site
        host = (self.getHeader(b"host") or b"").decode("latin-1")
        path = self.uri.decode("latin-1")
        wire.send(self, site.answer(path, host) if self.method in METHODS else not_allowed())


class Channel(HTTPChannel):
    """A connection."""

    requestFactory = Exchange  # noqa: N815 - the base class's name


class Factory(HTTPFactory):
    """Makes the connections of one site."""

    protocol = Channel  # type: ignore[assignment] # without Twisted's proxy that also speaks HTTP/2
    noisy = False

    def __init__(self, site: Site, reactor: Any) -> None:
        super().__init__(reactor=reactor)
        self.site = site

    def log(self, request: Request) -> None:
        """Write nothing."""
