"""``solidot probe`` beside a store: stories that it has are compared, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from solidot_spider.base import clock, site
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.crawl.revisit import OPEN_FOR
from solidot_spider.probe import stored
from solidot_spider.store import schema
from solidot_spider.store.store import Store
from tests import pages, stores
from tests.crawling import NOW, Crawl, solidot
from tests.faulty_site import asked_sids
from tests.server.client import Running, running

SIDS = (5, 6, 7, 8)
COMMENTED = 72124
"""A story of the trial site with comments."""


def filled(chosen: Options, *sids: int) -> None:
    with Store.opened(chosen, create=True) as store:
        stores.run(store, *(stores.stored(sid) for sid in sids))


@contextmanager
def serving(directory: Path, *changes: tuple[str, str]) -> Iterator[Running]:
    """A site with the stories 5 to 8, whose pages have texts replaced."""
    (directory / "pages").mkdir()
    for sid in SIDS:
        html = stores.page(sid).decode()
        for old, new in changes:
            assert old in html
            html = html.replace(old, new)
        (directory / "pages" / f"{sid}.html").write_text(html)
    with running("--clock", NOW, "--pages", str(directory / "pages")) as server:
        yield server


def probe(server: Running, data: Path, *words: str) -> Crawl:
    expected = data.with_name("expect.json")
    expected.write_text('{"stories": []}')
    ours = ("--expect", str(expected), "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0")
    return solidot(server.url, data, "probe", *ours, *words)


def contents(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.iterdir()}


def test_the_newest_three_are_asked_and_nothing_is_written(tmp_path: Path, data: Path) -> None:
    filled(Options(data_dir=data), *SIDS)
    before = contents(data)
    with serving(tmp_path) as server:
        run = probe(server, data)
        asked = asked_sids(server)
    assert (run.status, run.err) == (0, "")
    assert asked[:3] == [8, 7, 6]
    assert len(asked) == 4
    assert run.out.count("as stored         found") == 3
    assert run.out.endswith("all found\n")
    assert "skeleton" not in run.out
    assert contents(data) == before


def test_each_field_that_differs_is_named_and_the_skeleton_shown(tmp_path: Path, data: Path) -> None:
    filled(Options(data_dir=data), *SIDS)
    changes = (
        ("<b>来自第", "<b>来自不是第"),
        ('class="talk_time"', 'class="meta_line"'),
        ("（8）</h2>", "（8）！</h2>"),
    )
    (tmp_path / "pages").mkdir()
    html = stores.page(8).decode()
    for old, new in changes:
        assert old in html
        html = html.replace(old, new)
    (tmp_path / "pages" / "8.html").write_text(html)
    (tmp_path / "pages" / "7.html").write_bytes(stores.page(7))
    with running("--clock", NOW, "--pages", str(tmp_path / "pages")) as server:
        run = probe(server, data)
    lines = run.out.splitlines()
    assert run.status == 3
    assert any("title             differs" in line and "（8）' → '" in line and "（8）！'" in line for line in lines)
    assert any("department        differs" in line and "'第 8 座灯塔' → '不是第 8 座灯塔'" in line for line in lines)
    assert any("as stored         not found  home-page" in line for line in lines), "story 6 is gone"
    assert not any("body " in line and "differs" in line for line in lines)
    assert any(line.startswith("<") and line.endswith("div.meta_line") for line in lines)
    assert any(line.startswith(">") and line.endswith("div.talk_time") for line in lines)
    assert lines[-1].startswith("exit status 3")


def test_the_skeleton_is_shown_if_it_is_wanted(tmp_path: Path, data: Path) -> None:
    filled(Options(data_dir=data), *SIDS)
    with serving(tmp_path) as server:
        run = probe(server, data, "--skeleton")
    assert run.status == 0
    assert "the skeleton of story 8" in run.out
    assert "div.p_mainnew" in run.out


def test_without_a_store_none_is_made(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    with serving(tmp_path) as server:
        for words in ((), ("-s", "SOLIDOT_DATABASE_URL=none")):
            run = probe(server, data, *words)
            assert run.status == 0
            assert "as stored" not in run.out
    assert not list(data.iterdir())


def test_a_store_that_cannot_be_read_is_told_before_anything_is_asked(tmp_path: Path, data: Path) -> None:
    data.mkdir()
    (data / "solidot.db").write_bytes(b"no database" * 100)
    with serving(tmp_path) as server:
        run = probe(server, data)
        assert not server.requests()
    assert (run.status, run.out) == (4, "")
    assert run.err.startswith("solidot: ")
    assert run.err.count("\n") == 1


def sids_of(chosen: Options) -> list[int]:
    return list(stored.load(chosen))


def test_stories_that_change_no_more_serve_first_then_the_oldest(
    chosen: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(chosen, 5, 300, 600, 900)
    assert sids_of(chosen) == [900, 600, 300]
    monkeypatch.setattr(clock, "now", lambda: stores.STORIES[300].published + OPEN_FOR)
    assert sids_of(chosen) == [5, 300, 600]
    monkeypatch.setattr(clock, "now", lambda: stores.STORIES[600].published + OPEN_FOR + timedelta(minutes=1))
    assert sids_of(chosen) == [600, 300, 5]


def test_missing_and_withdrawn_stories_do_not_serve(chosen: Options) -> None:
    filled(chosen, *SIDS)
    with Store.opened(chosen) as store:
        stores.run(store, stores.heard(8, Outcome.MISSING, "home-page"), stores.heard(7, Outcome.UNPARSED, "no-block"))
    assert sids_of(chosen) == [7, 6, 5]


@pytest.mark.parametrize("kept", [True, False])
def test_a_record_of_another_parser_is_made_again_of_its_page(chosen: Options, *, kept: bool) -> None:
    filled(chosen, 5)
    with Store.opened(chosen) as store, store.writing() as connection:
        connection.execute(update(schema.stories).values(parser_version=0, record='{"title": "as it was"}'))
        if not kept:
            connection.execute(text("DELETE FROM pages"))
    assert [record["title"] for record in stored.load(chosen).values()] == ([stores.STORIES[5].title] if kept else [])


def findings(sid: int, body: bytes, known: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [tuple(finding) for finding in stored.check(body, site.story_url(sid), known)]  # type: ignore[misc]


def test_comments_that_are_gone_are_a_difference() -> None:
    page = pages.page(COMMENTED)
    known = stores.fields(COMMENTED, body=page)
    assert [state for _, state, _ in findings(COMMENTED, page, known)] == ["found"]
    assert known["comment_count"] == 4
    start, end = b"<!-- comments start -->", b"<!-- comments end -->"
    without = page[: page.index(start) + len(start)] + page[page.index(end) :]
    assert findings(COMMENTED, without, known) == [("comment_count", "differs", "4 → 0")]
    assert [state for _, state, _ in findings(COMMENTED, page, {**known, "comment_count": 2, "views": 1})] == ["found"]


def test_long_values_are_cut_short() -> None:
    known = stores.fields(5)
    html = stores.page(5).decode().replace("观测结果，编号为", "观测结果，代号为").replace("公布了", "发布了")
    (told,) = findings(5, html.encode(), known)
    assert told[:2] == ("body", "differs")
    assert len(told[2]) < 140
