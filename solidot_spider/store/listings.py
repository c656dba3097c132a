"""Writes which ids the site's page of each day listed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, insert

from solidot_spider.store import schema
from solidot_spider.store.store import Store


def list_day(store: Store, day: str, listed: Sequence[int], run_id: int) -> None:
    """Replace what a day's page listed before.

    Args:
        store: the store.
        day: the day, ISO 8601.
        listed: the ids that the page lists now.
        run_id: the number of the run that read it.

    Raises:
        StoreError: the store cannot be written.
    """
    rows = [{"day": day, "sid": sid, "run_id": run_id} for sid in listed]
    with store.writing() as connection:
        connection.execute(delete(schema.listings).where(schema.listings.c.day == day))
        if rows:
            connection.execute(insert(schema.listings), rows)
