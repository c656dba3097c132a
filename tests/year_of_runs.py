"""Many runs of ``latest`` in one process, each at a time of its own: ``python -m tests.year_of_runs URL DATA CLOCK LOG``.

Times come as lines on standard input, ``*`` behind one that a real process is to run. What became of each run goes to
standard output as a JSON line, with where its requests stand in the server's log.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

from solidot_spider.base.console import Console
from solidot_spider.runner import CrawlRun
from solidot_spider.spiders.latest import LatestSpider

SPEED = {
    "DOWNLOAD_DELAY": "0",
    "CONCURRENT_REQUESTS": "8",
    "SOLIDOT_BACKOFF": "0",
    "SOLIDOT_PATIENCE": "0",
    "RETRY_TIMES": "1",
}


async def in_process() -> int:
    """A run as the command makes it; its exit status."""
    settings = get_project_settings()
    settings.setdict(SPEED, priority="cmdline")
    report = await CrawlRun(LatestSpider, {}, settings, console=Console(quiet=True)).run()
    return report.exit_status


def as_process() -> int:
    words = [word for name, value in SPEED.items() for word in ("-s", f"{name}={value}")]
    command = [sys.executable, "-m", "solidot_spider", "crawl", "latest", *words]
    return subprocess.run(command, check=False, capture_output=True).returncode


def set_clock(file: Path, moment: str) -> None:
    aside = file.with_suffix(".new")
    aside.write_text(moment)
    aside.replace(file)


def size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


async def main(clock_file: Path, log: Path) -> None:
    for line in sys.stdin:
        moment, _, is_real = line.strip().partition(" ")
        set_clock(clock_file, moment)
        first = size(log)
        status = as_process() if is_real else await in_process()
        sys.stdout.write(json.dumps({"at": moment, "status": status, "first": first, "last": size(log)}) + "\n")


if __name__ == "__main__":
    url, data, clock_file, log = sys.argv[1:]
    os.environ.update(SOLIDOT_SITE_URL=url, SOLIDOT_DATA_DIR=data, SOLIDOT_CLOCK=clock_file)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor as installed

    reactor: Any = installed

    def end(done: asyncio.Task[None]) -> None:
        if done.exception():
            done.print_stack()
        reactor.stop()

    def begin() -> None:
        asyncio.ensure_future(main(Path(clock_file), Path(log))).add_done_callback(end)

    reactor.callWhenRunning(begin)
    reactor.run()
