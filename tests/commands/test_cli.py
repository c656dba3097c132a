"""The command ``solidot``."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from solidot_spider import __version__
from solidot_spider.cli import VERBS
from tests import documents
from tests.captures.warcs import Archive
from tests.crawling import NOW, Crawl, copy_of_the_tree, crawl, environment, executed, read_stories, solidot
from tests.server.client import Running, running
from tests.stores import page

README = documents.commands(documents.README)
SHOWN = documents.commands("\n".join((documents.README, *documents.PAGES.values())))
COMMANDS = [each for each in dict.fromkeys(SHOWN) if each.split()[1] not in ("enqueue", "worker")]
"""Those that README and the pages show, each once; the queue's need a database (``queue/test_page.py``)."""
SETUPS = re.findall(r"^python3 -m venv \.venv .*$", documents.README, re.MULTILINE)


def test_help_and_version_are_cheap(tmp_path: Path) -> None:
    program = (
        "import sys;from solidot_spider.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('scrapy', 'twisted', 'sqlalchemy', 'msgspec', 'wcwidth') if name in sys.modules])"
    )
    for word in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", program, word],
            env=environment("http://127.0.0.1:9", tmp_path),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.endswith("[]\n")
        assert "solidot" in done.stdout


def test_parsing_does_not_import_scrapy(tmp_path: Path) -> None:
    program = "import sys, solidot_spider.record;print([n for n in ('scrapy', 'twisted') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment("http://127.0.0.1:9", tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("words", [("--help",), *((name, "--help") for name in VERBS)], ids=" ".join)
def test_every_help_has_an_example(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = solidot("http://127.0.0.1:9", tmp_path / "data", *words)
    assert told.status == 0
    assert "example" in told.out.lower()


def test_the_version_is_told(tmp_path: Path) -> None:
    assert solidot("http://127.0.0.1:9", tmp_path / "data", "--version").out == f"solidot_spider {__version__}\n"


def test_the_demonstration_crawls_and_says_once_where_records_and_report_are(tmp_path: Path) -> None:
    done = executed("http://127.0.0.1:9", tmp_path / "data", "demo")
    assert done.status == 0
    report = re.search(r"a report of it, for a browser, is (\S+)", done.out)
    assert report
    assert "<!doctype html>" in Path(report[1]).read_text(encoding="utf-8")
    told = re.search(r"records: (\S+)", done.err)
    assert told
    assert (done.out + done.err).count(told[1]) == 1
    stories = read_stories(Path(told[1]))
    assert len(stories) >= 40
    assert re.search(rf"\d+ asked in [\d.]+ s: {len(stories)} stored, \d+ missing", done.err)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--clock", NOW) as listening:
        yield listening


@pytest.fixture(scope="module")
def filled(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which there is something to tell of."""
    data = tmp_path_factory.mktemp("filled") / "data"
    assert crawl(server.url, data, "-a", "sids=82709-82733").status == 0
    return data


EARLIER = {
    "dataset": ("export", "dataset"),
    "delta": ("export", "delta", "--changed-since", "2025-01-01"),
    "backup": ("copy", "--to", "backup"),
}
"""What makes the directories that such a command reads."""


def kind(command: str) -> str:
    """A command without its arguments; ``crawl`` with its spider."""
    return " ".join(command.split()[1 : 3 if " crawl " in command else 2])


FIRST = [command for number, command in enumerate(COMMANDS) if kind(command) not in map(kind, COMMANDS[:number])]
"""One of each kind: a new interpreter executes it too."""


@pytest.mark.parametrize(
    ("command", "run"),
    [
        *(pytest.param(each, solidot, marks=() if each in README else pytest.mark.long) for each in COMMANDS),
        *(pytest.param(each, executed, marks=pytest.mark.long) for each in FIRST),
    ],
)
def test_the_commands_of_readme_and_pages_work(
    tmp_path: Path, server: Running, filled: Path, command: str, run: Callable[..., Crawl]
) -> None:
    assert len(COMMANDS) >= 5
    shutil.copytree(filled, tmp_path / "data")
    Archive(tmp_path / "captures.warc.gz").add(5).close()
    (tmp_path / "saved-pages").mkdir()
    (tmp_path / "saved-pages" / "6.html").write_bytes(page(6))
    (tmp_path / "ids.txt").write_text("79517-79523\n80001  # a comment\n")
    for retry in re.findall(r"@(data/\S+)", command):
        (tmp_path / retry).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / retry).write_text("79520  # failed: time-out\n")
    for made in re.findall(r"(?:--(?:check|changed-since|to|apply) (?=d)|_DIR=)(dataset|delta|backup)\b", command):
        assert solidot(server.url, tmp_path / "data", *EARLIER[made], cwd=tmp_path).status == 0
    few = re.sub(r"\blimit=\d+", "limit=5", command)
    words = [*shlex.split(few)[1:], "-s", "DOWNLOAD_DELAY=0"]
    if words[0] == "probe":  # the live site's stories are not on the trial site
        words += ["--expect", str(documents.ROOT / "solidot_spider" / "trial" / "expect.json")]
    done = run(server.url, tmp_path / "data", *words, cwd=tmp_path)
    assert done.status == 0
    assert "Traceback" not in done.err


def test_the_readme_opens_with_two_commands() -> None:
    assert [command.rpartition("/")[2] for command in SETUPS] == ["solidot demo", "pytest"]


@pytest.mark.long
@pytest.mark.parametrize("command", SETUPS)
def test_the_two_commands_set_themselves_up(tmp_path: Path, command: str) -> None:
    copy_of_the_tree(tmp_path / "clone")
    done = subprocess.run(
        command.replace("/pytest", "/pytest --collect-only -q"),
        shell=True,
        cwd=tmp_path / "clone",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    is_copy = " -e " not in command
    init = tmp_path / "clone" / "solidot_spider" / "__init__.py"
    init.write_text(init.read_text().replace(f'"{__version__}"', '"9.9.9"'))
    assert (installed(tmp_path / "clone") == "solidot_spider 9.9.9\n") is not is_copy
    if is_copy:
        other = tmp_path / "clone" / "solidot_spider" / "__main__.py"
        other.write_text("raise SystemExit('the code of the checkout runs')")
        program(tmp_path / "clone", "demo")
        upgrade = documents.blocks(documents.section(documents.PAGES["running"], "Upgrade"))
        subprocess.run(["sh", "-c", upgrade[0][1]], cwd=tmp_path / "clone", check=True)
        assert installed(tmp_path / "clone") == "solidot_spider 9.9.9\n"


def installed(clone: Path) -> str:
    """The version that the program of a checkout's environment has, asked in the checkout, where another code lies."""
    return program(clone, "--version")


def program(clone: Path, *words: str) -> str:
    """What the installed program prints, run in the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(clone / ".venv/bin/solidot"), *words], cwd=clone, env=kept, capture_output=True, text=True, check=True
    ).stdout
