"""After a change of the parser, a reparse leaves what a new crawl of the same site leaves; also after kills."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import HELD
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store.store import Store
from tests.crawling import FAST, environment, solidot, until
from tests.moving_site import Moving, moving
from tests.reparse.conftest import rows
from tests.stores import run, stored

NOW = datetime.fromisoformat("2025-11-08T12:00:00+08:00")
LATER = NOW + timedelta(hours=3)
GIVEN = "sids=601-660"
NOBODY = "http://127.0.0.1:9"
KILLS, STORIES = 10, 3000
EDIT = {
    "action": "rewrite",
    "path": "/story",
    "sids": [611, 612],
    "pairs": [
        ("</h2></div>\n</div>\n<div", "（续）</h2></div>\n</div>\n<div"),
        ('",\n    "images"', '（续）",\n    "images"'),
    ],
}
"""An edit of two titles."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Moving]:
    with moving(tmp_path, NOW, "--stories", "lively:3000", "--per-day", "3", "--still") as moves:
        yield moves


class Program:
    """``solidot`` over one store, with the parser as it is or with a changed one."""

    def __init__(self, site: Moving, data: Path, database_url: str = "") -> None:
        self.site, self.data, self.database_url = site, data, database_url

    def run(self, parser: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A command run to its end; '' is the parser as it is."""
        module = "tests.changed_parser" if parser else "solidot_spider"
        env = environment(self.site.server.url, self.data) | {
            "SOLIDOT_TEST_PARSER": parser,
            "SOLIDOT_CLOCK": str(self.site.files / "clock"),
            "SOLIDOT_DATABASE_URL": self.database_url,
        }
        command = [sys.executable, "-m", module, *words]
        return subprocess.run(
            command, env=env, cwd=self.data.parent, capture_output=True, text=True, check=False, timeout=120
        )

    def crawl(self, parser: str, *words: str) -> None:
        done = self.run(parser, "crawl", "story", *FAST, "-a", GIVEN, *words)
        assert done.returncode in {0, 1, 3}, done.stderr  # a choosy parser looks like a changed site

    def crawl_twice(self, parser: str) -> None:
        """Crawl, then again after two titles were edited."""
        self.site.at(NOW)
        self.crawl(parser)
        self.site.at(LATER, EDIT)
        self.crawl(parser, "-a", "refresh=true")

    def export(self) -> str:
        done = self.run("", "export", "-")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def kept(self) -> dict[str, Any]:
        """What a reparse and a crawl must leave alike."""
        with Store.opened(Options(data_dir=self.data, database_url=self.database_url)) as store:
            found = rows(store, "stories", "pages", "sids", "visits")
        for row in found["pages"]:
            del row["body"], row["dictionary_id"]
        for row in found["sids"]:
            if row["outcome"] == "missing":  # a reparse has no page of it
                del row["parser_version"]
        return found


@pytest.mark.long
def test_after_a_crawl_a_reparse_changes_nothing(site: Moving, data: Path, database_url: str) -> None:
    program = Program(site, data, database_url)
    program.crawl_twice("")
    before, exported = program.kept(), program.export()
    assert len(before["pages"]) > len(before["stories"])
    done = program.run("", "reparse")
    assert done.returncode == 0, done.stderr
    assert "0 changed" in done.stderr
    assert program.kept() == before
    assert program.export() == exported


@pytest.mark.long
def test_after_a_change_a_reparse_is_a_new_crawl(site: Moving, data: Path, tmp_path: Path, database_url: str) -> None:
    parser = "title,department"
    again = Program(site, tmp_path / "again")
    again.crawl_twice(parser)
    program = Program(site, data, database_url)
    program.crawl_twice("")
    old = program.export()
    done = program.run(parser, "reparse")
    assert done.returncode == 0, done.stderr
    assert program.kept() == again.kept()
    assert program.export() == again.export() != old


@pytest.mark.long
def test_what_a_worse_parser_could_not_read_is_read_by_a_better_one(
    site: Moving, data: Path, tmp_path: Path, database_url: str
) -> None:
    again = Program(site, tmp_path / "again")
    again.crawl_twice("")
    program = Program(site, data, database_url)
    program.crawl_twice("choosy")
    assert program.export() != again.export()
    done = program.run("", "reparse")
    assert done.returncode == 0, done.stderr
    assert " stored, unparsed before: 606, 609, 612, …" in done.stderr
    assert program.export() == again.export()
    found, wanted = program.kept(), again.kept()
    assert found["sids"] == wanted["sids"]
    # Of pages that cannot be read the latest alone is kept: what came before is gone.
    last = clock.iso(LATER)
    assert [row for row in found["visits"] if row["at"] == last] == [
        row for row in wanted["visits"] if row["at"] == last
    ]
    gone = [row for row in wanted["pages"] if row not in found["pages"]]
    assert [(row["sid"], row["fetched_at"]) for row in gone] == [(612, clock.iso(NOW))]


@pytest.mark.long
def test_what_a_worse_parser_cannot_read_stays(site: Moving, data: Path, database_url: str) -> None:
    program = Program(site, data, database_url)
    program.crawl_twice("")
    before = program.kept()
    done = program.run("choosy", "reparse")
    assert done.returncode == 3
    assert "cannot read them: no-body: " in done.stderr
    after = program.kept()
    assert len(after["stories"]) == len(before["stories"])
    assert [row["record"] for row in after["stories"]] == [row["record"] for row in before["stories"]]
    versions = {row["sid"]: row["parser_version"] for row in after["stories"]}
    assert all(version == PARSER_VERSION + (sid % 3 != 0) for sid, version in versions.items())


@pytest.mark.long
def test_killed_at_ten_instants_it_ends_as_if_it_had_not_been(data: Path, tmp_path: Path, database_url: str) -> None:
    whole = tmp_path / "whole"
    chosen = Options(data_dir=data, database_url=database_url)
    for options in (chosen, Options(data_dir=whole)):
        with Store.opened(options, create=True) as store:
            for first in range(1, STORIES, 100):
                run(store, *(stored(sid) for sid in range(first, first + 100)))
    env = environment(NOBODY, data) | {"SOLIDOT_TEST_PARSER": "title", "SOLIDOT_DATABASE_URL": database_url}
    words = [sys.executable, "-m", "tests.changed_parser", "reparse", "--processes", "2"]
    for kill in range(KILLS):
        process = subprocess.Popen(words, env=env, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        wait_for(process, chosen, kill * STORIES // KILLS // 2)
        process.kill()
        process.communicate()
        assert process.returncode == -9, "it was killed while it ran"
        until(lambda: not running_over(data))
    assert 0 < reread(chosen) < STORIES
    for at, database in ((data, database_url), (whole, "")):
        done = subprocess.run(
            words,
            env=env | {"SOLIDOT_DATA_DIR": str(at), "SOLIDOT_DATABASE_URL": database},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    found = []
    for options in (chosen, Options(data_dir=whole)):
        with Store.opened(options) as store:
            found.append(rows(store, "stories", "pages", "sids", "visits", "revisions"))
    assert found[0] == found[1]


def reread(chosen: Options) -> int:
    """How many stories the changed parser has read."""
    with Store.opened(chosen) as store:
        return sum(row["parser_version"] > PARSER_VERSION for row in rows(store, "stories")["stories"])


def wait_for(process: subprocess.Popen[str], chosen: Options, enough: int) -> None:
    """Wait until a reparse has written more than so many stories."""
    until(lambda: reread(chosen) > enough or process.poll() is not None)


def running_over(data: Path) -> list[str]:
    """The processes that have this data directory."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"SOLIDOT_DATA_DIR={data}\0".encode() in environ.read_bytes() and environ.parent.name != str(
                os.getpid()
            ):
                found.append(environ.parent.name)
    return found


def test_it_holds_the_store(data: Path) -> None:
    chosen = Options(data_dir=data)
    with Store.opened(chosen, create=True) as store, store.hold("somebody"):
        run(store, stored(5))
        done = solidot(NOBODY, data, "reparse")
        assert (done.status, done.err.count("\n")) == (HELD, 1)
        assert "held by somebody since" in done.err
        assert solidot(NOBODY, data, "reparse", "--dry-run").status == 0


def test_what_it_says(data: Path) -> None:
    with Store.opened(Options(data_dir=data), create=True) as store:
        run(store, stored(5), stored(6))
    done = solidot(NOBODY, data, "reparse", "--sids", "5")
    assert (done.status, done.out) == (0, "")
    assert done.err.splitlines() == [
        f"1 pages read by parser version {PARSER_VERSION}: 1 stories",
        "  1 records as they are, 0 changed",
    ]
    for words, says in ((("--sids", "x"), "sids: not story ids: 'x'"), (("--processes", "0"), "give 1 or more")):
        done = solidot(NOBODY, data, "reparse", *words)
        assert done.status == 2
        assert says in done.err


def test_without_a_store_it_says_so(data: Path) -> None:
    done = solidot(NOBODY, data, "reparse")
    assert done.status == 4
    assert "there is no store here yet" in done.err
    assert not data.exists()
