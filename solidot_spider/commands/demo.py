"""``solidot demo``: runs the real spider, as a real crawl, over the trial server on loopback."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import CANNOT_WRITE, TROUBLE, USAGE
from solidot_spider.commands import places
from solidot_spider.commands.verb import CRAWL, Verb

CLOCK = "2026-01-15T12:00:00+08:00"
"""The trial site's time."""

NEAR = 4
"""Ids up to so far from a story are asked, too, so that some are missing."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("--serve", action="store_true", help="keep the site open afterwards, until Ctrl-C")


def run(arguments: argparse.Namespace) -> int:
    """Crawl the trial site into a fresh directory, and report on it; the crawl's exit status."""
    import tempfile

    from solidot_spider.trial.client import StartError, running

    if why := places.problem():
        return refuse(why, USAGE)
    try:
        data = Path(tempfile.mkdtemp(prefix="solidot-demo-"))
    except OSError as error:
        return refuse(f"no directory for the demonstration: {error.strerror}; TMPDIR names another", CANNOT_WRITE)
    try:
        with running("--clock", CLOCK) as server:
            print(f"a small Solidot of invented stories is at {server.url}")
            status = _crawl(server.url, data)
            _report(data)
            if arguments.serve:
                _wait(server.url, data)
    except StartError as error:
        return refuse(str(error), TROUBLE)
    return status


def _crawl(url: str, data: Path) -> int:
    """Crawl the trial site's stories and the ids around them; the exit status."""
    import subprocess

    from solidot_spider.base.sids import Sids
    from solidot_spider.trial.client import python_path
    from solidot_spider.trial.stories import builtin_stories

    sids = Sids(ranges(sorted(builtin_stories())))
    # The site is our own and on this machine: nobody is hurt without the delay.
    words = ["crawl", "story", "-a", f"sids={sids}", "-s", "DOWNLOAD_DELAY=0"]
    print(f"$ SOLIDOT_SITE_URL={url} SOLIDOT_DATA_DIR={data} solidot {' '.join(words)}", flush=True)
    command = [sys.executable, "-P", "-m", "solidot_spider", *words]
    # What is set for the real site must not lead invented stories into its store.
    cleared = {"SOLIDOT_MIRROR_OF": "", "SOLIDOT_DATABASE_URL": ""}
    ours = {"SOLIDOT_SITE_URL": url, "SOLIDOT_DATA_DIR": str(data), "PYTHONPATH": python_path()}
    environment = {**os.environ, **cleared, **ours}
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command


def _report(data: Path) -> None:
    """Make the report of what was crawled, and say where it is, or why there is none."""
    from solidot_spider.base.options import Options
    from solidot_spider.export.errors import ExportError
    from solidot_spider.report import report
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.store import Store

    out = data / "report.html"
    try:
        with Store.opened(Options(data_dir=data)) as store:
            report.write(store, out)
    except (ExportError, StoreError, OSError) as error:
        print(f"no report of it: {error}", flush=True)
    else:
        print(f"a report of it, for a browser, is {out}", flush=True)


def ranges(sids: list[int]) -> list[tuple[int, int]]:
    """The stories as ranges, with the few ids between neighbours."""
    ranges: list[tuple[int, int]] = []
    for sid in sids:
        if ranges and sid - ranges[-1][1] <= NEAR:
            ranges[-1] = (ranges[-1][0], sid)
        else:
            ranges.append((sid, sid))
    return ranges


def _wait(url: str, data: Path) -> None:
    print(f"{url} stays open; Ctrl-C ends it")
    print("its stories are invented: crawl it into a directory of its own, never into that of the real site:")
    print(f"$ SOLIDOT_SITE_URL={url} SOLIDOT_DATA_DIR={data} solidot crawl latest", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print()


VERB = Verb(
    "demo",
    "crawl a small site of invented stories on this machine",
    "Starts a small Solidot of invented stories on loopback, crawls it into a fresh directory, and makes a report "
    "of that.",
    "solidot demo --serve",
    declare,
    run,
    CRAWL,
)
