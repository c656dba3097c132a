"""The command line of the tests' server."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from solidot_spider.trial.clock import Clock
from solidot_spider.trial.command import add_options
from solidot_spider.trial.site import ROBOTS
from solidot_spider.trial.stories import Stories, builtin_stories
from tests.server.answers import Answers, VariedSite
from tests.server.directory import PagesDirectory
from tests.server.generated import generated, lively

EXAMPLE = """example:
  echo '[{"action": "status", "status": 503, "attempts": [1, 1]}]' > faults.json
  python -m tests.server --port 8000 --clock 2025-11-08T12:00:00+08:00 --faults faults.json

The first line on standard output is the base URL; SIGTERM ends the server."""


def parser() -> argparse.ArgumentParser:
    """The options of the command line."""
    words = argparse.ArgumentParser(
        "python -m tests.server",
        description="Serves a small Solidot of invented stories on 127.0.0.1, and fails by a plan.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = words.add_argument
    add_options(words)
    add(
        "--stories",
        default="builtin",
        metavar="builtin|generated:N|lively:N",
        help="those that come along, N made up, or N that are edited, commented on and withdrawn",
    )
    add("--first", type=int, default=1, metavar="SID", help="sid of the oldest generated story (default 1)")
    add("--per-day", type=int, metavar="N", help="generated stories a day (default: 9, more from 5,400 on)")
    add(
        "--step",
        type=int,
        default=1,
        metavar="N",
        help="distance of generated sids; the ids between never existed",
    )
    add("--latency", type=float, default=0.0, metavar="S", help="seconds before each answer")
    add("--faults", type=Path, metavar="FILE", help="fault plan (JSON), read again when it changes")
    add("--robots", type=Path, metavar="FILE", help="robots.txt to serve")
    add(
        "--missing",
        choices=("home", "redirect", "404"),
        default="home",
        help="answer of an id that never existed",
    )
    add("--feed-size", type=int, default=20, metavar="N", help="items of /index.rss (default 20)")
    add("--pages", type=Path, metavar="DIR", help="serve DIR/<sid>.html.gz as the stories' pages")
    add(
        "--lists",
        type=Path,
        metavar="DIR",
        help="with --pages: home.html.gz, issue-YYYYMMDD.html.gz, index.rss …",
    )
    add("--log", type=Path, metavar="FILE", help="append an entry for each request (JSON Lines)")
    add("--still", action="store_true", help="let views and sayings not move from fetch to fetch")
    add("--gzip", action="store_true", help="pack pages for clients that accept it")
    return words


def site(options: argparse.Namespace, now: Clock) -> Answers:
    """The site that the options describe.

    Raises:
        ValueError: an option's value is not allowed; the sentence says what is.
        OSError: a file cannot be read.
    """
    robots = options.robots.read_bytes() if options.robots else ROBOTS
    inner = VariedSite(
        stories(options), now, missing=options.missing, robots=robots, feed_size=options.feed_size, still=options.still
    )
    for directory in filter(None, (options.pages, options.lists)):
        if not directory.is_dir():
            raise ValueError(f"{directory} is no directory")
    if options.lists and not options.pages:
        raise ValueError("--lists goes with --pages only")
    return PagesDirectory(options.pages, inner, options.lists) if options.pages else inner


def stories(options: argparse.Namespace) -> Stories:
    """The stories that the options name."""
    if options.stories == "builtin":
        return builtin_stories()
    found = re.fullmatch(r"(generated|lively):([1-9][0-9]{0,7})", options.stories)
    if not found:
        raise ValueError(f"--stories {options.stories}: not builtin, generated:N or lively:N, as in generated:1000")
    if min(options.first, options.step, options.per_day or 1) < 1:
        raise ValueError("--first, --step and --per-day are whole numbers from 1 on")
    if found[1] == "lively":
        return lively(int(found[2]), options.first, per_day=options.per_day)
    return generated(int(found[2]), options.first, per_day=options.per_day, step=options.step)
