"""Writes runs and visits into the store, and opens it for queries.

A story's page, record and visit are written together or not at all; a record is replaced only by one of no older page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self, Unpack

from sqlalchemy import Connection, Engine, insert, select, update

from solidot_spider import __version__
from solidot_spider.base.options import Options
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import database, migrations, schema
from solidot_spider.store.commit import Commit, Written
from solidot_spider.store.errors import database_errors, store_errors
from solidot_spider.store.pages.kept_pages import Reparse
from solidot_spider.store.pages.page_packer import PagePacker
from solidot_spider.store.pages.page_packing import PagePacking
from solidot_spider.store.queries import Snapshot
from solidot_spider.store.rows import StoryRow, UnprovenRow
from solidot_spider.store.runs import RunEnd, RunStart
from solidot_spider.store.state import SidState
from solidot_spider.store.store_file import StoreFile
from solidot_spider.store.visit import Visit

if TYPE_CHECKING:
    from solidot_spider.store.lock.hold import Hold, Wait

AT_ONCE = 0.5
"""Seconds that a transaction waits for another program's where who writes comes again by itself."""


class Store:
    """An open store.

    Args:
        engine: its database, with this program's schema version.
        where: the database's name for a person.
        reparse: parses a kept page again.
        lock_timeout: the seconds after which a run without a sign of life loses the lock, in PostgreSQL.
    """

    def __init__(self, engine: Engine, where: str, reparse: Reparse | None = None, lock_timeout: float = 60.0) -> None:
        self.where = where
        self._engine = engine
        self.reparse = reparse
        self._file = StoreFile(engine, where)
        self._lock_timeout = lock_timeout
        self._check_lock: Callable[[Connection], None] = lambda _: None
        self.patience = database.BUSY
        """Seconds that a transaction waits for another program's."""
        self._packing = PagePacking(self.reading, partial(self.writing, waits=False))

    @classmethod
    @contextmanager
    def opened(cls, chosen: Options, *, create: bool = False, reparse: Reparse | None = None) -> Iterator[Self]:
        """The store that the options name, open inside a ``with`` block.

        Args:
            chosen: the program's options.
            create: make the store if none exists.
            reparse: parses a kept page again; without it a record of another parser version leaves no revision.

        Raises:
            StoreError: it cannot be opened.
        """
        engine, where = database.connect(chosen, create=create)
        try:
            migrations.migrate(engine, where, create=create)
            yield cls(engine, where, reparse, chosen.lock_timeout)
        finally:
            engine.dispose()

    @property
    def packer(self) -> PagePacker:
        """Packs pages for this store."""
        return self._packing.packer

    @contextmanager
    def hold(self, name: str, wait: Wait | None = None) -> Iterator[Hold]:
        """Keep other runs from the store inside a ``with`` block; each commit sees whether that is still so.

        Args:
            name: the holder's name, shown to others that want the store.
            wait: how long to wait for another run's end; not at all by default.

        Raises:
            LockedError: another run holds the store.
            StoreError: the lock cannot be made.
        """
        from solidot_spider.store.lock import hold  # noqa: PLC0415 - filelock costs `status` 7 ms

        with hold.held(self._engine, self.where, name, self._lock_timeout, wait) as made:
            self._check_lock = made.check
            yield made

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The store's queries in one transaction, for the time of a ``with`` block.

        Raises:
            StoreError: the store cannot be read.
        """
        with database_errors(self.where), self._reading() as connection:
            yield Snapshot(connection, self._file.check_unwritten)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, for modules of ``store``; all others take a ``snapshot``.

        Raises:
            StoreError: the store cannot be read.
        """
        with store_errors(self.where), self._reading() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":  # by default each statement sees what is committed before it
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield connection
            finally:
                self._file.check_unwritten()

    @contextmanager
    def writing(self, *, waits: bool = True) -> Iterator[Connection]:
        """A transaction that writes, for modules of ``store``; one that waits has the store's patience with others.

        Raises:
            BusyError: another program's did not end.
            StoreError: the store cannot be written, or is not the one any more that was opened.
            LostLockError: the lock that ``hold`` took is lost.
        """
        self._file.check()
        patience = self.patience if waits else AT_ONCE
        with store_errors(self.where), database.writing(self._engine, patience) as connection:
            yield connection
            self._file.check()
            self._check_lock(connection)

    def begin(self, start: RunStart) -> int:
        """Write that a run begins; its number.

        Raises:
            StoreError: the store cannot be written.
        """
        row = {**start._asdict(), "program": __version__, "parser_version": PARSER_VERSION}
        with self.writing() as connection:
            key = connection.execute(insert(schema.runs).values(row)).inserted_primary_key
            assert key is not None
            self._packing.begin(connection)
        self._packing.committed(0)
        return int(key[0])

    def end(self, run_id: int, **values: Unpack[RunEnd]) -> None:
        """Write that a run has ended; raises what ``begin`` does."""
        with self.writing() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(values))

    def write(
        self, visits: Sequence[Visit], run_id: int, *, keeps_aside: bool = False, waits: bool = True
    ) -> dict[int, Written]:
        """Write visits in one transaction; what that changed, by sid.

        Args:
            visits: the visits, of different ids.
            run_id: their run's number.
            keeps_aside: compare new records with known answers, and keep aside what they replace.
            waits: whether to wait for another program's transaction.

        Raises:
            BusyError: it did not end, and nothing was written.
            StoreError: nothing of it was written.
        """
        sids = [visit.sid for visit in visits]
        states = select(schema.sids).where(schema.sids.c.sid.in_(sids))
        stories = select(schema.stories).where(schema.stories.c.sid.in_(sids))
        aside = select(schema.unproven).where(schema.unproven.c.sid.in_(sids))
        with self.writing(waits=waits) as connection:
            database.lock_sids(connection, sids)
            commit = Commit(
                connection,
                run_id,
                {row.sid: SidState(*row) for row in connection.execute(states)},
                {row.sid: StoryRow(*row) for row in connection.execute(stories)},
                self.reparse,
                unproven={row.sid: UnprovenRow(*row) for row in connection.execute(aside)} if keeps_aside else None,
            )
            for visit in visits:
                commit.add(visit)
            commit.write()
        self._packing.committed(len(visits))
        return commit.written
