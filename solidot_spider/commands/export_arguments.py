"""The options of ``solidot export`` that select stories and fields."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from solidot_spider.export.selection import Selection


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    chosen = parser.add_argument_group("which stories, and what of them")
    chosen.add_argument("--since", metavar="DAY", help="published on this day in Beijing or later")
    chosen.add_argument("--until", metavar="DAY", help="published on this day in Beijing or earlier")
    chosen.add_argument("--sids", metavar="SIDS", help="ids and ranges with commas, @FILE with one a line, or @-")
    chosen.add_argument("--topic", default="", metavar="TOPIC", help="of this topic, by its number or its name")
    chosen.add_argument("--editor", default="", metavar="EDITOR", help="of this editor, by uid or name")
    chosen.add_argument("--fields", metavar="NAMES", help="only these fields, with commas; sid is always there")
    chosen.add_argument(
        "--without", default="", metavar="WHAT", help="withdrawn (stories that the site has no more), comments, or both"
    )
    chosen.add_argument(
        "--with",
        default="",
        dest="also",
        metavar="WHAT",
        help="revisions: a table of what edits changed, in a directory",
    )


def declare_deltas(parser: argparse.ArgumentParser) -> None:
    """Add the options of deltas."""
    deltas = parser.add_argument_group("only what has changed")
    deltas.add_argument(
        "--changed-since",
        metavar="WHEN",
        help="a delta: what is new, changed, withdrawn, back, fetched again or removed since a run (its name), a time "
        "(a day in Beijing, or 2024-10-18T22:58:00+08:00), or a dataset (its directory)",
    )
    deltas.add_argument(
        "--apply", nargs="+", type=Path, metavar="DELTA", help="without the store: apply these deltas, in their order"
    )
    deltas.add_argument("--to", type=Path, metavar="OLD", help="the dataset that --apply begins with")


def selection(arguments: argparse.Namespace) -> Selection:
    """What the options select.

    Raises:
        ArgumentError: a value is wrong.
        ExportError: a value is wrong.
    """
    from solidot_spider.base import sids
    from solidot_spider.export.selection import Selection

    since, until = _day("--since", arguments.since), _day("--until", arguments.until)
    if since and until and since > until:
        raise sids.ArgumentError(f"--since {since} is later than --until {until}; swap them")
    left_out = _left_out(arguments.without)
    return Selection(
        None if arguments.sids is None else sids.parse(arguments.sids),
        since,
        until,
        arguments.topic.strip(),
        arguments.editor.strip(),
        _fields(arguments.fields, left_out),
        "withdrawn" not in left_out,
        revisions=_has_revisions(arguments.also),
    )


def is_selection(arguments: argparse.Namespace) -> bool:
    """Whether an option selects stories or fields."""
    names = ("since", "until", "sids", "topic", "editor", "fields", "without", "also")
    return any(getattr(arguments, name) for name in names)


def _day(name: str, text: str | None) -> date | None:
    from solidot_spider.base import clock
    from solidot_spider.crawl import days

    return None if text is None else days.parse(name, text, clock.now())


def _has_revisions(text: str) -> bool:
    from solidot_spider.export.errors import ExportError
    from solidot_spider.export.revisions import REVISIONS

    if text.strip() not in ("", REVISIONS):
        raise ExportError(f"--with {text}: there is no such table; give {REVISIONS}")
    return bool(text.strip())


def _left_out(text: str) -> list[str]:
    from solidot_spider.export.errors import ExportError
    from solidot_spider.export.selection import COMMENTS

    names = [each.strip() for each in text.split(",")] if text else []
    bad = [each for each in names if each not in ("withdrawn", COMMENTS)]
    if bad:
        raise ExportError(f"--without {text}: not {bad[0]!r}; give withdrawn, comments, or both with a comma")
    return names


def _fields(text: str | None, left_out: list[str]) -> tuple[str, ...]:
    from solidot_spider.export.errors import ExportError
    from solidot_spider.export.selection import FIELDS, KEY

    names = FIELDS if text is None else [each.strip() for each in text.split(",")]
    bad = [each for each in names if each not in FIELDS]
    if bad:
        raise ExportError(f"--fields {text}: a record has no field {bad[0]!r}; give {', '.join(FIELDS)}")
    return tuple(each for each in FIELDS if each == KEY or (each in names and each not in left_out))
