"""``solidot probe``: asks for a few known pages, and shows whether the parser still fits the site."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import USAGE
from solidot_spider.commands import places
from solidot_spider.commands.verb import CRAWL, Verb, add_settings


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("--expect", type=Path, metavar="FILE", help="known stories other than those of the live site")
    parser.add_argument("--save", type=Path, metavar="DIR", help="keep all responses there, for a report")
    parser.add_argument("--skeleton", action="store_true", help="show the skeleton of a story's page in any case")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Probe; the exit status."""
    from solidot_spider.probe import check

    if why := places.problem():
        return refuse(why, USAGE)
    return check.main(arguments.expect, arguments.save, dict(arguments.settings), shows_skeleton=arguments.skeleton)


VERB = Verb(
    "probe",
    "ask for a few known pages, and show whether the parser still fits the site",
    "Asks for robots.txt, the home page, the feed, known stories, three that the store has and an id that never "
    "existed, at a crawl's pace, and says of each part: found, not found, or differs; if something is not as expected, "
    "it shows the skeleton of a story's page. It writes only what --save asks for. Exit status: 0 all found, 3 "
    "something is not as expected, 1 no answer.",
    "solidot probe --save probe-pages",
    declare,
    run,
    CRAWL,
)
