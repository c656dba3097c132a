"""``python -m solidot_spider.trial``: the trial server as a process of its own."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from solidot_spider.trial import options
from solidot_spider.trial.journal import Journal
from solidot_spider.trial.server import HOST, TrialServer

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM, SIGINT or, where asked for, the end of standard input."""
    words = options.parser()
    given = words.parse_args(arguments)
    try:
        now = options.watch(given.clock)
        site, plan = options.site(given, now), options.plan(given.faults)
        log = Journal(given.log) if given.log else None
    except (OSError, ValueError) as error:
        words.error(str(error))
    server = TrialServer(site, faults=plan, latency=given.latency, log=log, gzip=given.gzip)
    with log or nullcontext():
        serve(server, given.port, until_eof=given.until_eof)
    return 0


def serve(server: TrialServer, port: int, *, until_eof: bool) -> None:
    """Runs the reactor; the base URL is told once SIGTERM would end it in good order."""
    from twisted.internet import reactor as installed  # noqa: PLC0415 - naming it installs one

    reactor: Any = installed
    url = f"http://{HOST}:{server.listen(port)}"
    reactor.callWhenRunning(print, url, flush=True)
    if until_eof:
        threading.Thread(target=_await_eof, args=(reactor,), daemon=True).start()
    reactor.run()


def _await_eof(reactor: Any) -> None:
    # Not sys.stdin: its lock would be held at exit by this thread, which the interpreter takes ill.
    while os.read(0, 4096):
        pass
    reactor.callFromThread(reactor.stop)


if __name__ == "__main__":
    sys.exit(main())
