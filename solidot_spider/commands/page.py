"""``solidot page``: writes the kept page of one story out, as it came."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE
from solidot_spider.commands.verb import Verb, add_settings, one_sid, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("sid", type=one_sid, metavar="SID", help="the story")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to (default: standard output)")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write the page; the exit status."""
    from solidot_spider.base.files import replacing
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.pages import page_stock
    from solidot_spider.store.pages.page_reader import PageReader
    from solidot_spider.store.pages.raw_pages import CodecError
    from solidot_spider.store.store import Store

    try:
        with Store.opened(store_options(arguments)) as store, store.reading() as connection:
            row = page_stock.newest_page(connection, arguments.sid)
            if row is None:
                return refuse(f"no page of story {arguments.sid} is kept", TROUBLE)
            data = PageReader(connection).data(row.page)
    except CodecError as error:
        return refuse(str(error), TROUBLE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
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
