"""``solidot show``: a story for a person, on a terminal and in a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from solidot_spider import items
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.display import wrapping
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests.crawling import Crawl, environment, solidot
from tests.stores import NOW, fields, heard, run, stored
from tests.terminal import COLUMNS, on_a_terminal

NOWHERE = "http://127.0.0.1:9"
HARM = "\x1b]0;x\x07\x1b[2J\x9b31m\x85\u202e\u2066\u2028"
"""A title of a window, an erased screen, a colour, line ends, and text from right to left."""


def link(url: str, **values: Any) -> dict[str, Any]:
    given = {
        "text": None,
        "host": "example.com",
        "form": "bare",
        "placement": "trailing",
        "raw": url,
        "archive_of": None,
    }
    return {"url": url, **given, **values}


def changed(visit: Visit, **values: Any) -> Visit:
    """A visit whose record has other values."""
    assert visit.record is not None
    record = {**visit.record, **values}
    return replace(visit, record={**record, "content_hash": items.content_hash(record)})


def fill(store: Store) -> None:
    """Four stories: one edited twice, one with archived copies, one that would harm a terminal."""
    later, last = NOW + timedelta(hours=2), NOW + timedelta(hours=4)
    run(store, stored(10), stored(11), stored(12), stored(13), heard(14, Outcome.MISSING, "home-page"))
    run(store, changed(stored(10, later), title="灯塔熄灭了"), at=later)
    run(store, changed(stored(10, last), title="灯塔点亮了", department=None), at=last)
    copies = [
        link("https://example.com/a", text="一篇文章"),
        link("https://archive.is/1", archive_of="https://example.com/a"),
        link("https://web.archive.org/2", archive_of="https://gone.example.org/b"),
    ]
    run(store, changed(stored(11, later), source_links=copies, source_labels=["某报"]), at=later)
    run(
        store,
        changed(stored(12, later), title=f"标题{HARM}", body=f"正文{HARM}。", body_html=f"<p>正文{HARM}。</p>"),
        at=later,
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("shown") / "data"
    with Store.opened(Options(data_dir=data), create=True) as store:
        fill(store)
    return data


def show(data: Path, *words: str, env: dict[str, str] | None = None) -> Crawl:
    return solidot(NOWHERE, data, "show", *words, env=env or {})


def test_a_story_is_shown_from_each_database(chosen: Options, database_url: str) -> None:
    with Store.opened(chosen, create=True) as store:
        fill(store)
    done = show(chosen.data_dir, "11", env={"SOLIDOT_DATABASE_URL": database_url})
    assert (done.status, done.err) == (0, "")
    record = fields(11)
    lines = done.out.splitlines()
    assert lines[0] == record["title"]
    assert record["published_at"][:10] in lines[1]
    assert f"by {record['editor']['name']}" in done.out
    assert record["url"] in lines
    assert "".join(record["body"].split()) in "".join(done.out.split())
    assert lines[lines.index("Sources") + 1 :][:7] == [
        "[1] 一篇文章",
        "    https://example.com/a",
        "    archived: https://archive.is/1",
        "[2] https://gone.example.org/b",
        "    archived: https://web.archive.org/2",
        "[3] 某报",
        "",
    ]


def test_edits_are_shown_newest_first(shared: Path) -> None:
    out = show(shared, "10").out
    assert out.startswith("灯塔点亮了\n")
    edits = out.partition("\n\nEdited, ")[2].split("\n\nEdited, ")
    assert len(edits) == 2
    assert "title:\n- 灯塔熄灭了\n+ 灯塔点亮了\n" in edits[0]
    assert f"department:\n- {fields(10)['department']}" in edits[0]
    assert f"title:\n- {fields(10)['title']}\n+ 灯塔熄灭了\n" in edits[1]
    assert "department" not in edits[1]


def test_the_records_are_those_of_an_export(shared: Path, tmp_path: Path) -> None:
    assert solidot(NOWHERE, shared, "export", str(tmp_path / "all.jsonl")).status == 0
    assert show(shared, "10-13", "--json").out == (tmp_path / "all.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sids"),
    [
        (("--latest", "2"), [13, 12]),
        (("13", "10,11"), [10, 11, 13]),
        (("1-12",), [10, 11, 12]),
        (("https://www.solidot.org/story?sid=12",), [12]),
    ],
)
def test_stories_are_named_in_many_ways(shared: Path, words: tuple[str, ...], sids: list[int]) -> None:
    done = show(shared, *words, "--json")
    assert (done.status, done.err) == (0, "")
    assert [json.loads(line)["sid"] for line in done.out.split("\n")[:-1]] == sids


@pytest.mark.parametrize(
    ("words", "exit_status", "told"),
    [
        (("99",), 1, "story 99 was never asked for; `solidot crawl story -a sid=99` asks"),
        (("14",), 1, "the store has no story 14: missing (home-page) when it was asked, 2025-11-08T04:00 UTC"),
        (("10", "98", "99"), 1, "the store has no stories 98-99; `solidot crawl story -a sids=98-99`"),
        (("50-60",), 1, "the store has no stories 50-54"),
        ((), 2, "give the ids of stories, or --latest N"),
        (("5", "--latest", "3"), 2, "and not both"),
        (("--latest", "0"), 2, "--latest 0: give a number from 1 on"),
        (("x",), 2, "not story ids: 'x'"),
        (("10", "--json", "--html"), 2, "not allowed with"),
        (("10", "-s", "SOLIDOT_DATA_DIR=elsewhere"), 4, "elsewhere/solidot.db: there is no store here yet"),
    ],
)
def test_what_cannot_be_shown_is_a_line_and_a_status(
    shared: Path, words: tuple[str, ...], exit_status: int, told: str
) -> None:
    done = show(shared, *words)
    assert (done.status, done.err.count("\n")) == (exit_status, 1)
    assert told in done.err


def uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[\d;]+m", "", text)


@pytest.mark.parametrize(
    "words", [("show", "12"), ("show", "12", "--json"), ("search", "正文"), ("search", "标题", "--json")]
)
def test_no_story_can_harm_a_terminal(shared: Path, words: tuple[str, ...]) -> None:
    status, shown = on_a_terminal(NOWHERE, shared, *words)
    assert status == 0
    assert "标题" in shown
    text = uncoloured(shown).replace("\r\n", "")
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")]
    if "--json" in words:
        assert json.loads(text)["title"] == f"标题{HARM}"


def test_a_terminal_has_colours_and_whole_lines(shared: Path) -> None:
    status, shown = on_a_terminal(NOWHERE, shared, "show", "10")
    assert status == 0
    assert "\x1b[1m灯塔点亮了\x1b[0m" in shown
    assert "\x1b[31m灯塔\x1b[0m\x1b[1;31m熄灭\x1b[0m" in shown
    assert all(wrapping.cells(line) <= COLUMNS for line in uncoloured(shown).splitlines())


def test_no_colours_where_they_are_not_wanted(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in show(shared, "10").out
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert "\x1b" not in on_a_terminal(NOWHERE, shared, "show", "10")[1]


@pytest.mark.long
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, *(stored(sid) for sid in range(1, 300)))
    for words in ("show 1-300", "show --json 1-300", "search --limit 0 公布"):
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", f"{sys.executable} -m solidot_spider {words} | head -1"],
            env=environment(NOWHERE, data),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")


class Attributes(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(tag, name, value or "") for name, value in attrs]


def opened(data: Path, tmp_path: Path, *words: str) -> tuple[str, Crawl]:
    """The page that a browser is given."""
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    done = show(data, *words, "--html", env={"BROWSER": f"{browser} %s", "TMPDIR": str(tmp_path)})
    address = (tmp_path / "opened").read_text().strip()
    assert address == f"file://{done.out.strip()}"
    return Path(done.out.strip()).read_text(encoding="utf-8"), done


def test_a_page_opens_in_the_browser_and_asks_for_nothing(shared: Path, tmp_path: Path) -> None:
    page, done = opened(shared, tmp_path, "10-13")
    assert (done.status, done.err) == (0, "")
    assert page.count("<article ") == 4
    assert "灯塔<b>点亮</b>了" in page
    assert "<del>灯塔<b>熄灭</b>了</del>" in page
    assert 'archived: <a href="https://archive.is/1"' in page
    assert "default-src 'none'" in page
    found = Attributes(page).found
    assert not [each for each in found if each[1] in ("src", "srcset", "style") or each[1].startswith("on")]
    assert {value.partition(":")[0] for tag, name, value in found if name == "href"} == {"https"}
    assert not [char for char in page if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")]


def test_a_title_is_no_markup(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, changed(stored(10), title="<script>alert(1)</script>\"&'"))
    page, _ = opened(data, tmp_path, "10")
    assert "<script" not in page
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#x27;</h1>" in page
