"""Odd places to run in: each is used, or refused in a sentence."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.crawling import FAST, NOW, Crawl, crawl, environment, executed, solidot, stored
from tests.relay import on_ipv6
from tests.server.client import Running, running
from tests.unprivileged import WITHOUT_RIGHTS, unprivileged

pytestmark = pytest.mark.long

NOBODY_ANSWERS = "http://127.0.0.1:9"
STORY = ("crawl", "story", "-a", "sid=79520", *FAST)
LONG = "x" * 256
UNKNOWN = ("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups")
READS_ALL = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # the interpreter may be root's own


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    """A directory that cannot be looked into, with a file."""
    directory = tmp_path / "closed"
    directory.mkdir()
    (directory / "file").touch()
    directory.chmod(0)
    yield directory
    directory.chmod(0o755)


def is_refused(done: Crawl, status: int, *words: str) -> None:
    assert done.status == status, done.err
    assert done.err.startswith("solidot: ")
    assert done.err.count("\n") == 1
    for word in words:
        assert word in done.err


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("status",), 4),
        (("export", "out.jsonl"), 4),
        (STORY, 4),
        ((*STORY, "-s", "SOLIDOT_DATABASE_URL=none"), 4),
    ],
)
def test_a_data_directory_that_cannot_be_looked_into(closed: Path, words: tuple[str, ...], status: int) -> None:
    done = unprivileged(NOBODY_ANSWERS, closed / "data", *words, cwd=closed.parent)
    is_refused(done, status, "closed", "Permission denied")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("export", "closed/out.jsonl"), 4),
        ((*STORY, "-O", "closed/out.jsonl"), 2),
        ((*STORY, "--report", "closed/report.json"), 2),
        (("crawl", "story", "-a", "sids=@closed/file"), 2),
        (("probe", "--save", "closed/pages"), 4),
    ],
)
def test_a_file_in_a_directory_that_cannot_be_looked_into(
    server: Running, data: Path, closed: Path, words: tuple[str, ...], status: int
) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    is_refused(unprivileged(NOBODY_ANSWERS, data, *words, cwd=closed.parent), status, "closed", "Permission denied")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("status",), 4),
        (("export", "out.jsonl"), 4),
        (("backup", "out.db"), 4),
        (STORY, 4),
        ((*STORY, "-s", "SOLIDOT_DATABASE_URL=none"), 4),
    ],
)
def test_a_data_directory_of_too_long_a_name(tmp_path: Path, words: tuple[str, ...], status: int) -> None:
    is_refused(solidot(NOBODY_ANSWERS, tmp_path / LONG, *words, cwd=tmp_path), status, "File name too long")


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("export", f"{LONG}.jsonl"), 4),
        (("backup", LONG), 4),
        (("probe", "--save", LONG), 4),
        (("crawl", "story", "-a", f"sids=@{LONG}"), 2),
        ((*STORY, "-s", f"SOLIDOT_KNOWN_STORIES={LONG}"), 2),
    ],
)
def test_a_file_of_too_long_a_name(server: Running, data: Path, words: tuple[str, ...], status: int) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    is_refused(solidot(NOBODY_ANSWERS, data, *words), status, "File name too long")


def gone(data: Path, *words: str) -> Crawl:
    """A command in a directory that is removed before it begins."""
    begin = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", begin, "sh", sys.executable, "-m", "solidot_spider", *words],
        cwd=data.parent,
        env=environment(NOBODY_ANSWERS, data),
        capture_output=True,
        text=True,
        check=False,
    )
    return Crawl(done.returncode, done.stdout, done.stderr, data)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (STORY, 2),
        (("list",), 2),
        (("demo",), 2),
        (("probe",), 2),
        (("export", "out.jsonl"), 4),
        (("backup", "out.db"), 4),
    ],
)
def test_a_working_directory_that_was_removed(server: Running, data: Path, words: tuple[str, ...], status: int) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    is_refused(gone(data, *words), status, "No such file or directory")


def test_a_status_needs_no_working_directory(server: Running, data: Path) -> None:
    assert crawl(server.url, data, "-a", "sid=79520").status == 0
    assert gone(data, "status").status == 0


@pytest.mark.parametrize("content", ["unreadable", "garbage", "bytes", "directory"])
def test_a_configuration_file_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    path = tmp_path / "scrapy.cfg"
    if content == "directory":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe" if content == "bytes" else b"garbage\n")
    if content == "unreadable":
        path.chmod(0)
    done = unprivileged(NOBODY_ANSWERS, tmp_path / "data", "list")
    is_refused(done, 2, "scrapy.cfg: ", "take it away")


@pytest.mark.parametrize("words", [("demo",), ("probe",), STORY])
def test_no_command_begins_beside_such_a_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "scrapy.cfg").write_text("garbage\n")
    is_refused(solidot(NOBODY_ANSWERS, tmp_path / "data", *words), 2, "scrapy.cfg: ", "take it away")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody unknown")
def test_a_user_whom_nobody_knows_and_who_has_no_home(server: Running, tmp_path: Path) -> None:
    data = tmp_path / "open" / "data"
    data.parent.mkdir()
    os.chown(data.parent, 54321, 54321)
    env = {name: value for name, value in environment(server.url, data).items() if name != "HOME"}
    done = subprocess.run(
        [*UNKNOWN, *READS_ALL, sys.executable, "-m", "solidot_spider", *STORY],
        cwd=data.parent,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert stored(data) == [79520]


def test_a_literal_ipv6_address(server: Running, data: Path) -> None:
    port = urlsplit(server.url).port
    assert port
    with on_ipv6(port) as listening:
        done = crawl(f"http://[::1]:{listening}", data, "-a", "sids=79517-79523")
    assert done.status == 0, done.err
    assert stored(data) == [79517, 79520, 79523]


@pytest.mark.skipif(
    not WITHOUT_RIGHTS or subprocess.run(["unshare", "-m", "true"], check=False).returncode != 0,
    reason="nothing here may be mounted",
)
def test_a_host_that_has_an_ipv6_address_only(server: Running, data: Path) -> None:
    port = urlsplit(server.url).port
    assert port
    hosts = data.parent / "hosts"
    mounted = f'mount --bind {hosts} /etc/hosts && exec "$@"'
    hosts.write_text("127.0.0.1 localhost\n::1 only-ipv6.test\n")
    with on_ipv6(port) as listening:
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", mounted, "sh", sys.executable, "-m", "solidot_spider", *STORY],
            cwd=data.parent,
            env=environment(f"http://only-ipv6.test:{listening}", data),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert stored(data) == [79520]


def test_a_proxy_does_not_stand_before_this_machine(server: Running, data: Path) -> None:
    proxy: Mapping[str, str] = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), NOBODY_ANSWERS)
    assert crawl(server.url, data, "-a", "sid=79520", env=proxy).status == 0
    assert solidot(NOBODY_ANSWERS, data, "demo", env=proxy).status == 0


@pytest.mark.parametrize("words", [(), ("--spider", "story")])
def test_parse_shows_the_record_of_a_page(server: Running, data: Path, words: tuple[str, ...]) -> None:
    done = executed(server.url, data, "parse", *words, "--nocolour", f"{server.url}/story?sid=79520")
    assert (done.status, done.err) == (0, "")
    assert "'url': 'https://www.solidot.org/story?sid=79520'" in done.out
    assert "'content_hash': '" in done.out
    assert not data.exists()


@pytest.mark.parametrize(
    ("path", "code", "told"),
    [
        ("/story?sid=79520", "record()['url']", r"https://www\.solidot\.org/story\?sid=79520"),
        ("/story?sid=79520", "record(response)['content_hash']", "[0-9a-f]{64}"),
        ("/story?sid=79519", "record()", "Missing\\(reason='home-page'\\)"),
    ],
)
def test_shell_has_the_record(server: Running, data: Path, path: str, code: str, told: str) -> None:
    done = solidot(server.url, data, "shell", f"{server.url}{path}", "-c", code)
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(told, done.out.strip())
    assert not data.exists()


def test_shell_has_the_page(server: Running, data: Path) -> None:
    done = solidot(
        server.url, data, "shell", f"{server.url}/story?sid=79520", "-c", "response.css('title::text').get()"
    )
    assert (done.status, done.err) == (0, "")
    assert "Solidot" in done.out
    assert not data.exists()
