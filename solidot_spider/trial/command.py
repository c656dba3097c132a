"""The command line of the trial site, and the process that serves it."""

from __future__ import annotations

import argparse
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from solidot_spider.base.clock import ClockError
from solidot_spider.trial import clock, server
from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories

EXAMPLE = """example:
  python -m solidot_spider.trial --port 8000 --clock 2025-11-08T12:00:00+08:00

The first line on standard output is the base URL; SIGTERM ends the server."""


def main(words: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM, SIGINT or, with ``--until-eof``, the end of standard input."""
    parser = argparse.ArgumentParser(
        "python -m solidot_spider.trial",
        description="Serves a small Solidot of invented stories on 127.0.0.1.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    options = parser.parse_args(words)
    try:
        site = Site(builtin_stories(), clock.pinned(options.clock))
    except ClockError as error:
        parser.error(str(error))
    run(lambda: server.listen(site, options.port), until_eof=options.until_eof)
    return 0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that each server of the site has."""
    parser.add_argument("--port", type=int, default=0, help="0: a free one (default)")
    parser.add_argument("--clock", metavar="FILE_OR_TIME", help="the site's time; a file is read at each request")
    parser.add_argument(
        "--until-eof", action="store_true", help="stop when standard input ends, as when the parent dies"
    )


def run(listen: Callable[[], int], *, until_eof: bool) -> None:
    """Run the reactor; the base URL is printed when SIGTERM would end it in good order.

    Args:
        listen: begins to serve, and returns the port.
        until_eof: stop when standard input ends.
    """
    from twisted.internet import reactor as installed  # noqa: PLC0415 - naming it installs one

    reactor: Any = installed
    url = f"http://{server.HOST}:{listen()}"
    reactor.callWhenRunning(print, url, flush=True)
    if until_eof:
        threading.Thread(target=_await_eof, args=(reactor,), daemon=True).start()
    reactor.run()


def _await_eof(reactor: Any) -> None:
    # Not sys.stdin: this thread would hold its lock when the interpreter ends, which is a fatal error.
    while os.read(0, 4096):
        pass
    reactor.callFromThread(reactor.stop)
