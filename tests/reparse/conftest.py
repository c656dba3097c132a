"""Stores whose pages are read again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from solidot_spider import items, kept_record
from solidot_spider.base.options import Options
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import schema
from solidot_spider.store.store import Store

OLDER = PARSER_VERSION - 1


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True, reparse=kept_record.reparse) as opened:
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A store to compare with."""
    with Store.opened(Options(data_dir=tmp_path / "other"), create=True, reparse=kept_record.reparse) as opened:
        yield opened


def rows(store: Store, *names: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of some tables; of all if none is named."""
    tables = [schema.metadata.tables[name] for name in names] or list(schema.metadata.tables.values())
    with store.reading() as connection:
        return {
            table.name: [dict(row._asdict()) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in tables
        }


def read_by_an_older_parser(store: Store, sid: int, **fields: Any) -> None:
    """As if an older parser had made another record of the same page."""
    stories, pages = schema.stories.c, schema.pages.c
    with store.writing() as connection:
        row = connection.execute(select(schema.stories).where(stories.sid == sid)).one()
        values = msgspec.json.decode(row.record) | fields
        values["content_hash"] = items.content_hash(values)
        written = {
            "parser_version": OLDER,
            "content_hash": values["content_hash"],
            "published_at": values["published_at"],
            "record": items.line(values).decode(),
        }
        connection.execute(update(schema.stories).where(stories.sid == sid).values(written))
        page = update(schema.pages).where(pages.sid == sid, pages.content_hash == row.content_hash)
        connection.execute(page.values(content_hash=values["content_hash"]))
        connection.execute(update(schema.sids).where(schema.sids.c.sid == sid).values(parser_version=OLDER))
