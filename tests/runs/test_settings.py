"""Settings that cannot be: one line that says what is allowed, and nothing is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawling import crawl


@pytest.mark.parametrize(
    ("setting", "allowed"),
    [
        ("DOWNLOAD_DELAY=abc", "a number from 0"),
        ("DOWNLOAD_DELAY=nan", "a number from 0"),
        ("DOWNLOAD_DELAY=-1", "a number from 0"),
        ("DOWNLOAD_DELAY_JITTER=2", "from 0 to 1"),
        ("DOWNLOAD_TIMEOUT=0", "a number above 0"),
        ("CLOSESPIDER_TIMEOUT=soon", "a number from 0"),
        ("RETRY_TIMES=x", "a whole number from 0"),
        ("RETRY_TIMES=1.5", "a whole number from 0"),
        ("RETRY_HTTP_CODES=a,b", "HTTP statuses"),
        ("CONCURRENT_REQUESTS=0", "a whole number from 1"),
        ("CONCURRENT_ITEMS=0", "a whole number from 1"),
        ("COMPRESSION_ENABLED=maybe", "True or False"),
        ("LOG_LEVEL=FOO", "WARNING"),
        ("LOG_FILE=/nope/x", "no directory /nope"),
        ("LOG_FILE=.", "a directory"),
        ("FEED_EXPORT_ENCODING=klingon", "no encoding"),
        ("SCHEDULER=nowhere.Scheduler", "cannot be imported"),
        ("TWISTED_REACTOR=twisted.internet.selectreactor.SelectReactor", "AsyncioSelectorReactor only"),
        ("TWISTED_REACTOR_ENABLED=False", "AsyncioSelectorReactor only"),
        ("JOBDIR=job", "repeat a run"),
    ],
)
def test_a_setting_that_cannot_be_is_one_line_and_nothing_is_made(data: Path, setting: str, allowed: str) -> None:
    run = crawl("http://127.0.0.1:9", data, "-a", "sids=1-3", "-s", setting)
    assert run.status == 2
    assert run.err.startswith(f"solidot: {setting}: ")
    assert allowed in run.err
    assert run.err.count("\n") == 1
    assert not list(data.parent.iterdir())
