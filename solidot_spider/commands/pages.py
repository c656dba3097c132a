"""``solidot pages``: tells what the kept pages are and take, packs them better, drops old ones."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, HELD, OK, USAGE
from solidot_spider.commands.verb import Verb, add_settings, store_options

if TYPE_CHECKING:
    from solidot_spider.store.pages.page_stock import Stock
    from solidot_spider.store.store import Store

ACTIONS = ("pack", "prune")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=ACTIONS,
        help="pack: pack all pages with the best dictionary; prune: drop old pages, never the newest of an id",
    )
    parser.add_argument("--json", action="store_true", help="tell it as one JSON object")
    parser.add_argument("--older-than", type=_number, metavar="DAYS", help="prune: those fetched longer ago")
    parser.add_argument("--keep", type=_number, metavar="N", help="prune: those behind the N newest of each id")
    parser.add_argument("--dry-run", action="store_true", help="prune: drop nothing, tell how many it would be")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Tell, pack or drop; the exit status."""
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.lock.errors import LockedError

    if wrong := _wrong(arguments):
        return refuse(wrong, USAGE)
    try:
        return {"pack": _pack, "prune": _prune, None: _tell}[arguments.action](arguments)
    except LockedError as error:
        return refuse(str(error), HELD)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)


def _wrong(arguments: argparse.Namespace) -> str:
    """Why the options do not go together; '' if they do."""
    limits = arguments.older_than is not None or arguments.keep is not None
    if arguments.action == "prune" and not limits:
        return "pages prune needs --older-than DAYS, --keep N, or both: a page goes if it is both"
    if arguments.action != "prune" and (limits or arguments.dry_run):
        return "--older-than, --keep and --dry-run go with `pages prune`"
    return "--json goes with `pages` alone" if arguments.action and arguments.json else ""


def _tell(arguments: argparse.Namespace) -> int:
    import msgspec

    from solidot_spider.store.pages.page_stock import Stock
    from solidot_spider.store.store import Store

    with Store.opened(store_options(arguments)) as store, store.reading() as connection:
        stock = Stock.of(connection)
    if arguments.json:
        print(msgspec.json.format(msgspec.json.encode(stock), indent=2).decode())
    else:
        print("\n".join(_lines(stock)))
    return OK


def _lines(stock: Stock) -> Iterator[str]:
    if not stock.pages:
        yield "no page is kept"
        return
    oldest, newest = (stock.oldest or "")[:10], (stock.newest or "")[:10]
    yield f"{stock.pages:,} pages of {stock.ids:,} ids, fetched from {oldest} to {newest}"
    yield f"{stock.unparsed:,} of them could not be parsed; {stock.superseded:,} are not the newest of their id"
    raw, packed = _size(stock.raw), _size(stock.packed)
    each_id = f"{stock.packed / stock.ids:,.0f} bytes an id"
    yield f"{raw}, packed {packed}, {each_id}, and {_size(stock.dictionaries)} of dictionaries"
    for each in stock.packings:
        how = "no dictionary" if each.dictionary is None else f"dictionary {each.dictionary}"
        yield f"{each.codec}, {how}: {each.pages:,} pages, {each.packed / each.pages:,.0f} bytes each"


def _size(count: float) -> str:
    from solidot_spider.commands.status_lines import size

    return size(count)


def _pack(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from solidot_spider.store.pages import page_pruning, page_repacking
    from solidot_spider.store.store import Store

    with Store.opened(store_options(arguments)) as store, store.hold(f"pages-pack-{os.getpid()}"):
        count, before = 0, _packed(store)
        is_quiet = not sys.stderr.isatty()
        with tqdm(desc="pack", unit=" pages", leave=False, dynamic_ncols=True, disable=is_quiet) as bar:
            for each in page_repacking.pack(store):
                count += each
                bar.update(each)
        page_pruning.give_room_back(store)
        Console().print(f"{count:,} pages packed again: {_size(before)} → {_size(_packed(store))}")
    return OK


def _packed(store: Store) -> int:
    from solidot_spider.store.pages.page_stock import Stock

    with store.reading() as connection:
        return Stock.of(connection).packed


def _prune(arguments: argparse.Namespace) -> int:
    from contextlib import nullcontext
    from datetime import timedelta

    from solidot_spider.base import clock
    from solidot_spider.store.pages import page_pruning
    from solidot_spider.store.store import Store

    days, keep, is_dry = arguments.older_than, arguments.keep or 1, arguments.dry_run
    before = None if days is None else clock.iso(clock.now() - timedelta(days=days))
    with (
        Store.opened(store_options(arguments)) as store,
        nullcontext() if is_dry else store.hold(f"pages-prune-{os.getpid()}"),
    ):
        with store.reading() as connection:
            found = page_pruning.old_pages(connection, before, keep)
        if not is_dry and found:
            page_pruning.drop(store, found)
            page_pruning.give_room_back(store)
    size = _size(sum(each.size for each in found))
    Console().print(f"{len(found):,} pages {'would be ' if is_dry else ''}dropped, {size}")
    return OK


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 99999")
    return int(text)


VERB = Verb(
    "pages",
    "tell what the kept pages are and take, pack them better, drop old ones",
    "Tells how many pages are kept, of how many ids, since when, and what they take. `pack` packs all with the best "
    "dictionary that the store's own pages make; `prune` drops old pages, never the newest of an id or the one that "
    "its record was made of.",
    "solidot pages prune --older-than 365 --dry-run",
    declare,
    run,
)
