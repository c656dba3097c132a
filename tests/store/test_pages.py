"""Kept pages: small, by a dictionary of the store's own pages, and byte for byte as they came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median

import pytest
from sqlalchemy import select, update

from solidot_spider.base import site
from solidot_spider.base.options import Options
from solidot_spider.store import backup, schema
from solidot_spider.store.pages import dictionaries
from solidot_spider.store.pages.dictionaries import Dictionary
from solidot_spider.store.pages.raw_pages import CodecError, RawPage
from solidot_spider.store.rows import PageRow
from solidot_spider.store.store import Store
from tests import corpus, stores
from tests.stores import run, small, stored

FIRST, LAST = dictionaries.FIRST, dictionaries.FIRST * dictionaries.GROWTH


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


def kept(store: Store) -> dict[int, PageRow]:
    with store.reading() as connection:
        return {row.sid: PageRow(*row) for row in connection.execute(select(schema.pages))}


def data(store: Store) -> dict[int, bytes]:
    with store.snapshot() as view:
        return {sid: view.pages.data(row.page) for sid, row in kept(store).items()}


def size(rows: list[PageRow]) -> float:
    return mean(len(row.body) for row in rows)


def newest(store: Store) -> Dictionary | None:
    with store.reading() as connection:
        return dictionaries.newest(connection)


def test_pages_are_small_once_there_are_a_few(store: Store) -> None:
    run(store, *(stored(sid) for sid in range(1, FIRST)))
    assert newest(store) is None
    run(store, *(small(store, sid) for sid in range(FIRST, FIRST + 5)))
    run(store, *(small(store, sid) for sid in range(FIRST + 5, LAST)))
    rows = kept(store)
    assert size([rows[sid] for sid in range(FIRST + 5, LAST)]) < size([rows[sid] for sid in range(1, FIRST)]) / 3
    assert [sid for sid, found in data(store).items() if found != stores.page(sid)] == []


def test_more_pages_make_a_better_dictionary_and_old_pages_stay_as_they_are(store: Store) -> None:
    run(store, *(stored(sid) for sid in range(1, FIRST + 1)))
    first = newest(store)
    for begin in range(FIRST + 1, LAST + FIRST, FIRST):
        store.write([small(store, sid) for sid in range(begin, begin + FIRST)], 1)
    second = newest(store)
    assert first is not None
    assert second is not None
    assert second.pages >= LAST
    assert len(second.content) > len(first.content)
    store.write([small(store, 2 * LAST)], 1)
    assert {row.dictionary_id for row in kept(store).values()} == {None, first.id, second.id}
    assert [sid for sid, found in data(store).items() if found != stores.page(sid)] == []


def test_the_same_pages_make_the_same_dictionary(tmp_path: Path) -> None:
    made = []
    for name in ("one", "other"):
        with Store.opened(Options(data_dir=tmp_path / name), create=True) as store:
            run(store, *(stored(sid) for sid in range(1, FIRST + 1)))
            made.append(newest(store))
    assert made[0] is not None
    assert made[1] is not None
    assert made[0].content == made[1].content


def test_a_copy_of_the_store_has_its_dictionaries(tmp_path: Path) -> None:
    with Store.opened(Options(data_dir=tmp_path), create=True) as store:
        run(store, *(stored(sid) for sid in range(1, FIRST + 1)))
        run(store, small(store, FIRST + 1))
        (tmp_path / "copy").mkdir()
        backup.backup(Options(data_dir=tmp_path), tmp_path / "copy" / "solidot.db")
    with Store.opened(Options(data_dir=tmp_path / "copy")) as copy:
        assert kept(copy)[FIRST + 1].dictionary_id is not None
        assert data(copy)[FIRST + 1] == stores.page(FIRST + 1)


def test_pages_that_make_no_dictionary_cost_nothing(store: Store) -> None:
    run(store, *(stored(sid) for sid in range(1, FIRST)))
    with store.writing() as connection:
        connection.execute(update(schema.pages).values(body=b""))
    run(store, stored(FIRST), stored(FIRST + 1))
    assert newest(store) is None
    run(store, *(small(store, sid) for sid in range(FIRST + 2, 2 * FIRST + 2)))
    assert newest(store) is not None


def test_a_damaged_page_or_another_codec_is_named(store: Store) -> None:
    run(store, stored(5))
    page = kept(store)[5].page
    with store.snapshot() as view:
        for odd in (page._replace(codec="lzma"), page._replace(body=page.body[:-9])):
            with pytest.raises(CodecError, match=r"sid=5: "):
                view.pages.data(odd)


def test_pages_of_the_corpus_are_small_by_a_dictionary_of_other_ones(tmp_path: Path) -> None:
    sids = corpus.sids()
    pages = {sid: corpus.page(sid) for sid in sids}
    with Store.opened(Options(data_dir=tmp_path), create=True) as store:
        run(store, *(stored(sid, body=pages[sid]) for sid in sids[::2]))
        run(store)
        packed = {sid: packed_page(store, sid, pages[sid]) for sid in sids[1::2]}
        assert mean(len(page.body) + len(page.headers) + 2 * len(page.asked) for page in packed.values()) < 1200
        assert all(page.dictionary_id for page in packed.values())
        with store.snapshot() as view:
            taken = []
            for sid, page in packed.items():
                began = time.perf_counter()
                assert view.pages.data(page) == pages[sid]
                taken.append(time.perf_counter() - began)
        assert median(taken) < 0.001


def packed_page(store: Store, sid: int, body: bytes) -> RawPage:
    url = site.story_url(sid)
    return store.packer.pack(body, url, url, 200, headers=[("Content-Type", "text/html")], fetched_at="")
