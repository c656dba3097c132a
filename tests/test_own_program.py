"""What the pages show for a program of one's own, run as it stands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from solidot_spider.items import Story
from tests import documents
from tests.crawling import NOW, environment
from tests.server.client import running
from tests.stores import page

HEADING = "In a program of your own"
REACTOR = """\
import asyncio

from scrapy.utils.reactor import install_reactor

install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from twisted.internet import reactor


async def main():
{block}
    print(report.asked, report.counts["missing"])


def begin():
    asyncio.ensure_future(main()).add_done_callback(lambda done: (done.result(), reactor.stop()))


reactor.callWhenRunning(begin)
reactor.run()
"""


def block(name: str) -> str:
    ((language, code),) = documents.blocks(documents.section(documents.PAGES[name], HEADING))
    assert language == "python"
    return code


def test_a_page_gives_its_record() -> None:
    names: dict[str, Any] = {"page_bytes": page(79532)}
    exec(block("parsing"), names)
    assert isinstance(names["story"], Story)
    assert names["story"].sid == 79532


@pytest.mark.long
def test_a_crawl_gives_its_report(tmp_path: Path) -> None:
    with running("--stories", "generated:9", "--clock", NOW) as server:
        done = subprocess.run(
            [sys.executable, "-c", REACTOR.format(block=indent(block("runs"), "    "))],
            env={
                **environment(server.url, tmp_path / "data"),
                "SCRAPY_SETTINGS_MODULE": "tests.fast_settings",
                "PYTHONPATH": str(documents.ROOT),
            },
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout == "11 11\n", done.stderr
