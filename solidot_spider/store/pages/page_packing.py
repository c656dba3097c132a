"""Keeps a store's packer up to date: as pages come in, a better dictionary is made of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from sqlalchemy import Connection

from solidot_spider.store.errors import StoreError
from solidot_spider.store.pages import dictionaries
from solidot_spider.store.pages.page_packer import PagePacker


class PagePacking:
    """The packer of an open store.

    Args:
        reading: begins a transaction that reads.
        writing: begins one that writes, and does not wait for others.
    """

    def __init__(
        self,
        reading: Callable[[], AbstractContextManager[Connection]],
        writing: Callable[[], AbstractContextManager[Connection]],
    ) -> None:
        self.packer = PagePacker()
        self._reading = reading
        self._writing = writing
        self._left = 0
        """So many pages may come until it is seen whether they make a better dictionary."""

    def begin(self, connection: Connection) -> None:
        """A run begins: use the dictionary that the store has."""
        self.packer = PagePacker(dictionaries.newest(connection))

    def committed(self, count: int) -> None:
        """So many pages were written; what fails here is tried again later, and the next commit tells why."""
        self._left -= count
        if self._left > 0:
            return
        pages = self.packer.dictionary.pages if self.packer.dictionary is not None else 0
        self._left = max(dictionaries.FIRST, pages)
        with suppress(StoreError):
            with self._reading() as connection:
                made = dictionaries.made(connection) if dictionaries.is_due(connection, pages) else None
            if made is not None:
                with self._writing() as connection:
                    dictionaries.keep(connection, made)
                self.packer = PagePacker(made)
