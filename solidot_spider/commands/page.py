"""``solidot page``: writes the kept page of one story out, as it came."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from solidot_spider.base.console import Console
from solidot_spider.base.outcome import OK
from solidot_spider.commands import kept_page
from solidot_spider.commands.verb import Verb, add_settings, one_sid


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("sid", type=one_sid, metavar="SID", help="the story")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to (default: standard output)")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the page; the exit status."""
    from solidot_spider.base.files import replacing

    found = kept_page.newest(arguments)
    if isinstance(found, int):
        return found
    row, data = found
    if arguments.out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return OK
    with replacing(arguments.out) as file:
        file.write(data)
    Console().print(f"{arguments.out}: {len(data):,} bytes, fetched at {row.fetched_at} from {row.answered}")
    return OK


VERB = Verb(
    "page",
    "write the kept page of one story out, as it came",
    "Writes the newest kept page of a story, byte for byte as the site sent it, into a file or to standard output.",
    "solidot page 79532 --out 79532.html",
    declare,
    run,
)
