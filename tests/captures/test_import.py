"""``solidot import``: what others have saved comes into the store as a crawl would bring it."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.site import CANONICAL
from solidot_spider.captures.import_report import ImportReport
from solidot_spider.captures.import_run import ImportRun
from solidot_spider.store import known_answers, schema
from solidot_spider.store.history import Since
from solidot_spider.store.records import ALL
from solidot_spider.store.store import Store
from tests import corpus
from tests.captures.warcs import Archive
from tests.crawling import PATIENCE, Crawl, finish, start, until
from tests.forked import Forked
from tests.pages import home
from tests.stores import NOW, fields, heard, page, run, stored
from tests.terminal import on_a_terminal

NOBODY_ANSWERS = "http://127.0.0.1:9"
GIVEN = "2025-11-08T04:00:00+00:00"
LATER = NOW + timedelta(days=1)


def imported(chosen: Options, *paths: Path, at: str | None = GIVEN) -> ImportReport:
    return ImportRun(chosen, paths, clock.parsed(at) if at else None).run()


def records(chosen: Options) -> list[dict[str, Any]]:
    with Store.opened(chosen) as store, store.snapshot() as view:
        return [json.loads(line) for line in view.records()]


def rows(chosen: Options, table: Any) -> list[Any]:
    with Store.opened(chosen) as store, store.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def everything(chosen: Options) -> list[Any]:
    return [rows(chosen, each) for each in (schema.stories, schema.pages, schema.sids, schema.visits, schema.revisions)]


def left(report: ImportReport) -> dict[str, int]:
    return {f"{each.outcome}: {each.reason}": each.count for each in report.left_out}


def later(sid: int, **changes: Any) -> dict[str, Any]:
    """The keywords of a record of a page that came a day later."""
    return {"sid": sid, "body": page(sid, **changes), "at": clock.iso(LATER)}


def command(data: Path, *words: str, env: dict[str, str] | None = None) -> Crawl:
    return finish(
        start(
            NOBODY_ANSWERS, data, "import", *words, env={"SOLIDOT_SITE_URL": "", "SOLIDOT_MIRROR_OF": "", **(env or {})}
        ),
        data,
    )


def test_what_is_imported_is_what_a_crawl_brings_but_for_its_origin(chosen: Options, tmp_path: Path) -> None:
    report = imported(chosen, Archive(tmp_path / "a.warc.gz").add(5).add(6).close())
    assert (report.exit_status, report.stored, report.changes) == (0, 2, {"new": 2})
    assert report.origins == {"warc": 2}
    assert records(chosen) == [{**fields(sid), "origin": "warc"} for sid in (5, 6)]
    assert records(chosen)[0]["content_hash"] == fields(5)["content_hash"]
    with Store.opened(chosen) as store, store.snapshot() as view:
        assert list(view.with_outcome(Outcome.STORED)) == [5, 6]
        assert view.provenance.origins(ALL) == {"warc": 2}
        kept = [view.pages.data(each.page.page) for each in view.provenance.pages(ALL)]
    assert kept == [page(5), page(6)]
    (made,) = rows(chosen, schema.runs)
    assert (made.spider, made.name, made.exit_status) == ("import", report.run, 0)
    assert json.loads(made.counts)["stored"] == 2


def test_a_directory_gives_its_pages_whatever_they_are_called(chosen: Options, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    (saved / "www.solidot.org").mkdir(parents=True)
    (saved / "1.html").write_bytes(page(1))
    (saved / "2.html.gz").write_bytes(gzip.compress(page(2)))
    (saved / "www.solidot.org/story?sid=3").write_bytes(page(3))
    (saved / "www.solidot.org/story_sid_4.htm").write_bytes(page(4))
    (saved / "www.solidot.org/saved as.html").write_bytes(page(5))  # by its share link
    (saved / "6.html").write_bytes(page(7))
    (saved / "8.html").write_bytes(home())
    (saved / "9.html").write_bytes(gzip.compress(page(9))[:-20])
    (saved / "index.html").write_bytes(b"<html><body>nothing</body></html>")
    (saved / "style.css").write_bytes(b"")
    report = imported(chosen, saved)
    assert [(each["sid"], each["origin"], each["fetched_at"]) for each in records(chosen)] == [
        (sid, "html", GIVEN) for sid in range(1, 6)
    ]
    assert left(report) == {
        "failed: cut short": 1,
        "unparsed: no-sid: neither its name nor its share link says which story it is": 1,
        "unparsed: other-story": 1,
        "missing: home-page": 1,
        "skipped: a file of another kind": 1,
    }
    assert report.exit_status == 1
    assert [row.sid for row in rows(chosen, schema.sids)] == [1, 2, 3, 4, 5], "only what is stored is settled"


def test_html_without_a_time_is_left_out(chosen: Options, tmp_path: Path) -> None:
    (tmp_path / "5.html").write_bytes(page(5))
    report = imported(chosen, tmp_path / "5.html", at=None)
    assert left(report) == {
        "failed: no time: HTML does not say when it was fetched; give --fetched-at": 1,
    }
    assert (report.exit_status, records(chosen)) == (1, [])


def test_a_repeated_import_changes_nothing(chosen: Options, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).add(**later(5, title="新的标题")).add(6).close()
    imported(chosen, path)
    before = everything(chosen)
    report = imported(chosen, path)
    assert (report.stored, report.changes) == (0, {"older": 1, "same": 2})
    assert everything(chosen) == before


def test_each_edit_between_captures_leaves_a_revision(chosen: Options, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).add(**later(5, title="第二个标题"))
    path.add(5, body=page(5, title="第三个标题"), at=clock.iso(LATER + timedelta(days=1)))
    report = imported(chosen, path.close())
    assert report.changes == {"new": 1, "changed": 2}
    assert [json.loads(row.old) for row in rows(chosen, schema.revisions)] == [
        {"title": fields(5)["title"]},
        {"title": "第二个标题"},
    ]
    (story,) = rows(chosen, schema.stories)
    assert (story.first_seen, story.last_seen) == (GIVEN, clock.iso(LATER + timedelta(days=1)))


def test_an_older_page_never_replaces_a_newer_record(chosen: Options, tmp_path: Path) -> None:
    with Store.opened(chosen, create=True) as store:
        run(store, stored(5, LATER))
        with store.writing() as connection:
            connection.execute(schema.sites.delete())
    before = everything(chosen)
    report = imported(chosen, Archive(tmp_path / "a.warc.gz").add(5).close())
    assert (report.changes, everything(chosen)) == ({"older": 1}, before)


def test_a_story_that_is_gone_stays_withdrawn(chosen: Options, tmp_path: Path) -> None:
    """A page of before does not say that the site has its story again."""
    gone = NOW + timedelta(days=2)
    with Store.opened(chosen, create=True) as store:
        run(store, heard(5, Outcome.MISSING, at=LATER))
        run(store, heard(5, Outcome.MISSING, at=gone + timedelta(days=1)))
    with Store.opened(chosen) as store, store.writing() as connection:
        connection.execute(schema.sites.delete())
    imported(chosen, Archive(tmp_path / "a.warc.gz").add(5).close())
    (record,) = records(chosen)
    assert record["withdrawn_at"] == clock.iso(LATER)
    (state,) = rows(chosen, schema.sids)
    assert state.outcome == Outcome.MISSING
    with Store.opened(chosen) as store:
        later_run = run(store, heard(5, Outcome.MISSING, at=gone + timedelta(days=9)))
        with store.snapshot() as view:
            since = Since(clock.iso(gone + timedelta(days=8)), later_run - 1, has_ended=True)
            assert list(view.history.moved(since)) == [], "it was withdrawn before, and is"


def test_a_page_after_a_failure_settles_its_story(chosen: Options, tmp_path: Path) -> None:
    with Store.opened(chosen, create=True) as store:
        run(store, heard(5, Outcome.FAILED, "timeout", at=LATER))
    imported(chosen, Archive(tmp_path / "a.warc.gz").add(5).close())
    (state,) = rows(chosen, schema.sids)
    assert state.outcome == Outcome.STORED


def test_a_dry_run_tells_the_same_and_writes_nothing(chosen: Options, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).add(**later(5, title="新的标题")).add(5).add(6).revisit(7).close()
    told = ImportRun(chosen, [path]).dry_run()
    assert not chosen.data_dir.exists()
    report = ImportRun(chosen, [path]).run()
    assert (told.changes, left(told), told.stored) == (report.changes, left(report), report.stored)
    assert told.changes == {"new": 2, "changed": 1, "older": 1}
    before = everything(chosen)
    again = ImportRun(chosen, [path]).dry_run()
    assert again.changes == {"same": 2, "older": 2}
    assert everything(chosen) == before


def test_captures_in_markdown_give_stories_and_never_replace_a_page(chosen: Options, tmp_path: Path) -> None:
    directory = corpus.directory() / "markdown"
    kinds = dict(line.split("\t") for line in (directory / "index.tsv").read_text(encoding="utf-8").split("\n") if line)
    wanted = sorted(int(sid) for sid, kind in kinds.items() if kind == "story")
    report = imported(chosen, directory, at=None)
    assert [each["sid"] for each in records(chosen)] == wanted
    assert {each["origin"] for each in records(chosen)} == {"markdown"}
    assert report.unknown_fields["comments"] == len(wanted)
    listed = {example.sid for each in report.left_out for example in each.examples}
    assert sum(left(report)[each] for each in left(report) if each.startswith("unparsed")) == 14
    assert left(report)["missing: home-page"] == 11
    assert not listed & set(wanted)
    with Store.opened(chosen) as store, store.snapshot() as view:
        assert known_answers.settled_records(store, timedelta(), 3) == [], "a capture is no known answer"
        assert known_answers.latest_records(store, 3) == []
        assert view.known(clock.now(), 3) == []
    pages = tmp_path / "pages"
    pages.mkdir()
    for sid in wanted[:5]:
        (pages / f"{sid}.html").write_bytes(corpus.page(sid))
    newer = imported(chosen, pages, at="2025-12-01T00:00:00Z")
    assert newer.changes == {"unchanged": 5}
    assert rows(chosen, schema.revisions) == [], "a page that says more is no edit"
    before = everything(chosen)
    again = imported(chosen, directory, at=None)
    assert again.changes == {"same": len(wanted) - 5, "lesser": 5}
    assert everything(chosen) == before


def test_a_reparse_leaves_what_was_imported(chosen: Options, tmp_path: Path) -> None:
    """Each kept page is read again as what it is: a capture in Markdown, too."""
    (tmp_path / "6.html").write_bytes(page(6))
    paths = [Archive(tmp_path / "a.warc.gz").add(5).close(), tmp_path / "6.html"]
    if corpus.exists():
        paths.append(corpus.directory() / "markdown")
    imported(chosen, *paths)
    before = everything(chosen)
    env = {"SOLIDOT_DATABASE_URL": chosen.database_url}
    done = finish(start(NOBODY_ANSWERS, chosen.data_dir, "reparse", env=env), chosen.data_dir)
    assert done.status == 0, done.err
    assert "0 changed" in done.err
    assert everything(chosen) == before


def test_the_command_reports_and_ends_with_a_true_status(data: Path, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).revisit(6).close()
    done = command(data, str(path), "--report", "report.json")
    assert (done.status, done.out) == (0, "")
    assert "1 stored\n  1 new" in done.err
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert (report["stored"], report["exit_status"], report["files"]) == (1, 0, 1)
    assert report["left_out"][0]["reason"] == "revisit: its page is in another record"
    path.write_bytes(path.read_bytes()[:-30])
    done = command(data, str(path))
    assert done.status == 1
    assert "some captures could not be read" in done.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["none.warc"], "No such file"),
        (["notes.txt"], "neither a WARC file"),
        (["5.html", "--fetched-at", "2025-11-08"], "without an offset"),
        (["5.html", "--fetched-at", "soon"], "no time"),
        (["5.html", "--fetched-at", "2999-01-01T00:00:00Z"], "in the future"),
        (["5.html", "--examples", "x"], "no number"),
        ([], "FILE"),
    ],
)
def test_what_cannot_be_imported_is_refused(data: Path, tmp_path: Path, words: list[str], why: str) -> None:
    (tmp_path / "notes.txt").write_text("a note", encoding="utf-8")
    (tmp_path / "5.html").write_bytes(page(5))
    done = command(data, *words)
    assert done.status == 2
    assert why in done.err
    assert "Traceback" not in done.err
    assert not data.exists()


def test_a_store_of_another_site_is_refused(data: Path, tmp_path: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store, store.writing() as connection:
        connection.execute(schema.sites.insert(), {"url": "http://127.0.0.1:9", "is_mirror": 0})
    path = Archive(tmp_path / "a.warc.gz").add(5).close()
    for words in ([str(path)], [str(path), "--dry-run"]):
        done = command(data, *words)
        assert done.status == 2
        assert "belongs to http://127.0.0.1:9" in done.err


def test_who_does_not_get_the_lock_says_who_holds_it(chosen: Options, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).close()
    with Store.opened(chosen, create=True) as store, store.hold("story-1"):
        done = command(chosen.data_dir, str(path), env={"SOLIDOT_DATABASE_URL": chosen.database_url})
    assert done.status == 75
    assert "held by story-1" in done.err


def test_a_terminal_shows_how_far_it_is(data: Path, tmp_path: Path) -> None:
    path = Archive(tmp_path / "a.warc.gz").add(5).close()
    status, shown = on_a_terminal(CANONICAL, data, "import", str(path))
    assert status == 0
    assert "import:   0%" in shown
    assert "1 captures" in shown


def test_a_time_after_now_is_not_believed(chosen: Options, tmp_path: Path) -> None:
    report = imported(chosen, Archive(tmp_path / "a.warc.gz").add(5, at="2999-01-01T00:00:00Z").close())
    assert list(left(report)) == ["failed: a time after now: 2999-01-01T00:00:00+00:00"]
    assert records(chosen) == []


@pytest.fixture
def big(tmp_path: Path) -> Path:
    archive = Archive(tmp_path / "big.warc.gz")
    for sid in range(1, 1200):
        archive.add(sid)
    return archive.close()


@pytest.mark.long
def test_a_killed_import_goes_on_and_ends_as_one_that_was_not(chosen: Options, big: Path, tmp_path: Path) -> None:
    env = {"SOLIDOT_DATABASE_URL": chosen.database_url, "SOLIDOT_SITE_URL": "", "SOLIDOT_MIRROR_OF": ""}
    with Store.opened(chosen, create=True):
        pass
    for wanted in range(100, 1100, 100):
        _kill(start(NOBODY_ANSWERS, chosen.data_dir, "import", str(big), env=env), chosen, wanted)
    done = command(chosen.data_dir, str(big), env={"SOLIDOT_DATABASE_URL": chosen.database_url})
    assert done.status == 0, done.err
    other = Options(data_dir=tmp_path / "other")
    imported(other, big)
    assert records(chosen) == records(other)
    assert len(rows(chosen, schema.visits)) == len(rows(other, schema.visits)) == 1199


@pytest.mark.long
def test_a_signal_ends_an_import_with_what_it_has(data: Path, big: Path) -> None:
    chosen = Options(data_dir=data)
    with Store.opened(chosen, create=True):
        pass
    process = start(CANONICAL, data, "import", str(big))
    until(lambda: process.poll() is not None or _count(chosen) >= 100)
    process.terminate()
    done = finish(process, data)
    assert done.status == 1
    assert "interrupted: repeat it to go on" in done.err
    assert 100 <= len(records(chosen)) < 1199
    (made,) = rows(chosen, schema.runs)
    assert (made.exit_status, json.loads(made.counts)["stored"]) == (1, len(records(chosen)))


def _kill(process: Forked, chosen: Options, wanted: int) -> None:
    """Kill an import when so many stories are there, or it has ended."""
    until(lambda: process.poll() is not None or _count(chosen) >= wanted)
    process.kill()
    process.communicate(timeout=PATIENCE)


def _count(chosen: Options) -> int:
    with Store.opened(chosen) as store, store.snapshot() as view:
        return view.story_count()
