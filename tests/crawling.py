"""Real crawls: the command in a process of its own, forked or executed, against the trial server on loopback."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solidot_spider.base.site import CANONICAL
from solidot_spider.crawl import report
from tests import forked

NOW = "2025-11-08T12:00:00+08:00"
FAST = ("-s", "DOWNLOAD_DELAY=0", "-s", "CONCURRENT_REQUESTS=8", "-s", "SOLIDOT_BACKOFF=0")
WIDE = ("-s", "CONCURRENT_REQUESTS=32")
REPORT = ("--report", "report.json")
PLENTY = "79517-79523"
"""Three stories of the trial site, and four ids that never existed."""
PATIENCE = 60.0
NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Crawl:
    """A crawl that has ended."""

    status: int
    out: str
    err: str
    data: Path

    @property
    def feeds(self) -> list[Path]:
        return sorted(self.data.glob("runs/*.jsonl"))

    @property
    def report(self) -> report.Report:
        """The report of a run that had the words ``REPORT``."""
        return report.load((self.data.parent / REPORT[1]).read_bytes())

    @property
    def retries(self) -> list[Path]:
        return sorted(self.data.glob("runs/*.retry.txt"))

    def stories(self) -> dict[int, dict[str, Any]]:
        """The records of the run's own feed by sid; a sid that occurs twice is an error."""
        return read_stories(*self.feeds)


def read_stories(*files: Path) -> dict[int, dict[str, Any]]:
    stories: dict[int, dict[str, Any]] = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert text.endswith("\n")
        for line in text.splitlines():
            story = json.loads(line)
            assert story["sid"] not in stories
            stories[story["sid"]] = story
    return stories


def stored(data: Path) -> list[int]:
    """The stories of a store in SQLite."""
    with closing(sqlite3.connect(f"file:{data / 'solidot.db'}?mode=ro", uri=True)) as database:
        return [sid for (sid,) in database.execute("SELECT sid FROM stories ORDER BY sid")]


def until(call: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """The first true result of a call that depends on other processes."""
    deadline = time.monotonic() + patience
    while not (result := call()):
        assert time.monotonic() < deadline, f"nothing within {patience:g} s"
        time.sleep(0.02)
    return result


def copy_of_the_tree(target: Path) -> None:
    """Copy the files that git tracks, as a clone has them."""
    root = Path(__file__).parents[1]
    listed = subprocess.run(["git", "ls-files"], cwd=root, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes((root / name).read_bytes())


def environment(url: str, data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOLIDOT_", "SCRAPY_"))}
    # Tests begin a server anew, at another port: each is a mirror of the site that stores are made for.
    site = {"SOLIDOT_SITE_URL": url, "SOLIDOT_MIRROR_OF": CANONICAL, "SOLIDOT_DATA_DIR": str(data)}
    return {**kept, **site, **forked.STRICT}


def start(
    url: str,
    data: Path,
    *words: str,
    cwd: Path | None = None,
    env: Mapping[str, str] = NOTHING,
    limits: Mapping[str, int] = forked.NO_LIMITS,
) -> forked.Forked:
    """A command that runs, forked; ``limits`` are resource limits by name, such as ``RLIMIT_FSIZE``."""
    return forked.start(
        "solidot_spider", words, env={**environment(url, data), **env}, cwd=cwd or data.parent, limits=limits
    )


def finish(process: forked.Forked, data: Path, given: str = "", patience: float = PATIENCE) -> Crawl:
    out, err = process.communicate(given, timeout=patience)
    assert process.returncode is not None
    return Crawl(process.returncode, out, err, data)


def executed(url: str, data: Path, *words: str, cwd: Path | None = None, patience: float = PATIENCE) -> Crawl:
    """A command, executed by a new interpreter and run to its end."""
    return _executed(["-m", "solidot_spider", *words], url, data, cwd, patience)


def _executed(  # noqa: PLR0913, PLR0917 - a process is made of all of this
    words: list[str], url: str, data: Path, cwd: Path | None, patience: float, env: Mapping[str, str] = NOTHING
) -> Crawl:
    done = subprocess.run(
        [sys.executable, *words],
        env={**environment(url, data), **env},
        cwd=cwd or data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    return Crawl(done.returncode, done.stdout, done.stderr, data)


def solidot(  # noqa: PLR0913 - a process is made of all of this
    url: str,
    data: Path,
    *words: str,
    given: str = "",
    cwd: Path | None = None,
    patience: float = PATIENCE,
    env: Mapping[str, str] = NOTHING,
) -> Crawl:
    """A command, forked and run to its end."""
    return finish(start(url, data, *words, cwd=cwd, env=env), data, given, patience)


def crawl(url: str, data: Path, *words: str, given: str = "", env: Mapping[str, str] = NOTHING) -> Crawl:
    """``crawl story`` at full speed, run to its end."""
    return solidot(url, data, "crawl", "story", *FAST, *words, given=given, env=env)


def paced(url: str, data: Path, *words: str) -> Crawl:
    """``crawl story`` at the project's own pace, with a report; its retries do not wait."""
    return solidot(url, data, "crawl", "story", "-s", "SOLIDOT_BACKOFF=0", *REPORT, *words)


def status(data: Path, env: Mapping[str, str] = NOTHING) -> dict[str, Any]:
    """What ``solidot status --json`` prints."""
    told = solidot("http://127.0.0.1:9", data, "status", "--json", env=env)
    assert told.status == 0, told.err
    return dict(json.loads(told.out))


MEASURED = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "solidot_spider", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""


def measured(
    url: str, data: Path, *words: str, patience: float = PATIENCE, env: Mapping[str, str] = NOTHING
) -> tuple[Crawl, int]:
    """A command executed and run to its end, and its peak memory in KiB.

    It is the child of a small process: the peak that is reported for a child begins with that of its parent.
    """
    run = _executed(["-c", MEASURED, *words], url, data, None, patience, env)
    return run, int(run.out.splitlines()[-1])
