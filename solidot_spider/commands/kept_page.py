"""Reads the newest kept page of a story for the verbs that take one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import CANNOT_WRITE, TROUBLE
from solidot_spider.commands.verb import store_options

if TYPE_CHECKING:
    from solidot_spider.store.rows import PageRow


def newest(arguments: argparse.Namespace) -> tuple[PageRow, bytes] | int:
    """The newest kept page of the story ``arguments.sid`` with its bytes; the exit status if there is none to read."""
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
            return row, PageReader(connection).data(row.page)
    except CodecError as error:
        return refuse(str(error), TROUBLE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
