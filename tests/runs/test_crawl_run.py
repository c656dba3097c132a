"""``CrawlRun``: a crawl from a program, without the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crawling import NOW, environment, stored
from tests.server.client import running

PROGRAM = """
import asyncio, json, sys

from scrapy.utils.project import get_project_settings
from scrapy.utils.reactor import install_reactor

install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from twisted.internet import reactor

from solidot_spider.base.console import Console
from solidot_spider.base.sids import ArgumentError
from solidot_spider.runner import CrawlRun
from solidot_spider.spiders.story import StorySpider


async def main():
    settings = get_project_settings()
    settings.setdict({"DOWNLOAD_DELAY": 0, "SOLIDOT_BACKOFF": 0}, priority="cmdline")
    for given in ({"sids": "1-9"}, {"sids": "1-12"}, {"sid": "5"}):
        run = CrawlRun(StorySpider, given, settings, console=Console(quiet=True))
        report = await run.run()
        told = {"asked": report.asked, "before": report.settled_before, "status": report.exit_status}
        print(json.dumps({**told, "counts": report.counts, "arguments": report.arguments}))
    try:
        CrawlRun(StorySpider, {"sid": "0"}, settings)
    except ArgumentError as error:
        print(json.dumps({"refused": str(error)}))


def begin():
    asyncio.ensure_future(main()).add_done_callback(lambda done: (done.result(), reactor.stop()))


reactor.callWhenRunning(begin)
reactor.run()
"""


@pytest.mark.long
def test_crawls_follow_each_other_in_one_process(tmp_path: Path) -> None:
    with running("--stories", "generated:100", "--clock", NOW) as server:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**environment(server.url, tmp_path / "data"), "SCRAPY_SETTINGS_MODULE": "solidot_spider.settings"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        asked = [each["sid"] for each in server.requests() if each["sid"]]
    assert done.stderr == f"making the data directory {tmp_path / 'data'}\n"
    first, second, single, refused = [json.loads(line) for line in done.stdout.splitlines()]
    assert (first["asked"], first["before"], first["status"], first["counts"]["stored"]) == (9, 0, 0, 9)
    assert (second["asked"], second["before"], second["counts"]["stored"]) == (3, 9, 3)
    assert (single["asked"], single["arguments"]) == (1, {"sid": "5"})
    assert sorted(asked) == [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 12]
    assert refused["refused"].startswith("sid=0: not a story id")
    assert stored(tmp_path / "data") == list(range(1, 13))
