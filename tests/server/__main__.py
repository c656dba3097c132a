"""``python -m tests.server`` serves the trial site with its faults."""

from __future__ import annotations

from contextlib import nullcontext

from solidot_spider.trial import clock, command
from tests.server import options
from tests.server.behaviour import Behaviour
from tests.server.journal import Journal
from tests.server.plan import PlanFile
from tests.server.server import Server


def main() -> None:
    words = options.parser()
    given = words.parse_args()
    try:
        site = options.site(given, clock.pinned(given.clock))
        plan = PlanFile(given.faults) if given.faults else None
        log = Journal(given.log) if given.log else None
    except (OSError, ValueError) as error:
        words.error(str(error))
    behaviour = Behaviour(site, faults=plan, latency=given.latency, log=log, gzip=given.gzip)
    with log or nullcontext():
        command.run(lambda: Server(behaviour, given.port).port, until_eof=given.until_eof)


if __name__ == "__main__":
    main()
