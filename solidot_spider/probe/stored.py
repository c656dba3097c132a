"""Compares a few stories that the store has with what the site says of them now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Any

import msgspec

from solidot_spider import kept_record, record
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.crawl.revisit import OPEN_FOR
from solidot_spider.items import PARSER_VERSION, Story
from solidot_spider.probe.findings import Finding
from solidot_spider.store import changes, sites
from solidot_spider.store.errors import NoStoreError
from solidot_spider.store.pages.page_reader import PageReader
from solidot_spider.store.pages.raw_pages import CodecError
from solidot_spider.store.queries import KnownStory
from solidot_spider.store.store import Store

NUMBER = 3
"""So many stories are compared at most."""

Records = dict[int, dict[str, Any]]
"""Records by sid, as plain values."""


@contextmanager
def opened(chosen: Options) -> Iterator[Store | None]:
    """The store of the site inside a ``with`` block; None if there is none, or it is another site's.

    Raises:
        StoreError: there is a store, and it cannot be read.
    """
    if not chosen.has_store:
        yield None
        return
    with ExitStack() as stack:
        try:
            store = stack.enter_context(Store.opened(chosen))
        except NoStoreError:
            yield None
            return
        yield store if sites.is_of(store, chosen.mirror_of or chosen.site_url) else None


def load(chosen: Options) -> Records:
    """The records of a few stories that change no more, else of the oldest; none without a store of this site.

    Args:
        chosen: the program's options.

    Raises:
        StoreError: there is a store, and it cannot be read.
    """
    with opened(chosen) as store:
        if store is None:
            return {}
        with store.snapshot() as view:
            known = view.known(clock.now() - OPEN_FOR, NUMBER)
            return {each.sid: found for each in known if (found := _record(each, view.pages)) is not None}


def _record(known: KnownStory, pages: PageReader) -> dict[str, Any] | None:
    """A story's record as today's parser makes it; None if its page is needed for that and gives none."""
    if known.parser_version == PARSER_VERSION:
        found: dict[str, Any] = msgspec.json.decode(known.record)
        return found
    page = known.page
    if page is None:
        return None
    try:
        data = pages.data(page)
    except CodecError:
        return None
    return kept_record.reparse(data, page.answered, datetime.fromisoformat(page.fetched_at), known.sid, page.origin)


def check(data: bytes, url: str, stored: dict[str, Any]) -> Iterator[Finding]:
    """Findings on the fields of a story that an edit would change, and on comments that are gone.

    Args:
        data: the page as it came.
        url: the address that answered.
        stored: the story's record as it was stored.
    """
    made = record.record(data, url, clock.now(), stored["sid"])
    if not isinstance(made, Story):
        yield Finding("as stored", "not found", made.reason)
        return
    new: dict[str, Any] = msgspec.to_builtins(made)
    differing = changes.between(stored, new).fields
    if stored["comment_count"] and not made.comment_count:
        differing.append(("comment_count", stored["comment_count"], 0))
    for name, old, now in differing:
        yield Finding(name, "differs", changes.shown(old, now))
    if not differing:
        yield Finding("as stored", "found", f"since {stored['fetched_at']}")
