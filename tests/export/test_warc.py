"""Kept pages go out as WARC, and come in again as they were."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures.import_run import ImportRun
from solidot_spider.export import dataset
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms import cdxj
from solidot_spider.export.selection import Selection
from solidot_spider.export.target import Target
from solidot_spider.store import schema
from solidot_spider.store.store import Store
from tests import corpus
from tests.captures.warcs import Archive
from tests.crawling import crawl, solidot
from tests.export.conftest import visit
from tests.export.test_directory import whole
from tests.server.client import Running, running
from tests.stores import NOW, fields, heard, page, run, stored


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "pages.warc.gz"


def read(path: Path) -> list[tuple[str, str, bytes]]:
    """Type, address and body of each record, as warcio reads them."""
    with path.open("rb") as file, closing(ArchiveIterator(file, check_digests="raise")) as records:
        return [
            (each.rec_type, each.rec_headers.get_header("WARC-Target-URI") or "", each.content_stream().read())
            for each in records
        ]


def pages(chosen: Options) -> list[dict[str, Any]]:
    """The kept pages as they came, without how they are packed."""
    left_out = {"codec", "body", "dictionary_id"}
    with Store.opened(chosen) as store, store.snapshot() as view, closing(view.provenance.pages()) as found:
        return [
            {name: value for name, value in each.page._asdict().items() if name not in left_out}
            | {"data": view.pages.data(each.page.page)}
            for each in found
        ]


def lines(chosen: Options) -> list[bytes]:
    with Store.opened(chosen) as store, store.snapshot() as view:
        return list(view.records())


def test_a_crawl_goes_out_and_comes_in_as_it_was(server: Running, data: Path, tmp_path: Path) -> None:
    assert crawl(server.url, data, "-a", "sids=79517-79523").status in {0, 1}
    made = solidot(server.url, data, "export", "--format", "warc", "pages.warc.gz")
    assert made.status == 0, made.err
    again = tmp_path / "again"
    assert solidot(server.url, again, "import", str(tmp_path / "pages.warc.gz")).status == 0
    one, other = Options(data_dir=data), Options(data_dir=again)
    assert lines(one) == lines(other)
    assert len(lines(one)) == 3
    assert pages(one) == pages(other)
    assert {each["origin"] for each in pages(other)} == {"crawl"}, "who crawled it stays known"
    assert solidot(server.url, again, "export", "again.warc.gz").status == 0
    assert (tmp_path / "again.warc.gz").read_bytes() == (tmp_path / "pages.warc.gz").read_bytes()
    assert "there already" in solidot(server.url, data, "import", "pages.warc.gz").err


def test_warcio_reads_each_page_with_its_digests(chosen: Options, store: Store, out: Path) -> None:
    run(store, *(stored(sid) for sid in (5, 6, 7)))
    assert dataset.export(chosen, out) == 3
    info, *found = read(out)
    assert info[0] == "warcinfo"
    assert found == [("response", f"https://www.solidot.org/story?sid={sid}", page(sid)) for sid in (5, 6, 7)]
    assert not Checker(type("Words", (), {"inputs": [str(out)], "verbose": False})()).process_all()


def test_the_index_leads_to_each_record(chosen: Options, store: Store, out: Path) -> None:
    run(store, *(stored(sid) for sid in (9, 10, 100)))
    dataset.export(chosen, out)
    index = out.with_name("pages.cdxj").read_text(encoding="utf-8").splitlines()
    assert index == sorted(index)
    data = out.read_bytes()
    for line in index:
        key, moment, about = line.split(" ", 2)
        found = json.loads(about)
        record = gzip.decompress(data[int(found["offset"]) :][: int(found["length"])])
        sid = int(found["url"].partition("=")[2])
        assert (key, moment) == (f"org,solidot)/story?sid={sid}", "20251108040000")
        assert record.endswith(page(sid) + b"\r\n\r\n")
        assert (found["mime"], found["status"], found["filename"]) == ("text/html", "200", out.name)
        assert f"WARC-Payload-Digest: {found['digest']}\r\n".encode() in record


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.solidot.org/story?sid=5", "org,solidot)/story?sid=5"),
        ("http://Linux.solidot.org:80/story?sid=5&from=a", "org,solidot,linux)/story?from=a&sid=5"),
        ("http://127.0.0.1:9/story?sid=5", "127.0.0.1:9)/story?sid=5"),
        ("https://www.solidot.org", "org,solidot)/"),
    ],
)
def test_an_address_is_sorted_as_indexes_sort_it(url: str, key: str) -> None:
    assert cdxj.key(url) == key


def test_a_withdrawn_story_comes_back_withdrawn(chosen: Options, store: Store, tmp_path: Path, out: Path) -> None:
    run(store, stored(5), stored(6))
    for days in (1, 3):
        run(store, heard(5, Outcome.MISSING, at=NOW + timedelta(days=days)))
    dataset.export(chosen, out)
    again = Options(data_dir=tmp_path / "again")
    ImportRun(again, [out]).run()
    assert lines(again) == lines(chosen)
    assert json.loads(lines(again)[0])["withdrawn_at"] == clock.iso(NOW + timedelta(days=1))


def test_what_was_imported_keeps_its_origin(chosen: Options, tmp_path: Path, out: Path) -> None:
    (tmp_path / "6.html").write_bytes(page(6))
    archive = Archive(tmp_path / "a.warc.gz").add(5, headers=[("X-Odd", "é"), ("Content-Type", "text/html")])
    made = ImportRun(chosen, [archive.close(), tmp_path / "6.html"], clock.parsed("2025-11-08T04:00:00+00:00")).run()
    assert made.origins == {"warc": 1, "html": 1}
    dataset.export(chosen, out)
    assert [kind for kind, _, _ in read(out)] == ["warcinfo", "response", "resource"]
    again = Options(data_dir=tmp_path / "again")
    assert ImportRun(again, [out]).run().origins == {"warc": 1, "html": 1}
    assert (lines(again), pages(again)) == (lines(chosen), pages(chosen))


def test_captures_in_markdown_come_back_as_what_they_are(chosen: Options, tmp_path: Path, out: Path) -> None:
    ImportRun(chosen, [corpus.directory() / "markdown"]).run()
    dataset.export(chosen, out)
    again = Options(data_dir=tmp_path / "again")
    assert set(ImportRun(again, [out]).run().origins) == {"markdown"}
    assert lines(again) == lines(chosen)


def test_only_the_newest_page_of_selected_stories_goes_out(chosen: Options, store: Store, out: Path) -> None:
    run(store, stored(5), stored(6))
    run(store, stored(5, title="新的标题"))
    with store.reading() as connection:
        assert len(connection.execute(select(schema.pages)).all()) == 3
    assert dataset.export(chosen, out) == 2
    assert "新的标题".encode() in read(out)[1][2]
    dataset.export(chosen, out, Selection(editor=fields(6)["editor"]["name"]))
    assert [url.partition("=")[2] for _, url, _ in read(out)[1:]] == [
        str(sid) for sid in (5, 6) if fields(sid)["editor"] == fields(6)["editor"]
    ]


def test_a_directory_has_pages_and_their_index(chosen: Options, store: Store, out: Path) -> None:
    run(store, stored(5), stored(6))
    directory = out.with_name("dataset")
    dataset.export(chosen, Target.of(str(directory), Target.of(str(out)).outputs))
    described = json.loads((directory / "datapackage.json").read_bytes())
    resources = {each["path"]: each for each in described["resources"]}
    assert resources["pages.warc.gz"]["rowCount"] == 2
    assert resources["pages.warc.gz"]["sids"] == [5, 6]
    assert "pages.cdxj" in resources
    assert described["counts"]["stories"] == 2
    assert described["origins"] == {"crawl": 2}
    before = whole(directory)
    dataset.export(chosen, Target.of(str(directory), Target.of(str(out)).outputs))
    assert whole(directory) == before


def test_an_empty_store_replaces_no_pages(chosen: Options, store: Store, out: Path) -> None:
    run(store, stored(5))
    dataset.export(chosen, out)
    before = whole(out.parent)
    with pytest.raises(ExportError, match="--force would replace it"):
        dataset.export(chosen, out, Selection(editor="nobody"))
    assert whole(out.parent) == before
    assert dataset.export(chosen, out, Selection(editor="nobody"), force=True) == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["pages.warc.zst"], "warc is packed by .gz only; leave .zst out"),
        (["pages.warc.gz", "--without", "comments"], "a page has its comments"),
        (["pages.warc.gz", "--fields", "title"], "a page has its comments"),
        (["pages.warc.gz", "--with", "revisions"], "no document"),
        (["pages.warc.gz", "--changed-since", "2025-01-01"], "pages are in the store alone"),
        (["pages.warc.gz", "--format", "jsonl"], "--format goes with a directory"),
    ],
)
def test_what_pages_cannot_be_is_refused(data: Path, words: list[str], why: str) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, visit(fields(5)))
    done = solidot("http://127.0.0.1:9", data, "export", *words)
    assert done.status == 2
    assert why in done.err
    assert not list(data.parent.glob("pages*"))
