"""Lists with odd characters: no exception, and never nothing to ask without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from solidot_spider.trial.lists import list_page
from tests.crawling import FAST, REPORT, solidot
from tests.odd_site import answer, odd
from tests.stores import STORIES

HALF = b"<rss><channel><item><link>https://www.solidot.org/story?sid=12&#xD800;</link></item></channel></rss>"
HOME = list_page("奇客", [STORIES[sid] for sid in (9, 8, 7)], [], "20251107").encode()


@pytest.mark.parametrize(("home", "asked"), [(HOME, 3), (b"<p>?</p>", 0)], ids=["a home page", "none either"])
def test_a_feed_with_half_a_character_is_told(data: Path, home: bytes, asked: int) -> None:
    with odd({"/index.rss": answer(HALF), "/": answer(home)}) as url:
        run = solidot(url, data, "crawl", "latest", *FAST, *REPORT)
    told = run.report
    assert run.status == told.exit_status == (0 if asked else 3)
    assert told.asked == told.counts["stored"] == asked
    assert "feed: no stories in it" in run.err
    assert "Traceback" not in run.err


def test_the_probe_names_it(data: Path) -> None:
    with odd({"/index.rss": answer(HALF), "/": answer(HOME)}) as url:
        told = solidot(url, data, "probe", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
    assert told.status == 3
    assert "not found" in told.out
    assert "Traceback" not in told.err
