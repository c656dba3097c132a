"""``solidot extract``: prints the record of a page that was saved, or of one story that is asked for."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import OK, TROUBLE, USAGE
from solidot_spider.commands import output
from solidot_spider.commands.verb import LOOK, Verb

STANDARD_INPUT = "-"


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("page", metavar="FILE|URL", help="a saved page, - for standard input, or a story's address")
    parser.add_argument("--url", metavar="URL", help="the address that answered; by default the story's own")
    parser.add_argument(
        "--sid", type=int, metavar="N", help="the story that was asked for; by default what the page says"
    )
    parser.add_argument(
        "--fetched-at",
        metavar="TIME",
        help="when the page was fetched, with an offset; by default when FILE was written",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the record; the exit status."""
    if "://" in arguments.page:
        return _asked(arguments)
    try:
        return _saved(arguments)
    except OSError as error:
        return refuse(f"{arguments.page}: {error.strerror or error}", TROUBLE)


def _asked(arguments: argparse.Namespace) -> int:
    """Ask one story by the rules of a crawl, without a store, and print its record."""
    import tempfile

    from solidot_spider.base import options, site
    from solidot_spider.commands import scrapy_words
    from solidot_spider.crawl import report

    sid, home = site.asked_sid(arguments.page), options.load().site_url
    is_ours = site.linked_sid(arguments.page) == sid or arguments.page.startswith(f"{home}/")
    if sid is None or not is_ours:
        return refuse(f"{arguments.page} is no story of {home}; give one such as {site.story_url(79532, home)}", USAGE)
    if arguments.url or arguments.sid is not None or arguments.fetched_at:
        return refuse("--url, --sid and --fetched-at are for a saved page: leave them out", USAGE)
    with tempfile.TemporaryDirectory(prefix="solidot-extract-") as data:
        report_file = Path(data, "report.json")
        given = ("SOLIDOT_DATABASE_URL=none", f"SOLIDOT_DATA_DIR={data}")
        settings = [word for each in given for word in ("-s", each)]
        words = ["-o", "-", "--quiet", "--report", str(report_file), *settings]
        status = scrapy_words.run(["crawl", "story", "-a", f"sid={sid}", *words])
        if status == OK and not report.load(report_file.read_bytes()).counts.get("stored"):
            return refuse(f"{arguments.page}: the site has no such story", TROUBLE)
        return status


def _saved(arguments: argparse.Namespace) -> int:
    from solidot_spider import items
    from solidot_spider.base import site
    from solidot_spider.parsing import statements
    from solidot_spider.parsing.document import Document
    from solidot_spider.record import record

    data = _read(arguments.page)
    sid = arguments.sid
    if sid is None:
        sid = site.asked_sid(arguments.url or "") or statements.named_sid(Document(data))
    if sid is None:
        return refuse(f"{arguments.page}: the page names no story; give --sid N, the one that was asked for", USAGE)
    if not 1 <= sid <= site.MAX_SID:
        return refuse(f"--sid {sid}: no story id; ids are 1 to {site.MAX_SID:,}", USAGE)
    fetched_at = _time(arguments)
    if fetched_at is None:
        return refuse(
            f"--fetched-at {arguments.fetched_at}: no time with an offset, such as 2024-10-18T22:58:00+08:00", USAGE
        )
    made = record(data, arguments.url or site.story_url(sid), fetched_at, sid)
    if not isinstance(made, items.Story):
        return refuse(f"{arguments.page}: story {sid} is {type(made).__name__.lower()}: {made.reason}", TROUBLE)
    return output.json_lines([items.line(made).decode()])


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()


def _time(arguments: argparse.Namespace) -> datetime | None:
    """When the page was fetched; None if what was given is no time."""
    from solidot_spider.base import clock

    if arguments.fetched_at:
        try:
            return clock.pinned_time(arguments.fetched_at)
        except clock.ClockError:
            return None
    if arguments.page == STANDARD_INPUT:
        return clock.now()
    return datetime.fromtimestamp(Path(arguments.page).stat().st_mtime, clock.BEIJING)


VERB = Verb(
    "extract",
    "print the record of a saved page, or of one story that is asked for",
    "Prints the record of a page as a line of JSON; no store is touched. A URL is asked by the rules of a crawl, "
    "robots.txt first. Exit status 1: the page gives no record; the reason is told.",
    "solidot extract saved.html | jq .title\ncurl … | solidot extract - --sid 79532",
    declare,
    run,
    LOOK,
)
