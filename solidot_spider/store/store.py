"""The store: the one place with state. What it has of each story, what it heard of each id, and the runs.

A story's page, record and visit are written in one transaction, together or not at all. A record is replaced only
by one whose page is not older, whoever writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from solidot_spider import __version__
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.crawl import revisit
from solidot_spider.crawl.revisit import Newest, State
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import database, schema
from solidot_spider.store.commit import Batch, Written
from solidot_spider.store.database import told
from solidot_spider.store.visit import Visit


class RunStart(NamedTuple):
    """What a run begins with; ``arguments`` is JSON, as they were given, ``started_at`` ISO 8601 in UTC.

    ``is_single`` is 1 for a run that asks one story whatever the store has.
    """

    name: str
    spider: str
    arguments: str
    site: str
    started_at: str
    is_single: int = 0


class Store:
    """A store that is open.

    Args:
        engine: its database, prepared.
        where: what a person calls it.
    """

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where

    @classmethod
    @contextmanager
    def opened(cls, chosen: Options, *, create: bool = False) -> Iterator[Self]:
        """The store that the options name, for the time of a ``with`` block.

        Raises:
            StoreError: it cannot be opened.
        """
        engine, where = database.connect(chosen, create=create)
        try:
            yield cls(engine, where)
        finally:
            engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees the store as it is at its first statement."""
        with told(self.where), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(self.where), database.writing(self.engine) as connection:
            yield connection

    def begin(self, start: RunStart) -> int:
        """A run begins; its number.

        Raises:
            StoreError: the store cannot be written.
        """
        row = {**start._asdict(), "program": __version__, "parser_version": PARSER_VERSION}
        with self._writing() as connection:
            key = connection.execute(insert(schema.runs).values(row)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def end(self, run_id: int, **values: Any) -> None:
        """A run has ended; ``values`` are the columns of ``runs`` that are known only now.

        Raises:
            StoreError: the store cannot be written.
        """
        with self._writing() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(values))

    def write(self, visits: Sequence[Visit], run_id: int) -> dict[int, Written]:
        """Write what became of some ids in one transaction; by sid, what that changed.

        Raises:
            StoreError: nothing of it was written.
        """
        asked = [visit.sid for visit in visits]
        with self._writing() as connection:
            database.serialise(connection, asked)
            states = {
                row.sid: State(*row) for row in connection.execute(select(schema.sids).where(_in(schema.sids, asked)))
            }
            before = {
                row.sid: row for row in connection.execute(select(schema.stories).where(_in(schema.stories, asked)))
            }
            batch = Batch(connection, run_id, states, before)
            for visit in visits:
                batch.add(visit)
            batch.write()
        return batch.written

    def list_day(self, day: str, listed: Sequence[int], run_id: int) -> None:
        """Write what a day's page lists, in place of what it listed before.

        Raises:
            StoreError: the store cannot be written.
        """
        rows = [{"day": day, "sid": sid, "run_id": run_id} for sid in listed]
        with self._writing() as connection:
            connection.execute(delete(schema.listings).where(schema.listings.c.day == day))
            if rows:
                connection.execute(insert(schema.listings), rows)

    def newest(self, limit: int) -> list[int]:
        """The newest stories that the site is believed to have, newest first."""
        stories, sids = schema.stories.c, schema.sids.c
        statement = (
            select(stories.sid)
            .join(schema.sids, sids.sid == stories.sid)
            .where(stories.withdrawn_at.is_(None), sids.outcome != Outcome.MISSING)
            .order_by(stories.sid.desc())
            .limit(limit)
        )
        with self.reading() as connection:
            return list(connection.execute(statement).scalars())

    def highest(self) -> int | None:
        """The highest stored sid; None in a store without any."""
        with self.reading() as connection:
            return connection.execute(select(func.max(schema.stories.c.sid))).scalar()

    def newest_story(self, connection: Connection) -> Newest | None:
        """What the policy asks of the newest story; None in a store without any."""
        stories = schema.stories.c
        last = connection.execute(
            select(stories.sid, stories.published_at).order_by(stories.sid.desc()).limit(1)
        ).first()
        if last is None:
            return None
        since = (datetime.fromisoformat(last.published_at) - revisit.OPEN_FOR).isoformat(timespec="seconds")
        older = connection.execute(select(func.max(stories.sid)).where(stories.published_at < since)).scalar_one()
        return Newest(last.sid, (older or 0) + 1)


def _in(table: Any, sids: Sequence[int]) -> Any:
    return table.c.sid.in_(sids)
