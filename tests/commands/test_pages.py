"""``solidot pages`` and ``solidot page``: what is kept, what it takes, and how it is dropped or handed out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import HELD, Outcome
from solidot_spider.store import schema
from solidot_spider.store.pages import dictionaries, page_pruning, page_repacking
from solidot_spider.store.pages.page_stock import Stock
from solidot_spider.store.rows import PageRow
from solidot_spider.store.store import Store
from tests import stores
from tests.crawling import environment, solidot
from tests.stores import NOW, heard, run, small, stored

NOBODY = "http://127.0.0.1:9"
DAYS = [NOW + timedelta(days=day) for day in range(4)]


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def keys(store: Store) -> list[tuple[int, str]]:
    pages = schema.pages.c
    with store.reading() as connection:
        found = select(pages.sid, pages.fetched_at).order_by(pages.sid, pages.fetched_at)
        return [(row.sid, row.fetched_at) for row in connection.execute(found)]


def edited(store: Store) -> None:
    """One story with four contents, one with two and a newer page that cannot be read, one with one."""
    for number, at in enumerate(DAYS):
        run(store, stored(1, at, title=f"标题{number}"))
    run(store, stored(2, DAYS[0]), stored(3, DAYS[0]))
    run(store, stored(2, DAYS[1], title="改了的标题"))
    run(store, heard(2, Outcome.UNPARSED, "no-block", DAYS[2]))


def old(store: Store, before: str | None = None, keep: int = 1) -> list[int]:
    with store.reading() as connection:
        return [each.sid for each in page_pruning.old_pages(connection, before, keep)]


def test_what_is_kept_is_told(store: Store) -> None:
    edited(store)
    with store.reading() as connection:
        stock = Stock.of(connection)
    assert (stock.pages, stock.ids, stock.unparsed, stock.superseded) == (8, 3, 1, 5)
    assert (stock.oldest, stock.newest) == (clock.iso(DAYS[0]), clock.iso(DAYS[3]))
    contents = [stores.page(1, title=f"标题{number}") for number in range(4)]
    contents += [stores.page(2), stores.page(2, title="改了的标题"), stores.page(3), b"<p>?</p>"]
    assert stock.raw == sum(map(len, contents))
    assert 0 < stock.packed < stock.raw
    assert [(each.codec, each.dictionary, each.pages) for each in stock.packings] == [("zstd", None, 8)]


def test_neither_the_newest_nor_that_of_the_record_is_old(store: Store) -> None:
    edited(store)
    assert old(store) == [1, 1, 1, 2]
    assert old(store, keep=2) == [1, 1, 2]
    assert old(store, keep=9) == []
    assert old(store, clock.iso(DAYS[2])) == [1, 1, 2]
    assert old(store, clock.iso(DAYS[0])) == []


def test_what_is_kept_aside_is_not_old(store: Store) -> None:
    run(store, stored(1, DAYS[0]))
    store.write([stored(1, DAYS[1], title="改了的标题")], run(store), keeps_aside=True)
    assert old(store) == []


def test_old_pages_are_dropped(store: Store) -> None:
    edited(store)
    with store.reading() as connection:
        found = page_pruning.old_pages(connection, None, 1)
    page_pruning.drop(store, found)
    assert keys(store) == [
        (1, clock.iso(DAYS[3])), (2, clock.iso(DAYS[1])), (2, clock.iso(DAYS[2])), (3, clock.iso(DAYS[0])),
    ]  # fmt: skip
    page_pruning.give_room_back(store)


def test_all_pages_are_packed_with_the_best_dictionary(store: Store) -> None:
    count = dictionaries.FIRST
    run(store, *(stored(sid) for sid in range(1, count + 1)))
    run(store, *(small(store, sid) for sid in range(count + 1, 3 * count)))
    with store.writing() as connection:
        connection.execute(update(schema.pages).where(schema.pages.c.sid == 7).values(codec="lzma"))
    assert sum(page_repacking.pack(store)) == 3 * count - 1
    with store.reading() as connection:
        best = dictionaries.newest(connection)
        rows = [PageRow(*row) for row in connection.execute(select(schema.pages))]
    assert best is not None
    assert best.pages == 3 * count - 1, "there were enough for a better one"
    assert {row.dictionary_id for row in rows if row.sid != 7} == {best.id}
    with store.snapshot() as view:
        assert [row.sid for row in rows if row.sid != 7 and view.pages.data(row.page) != stores.page(row.sid)] == []
    assert sum(page_repacking.pack(store)) == 1  # that of another codec, which is left alone


@pytest.fixture
def filled(data: Path) -> Path:
    with Store.opened(Options(data_dir=data), create=True) as store:
        edited(store)
        run(store, *(stored(sid, DAYS[3]) for sid in range(4, 40)))
    return data


def test_the_command_tells_packs_and_drops(filled: Path) -> None:
    told = solidot(NOBODY, filled, "pages")
    assert told.out.splitlines()[:2] == [
        "44 pages of 39 ids, fetched from 2025-11-08 to 2025-11-11",
        "1 of them could not be parsed; 5 are not the newest of their id",
    ]
    before = json.loads(solidot(NOBODY, filled, "pages", "--json").out)
    done = solidot(NOBODY, filled, "pages", "pack")
    assert (done.status, done.err.count("\n")) == (0, 1), done.err
    assert done.err.startswith("44 pages packed again: ")
    after = json.loads(solidot(NOBODY, filled, "pages", "--json").out)
    assert after["packed"] < before["packed"] / 3
    assert after["raw"] == before["raw"]
    size = (filled / "solidot.db").stat().st_size
    done = solidot(NOBODY, filled, "pages", "prune", "--keep", "1", "--dry-run")
    assert done.err.startswith("4 pages would be dropped, ")
    assert json.loads(solidot(NOBODY, filled, "pages", "--json").out) == after
    done = solidot(NOBODY, filled, "pages", "prune", "--keep", "1", "--older-than", "1")
    assert done.err.startswith("4 pages dropped, ")
    assert json.loads(solidot(NOBODY, filled, "pages", "--json").out)["pages"] == 40
    assert (filled / "solidot.db").stat().st_size <= size


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("prune",), "pages prune needs --older-than DAYS, --keep N, or both"),
        (("--keep", "2"), "go with `pages prune`"),
        (("pack", "--json"), "--json goes with `pages` alone"),
        (("prune", "--keep", "0"), "'0' is no number from 1"),
        (("drop",), "invalid choice"),
    ],
)
def test_what_does_not_go_together_is_refused(data: Path, words: tuple[str, ...], says: str) -> None:
    done = solidot(NOBODY, data, "pages", *words)
    assert done.status == 2
    assert says in done.err


def test_pack_and_prune_hold_the_store(filled: Path) -> None:
    with Store.opened(Options(data_dir=filled)) as store, store.hold("somebody"):
        for words in (("pack",), ("prune", "--keep", "1")):
            assert solidot(NOBODY, filled, "pages", *words).status == HELD
        assert solidot(NOBODY, filled, "pages", "prune", "--keep", "1", "--dry-run").status == 0


def test_a_page_is_written_out_as_it_came(filled: Path, tmp_path: Path) -> None:
    solidot(NOBODY, filled, "pages", "pack")
    done = solidot(NOBODY, filled, "page", "1", "--out", "one.html")
    assert done.status == 0, done.err
    page = stores.page(1, title="标题3")
    assert (tmp_path / "one.html").read_bytes() == page
    assert done.err.startswith(f"one.html: {len(page):,} bytes, fetched at {clock.iso(DAYS[3])} from https://")
    words = [sys.executable, "-m", "solidot_spider", "page", "2"]
    out = subprocess.run(words, env=environment(NOBODY, filled), cwd=tmp_path, capture_output=True, check=True)
    assert (out.stdout, out.stderr) == (b"<p>?</p>", b"")
    done = solidot(NOBODY, filled, "page", "99")
    assert (done.status, done.err) == (1, "solidot: no page of story 99 is kept\n")
    assert solidot(NOBODY, filled, "page", "x").status == 2
