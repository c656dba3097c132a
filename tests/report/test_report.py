"""`solidot report`: what the file holds, and what the command says; no browser needed."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from lxml import etree, html

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CANNOT_WRITE, USAGE
from solidot_spider.export.errors import ExportError
from solidot_spider.report import edits, report
from solidot_spider.report.figures import Figures
from solidot_spider.store.overview import Overview
from solidot_spider.store.store import Store
from tests import stores
from tests.crawling import solidot
from tests.report.conftest import HOSTILE, fill
from tests.terminal import on_a_terminal

NOBODY = "http://127.0.0.1:9"


def written(chosen: Options, out: Path) -> bytes:
    with Store.opened(chosen) as store:
        report.write(store, out)
    return out.read_bytes()


@pytest.mark.long
def test_both_databases_give_the_same_bytes(chosen: Options, tmp_path: Path) -> None:
    fill(chosen)
    first = written(chosen, tmp_path / "one.html")
    assert written(chosen, tmp_path / "other.html") == first
    if chosen.database_url:
        other = Options(data_dir=tmp_path / "sqlite")
        fill(other)
        assert written(other, tmp_path / "sqlite.html") == first


def test_the_figures_are_those_of_queries(data: Path) -> None:
    fill(Options(data_dir=data))
    with Store.opened(Options(data_dir=data)) as store, Overview.of(store) as overview:
        figures = Figures.of(overview.records())
        blocks = overview.blocks(1000)
    with closing(sqlite3.connect(data / "solidot.db")) as database:

        def counts(query: str) -> dict[tuple[object, ...], int]:
            return {tuple(row[:-1]): row[-1] for row in database.execute(query)}

        assert figures.days.total() == figures.stories == len(figures.titles) == 69
        by_day = counts("SELECT substr(published_at, 1, 10), count(*) FROM stories GROUP BY 1")
        assert {(day.isoformat(),): count for day, count in figures.days.items()} == by_day
        editors = counts(
            "SELECT json_extract(record, '$.editor.name'), CAST(substr(published_at, 1, 4) AS INT), count(*) "
            "FROM stories WHERE sid <> 102 GROUP BY 1, 2"
        )
        assert {key: count for key, count in figures.editors.items() if key[0] != HOSTILE} == editors
        hosts = counts(
            "SELECT json_extract(link.value, '$.host'), CAST(substr(published_at, 1, 4) AS INT), count(DISTINCT sid) "
            "FROM stories, json_each(record, '$.source_links') AS link "
            "WHERE json_extract(link.value, '$.archive_of') IS NULL GROUP BY 1, 2"
        )
        assert figures.hosts == hosts
        hours = counts("SELECT CAST(substr(published_at, 12, 2) AS INT), count(*) FROM stories GROUP BY 1")
        by_hour = {(hour,): sum(figures.hours[day, hour] for day in range(7)) for hour in range(24)}
        assert {key: count for key, count in by_hour.items() if count} == hours
        stored = counts("SELECT sid / 1000, count(*) FROM stories WHERE withdrawn_at IS NULL GROUP BY 1")
        assert {(each.first // 1000,): each.counts["stored"] for each in blocks if each.counts.get("stored")} == stored
    assert [each.first for each in blocks] == [40, *range(1000, 96_001, 1000)]
    assert [each.last for each in blocks] == [*range(999, 96_000, 1000), 96_000]
    assert sum(each.counts.get("withdrawn", 0) for each in blocks) == 1
    assert {name for each in blocks for name, count in each.counts.items() if count} == {
        *("stored", "withdrawn", "missing", "failed", "unparsed"),
    }


def test_texts_stay_texts(page_file: Path) -> None:
    text = page_file.read_text(encoding="utf-8")
    document = html.document_fromstring(text)
    assert [each.get("type") for each in document.iter("script")] == [None, "text/plain"]
    assert [each.tag for each in document.iter() if any(str(name).startswith("on") for name in each.attrib)] == []
    assert [
        each for each in document.iter("img", "iframe", "object", "embed", "base", "form") if each.get("action")
    ] == []
    assert list(document.iter("img")) == []
    assert HOSTILE in str(document.xpath("string()"))
    assert not {char for char in text if char < " " and char != "\n"}
    hrefs = {str(each.get("href")) for each in document.iter("a", "link")}
    assert all(each.startswith(("#", "https://www.solidot.org/story?sid=", "data:,")) for each in hrefs)
    policy = next(str(each.get("content")) for each in document.iter("meta") if each.get("http-equiv"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_an_edit_shows_what_changed() -> None:
    told = str(edits.difference("第一句。第二句有旧词。第三句。", "第一句。第二句有新词。第三句。"))
    assert told == "第二句有<del>旧</del><ins>新</ins>词。"
    assert str(edits.difference(None, "<b>")) == "<ins>&lt;b&gt;</ins>"
    links = [{"url": "https://example.org/1"}], [{"url": "https://example.org/2"}]
    assert str(edits.difference(*links)) == "<del>https://example.org/1</del> <ins>https://example.org/2</ins>"
    same = edits.difference({"name": "甲", "uid": None}, {"name": "甲", "uid": 7})
    assert html.fromstring(f"<p>{same}</p>").xpath("string(ins)") == '{"name":"甲","uid":7}'
    assert str(edits.difference([1, 2], [2, 1])) == "another order"


def test_each_edit_has_its_own_old_and_new_values(data: Path) -> None:
    chosen = Options(data_dir=data)
    with Store.opened(chosen, create=True) as store:
        for number in range(4):
            stores.run(store, stores.stored(50, stores.NOW.replace(hour=5 + number), title=f"标题 {number}"))
        with Overview.of(store) as overview:
            found = overview.edits(2)
            assert overview.edit_count() == 3
    assert [each.fields["title"] for each in found] == [("标题 2", "标题 3"), ("标题 1", "标题 2")]


def test_a_store_whose_only_story_has_an_impossible_time_has_a_report(data: Path, tmp_path: Path) -> None:
    chosen = Options(data_dir=data)
    with Store.opened(chosen, create=True) as store:
        stores.run(store, stores.stored(50))
    with closing(sqlite3.connect(data / "solidot.db")) as database, database:
        database.execute(
            "UPDATE stories SET published_at = '0001-01-01T00:00:00+08:00', "
            "record = json_set(record, '$.published_at', '0001-01-01T00:00:00+08:00')"
        )
    document = html.document_fromstring(written(chosen, tmp_path / "report.html").decode())
    led = [str(each.get("href")) for nav in document.iter("nav") for each in nav]
    assert led == ["#coverage", "#runs", "#failures", "#withdrawn", "#edits"]


def test_an_empty_store_is_told_in_a_sentence(data: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True):
        pass
    done = solidot(NOBODY, data, "report", "report.html")
    assert (done.status, done.out) == (USAGE, "")
    assert done.err.count("\n") == 1
    assert "there is no story yet" in done.err
    assert not (data.parent / "report.html").exists()


def test_no_store_and_no_place_are_told_in_a_sentence(data: Path) -> None:
    none = solidot(NOBODY, data, "report", "report.html")
    assert (none.status, none.err.count("\n")) == (CANNOT_WRITE, 1)
    fill(Options(data_dir=data))
    nowhere = solidot(NOBODY, data, "report", "nowhere/report.html")
    assert (nowhere.status, nowhere.err.count("\n")) == (CANNOT_WRITE, 1)
    assert "nowhere/report.html" in nowhere.err


def test_a_library_that_is_not_there_is_named_with_its_command(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(Options(data_dir=data))
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(ExportError, match=r"pip install 'solidot_spider\[report\]'"):
        written(Options(data_dir=data), tmp_path / "report.html")


@pytest.mark.long
def test_a_terminal_sees_progress_and_a_log_does_not(data: Path) -> None:
    fill(Options(data_dir=data))
    status, shown = on_a_terminal(NOBODY, data, "report", "report.html")
    assert status == 0
    assert re.search(r"report.html: .*\d/69 ", shown)
    done = solidot(NOBODY, data, "report", "report.html")
    assert done.err == "report.html: 69 stories; open it in a browser\n"


def test_a_report_needs_no_lock_and_replaces_an_old_one_whole(page_file: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    out.write_text("old")
    with Store.opened(Options(data_dir=page_file.parent)) as store, store.hold("another run"):
        report.write(store, out)
    assert out.read_bytes() == page_file.read_bytes()
    assert list(tmp_path.iterdir()) == [out]


def test_the_svg_that_is_drawn_has_known_parts_only(page_file: Path) -> None:
    document = html.document_fromstring(page_file.read_text(encoding="utf-8"))
    drawings = list(document.iter("svg"))
    assert len(drawings) == 2 * len(list(document.iter("figure"))) >= 18
    assert {each.tag for drawing in drawings for each in drawing.iter(etree.Element)} <= {
        *("svg", "g", "path", "line", "rect", "text", "tspan"),
    }
    attributes = {str(name) for drawing in drawings for each in drawing.iter(etree.Element) for name in each.attrib}
    assert not [name for name in attributes if name.startswith(("on", "style", "href", "xlink"))]
