"""Each status and each kind of silence has its outcome, and a reason that a person understands."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scrapy import exceptions
from scrapy.http import Response
from twisted.internet import error as network

from solidot_spider.base.outcome import Outcome
from solidot_spider.middlewares import http_outcome
from solidot_spider.middlewares.redirects import RefusedError
from solidot_spider.middlewares.throttle import retry_after
from solidot_spider.middlewares.wire import NotTriedError

NAMED = {401: "refused", 403: "refused", 451: "refused", 404: "missing", 410: "missing"}

ZstdError = type("ZstdError", (Exception,), {"__module__": "backports.zstd"})


def test_every_status_has_an_outcome() -> None:
    for status in (*range(100, 200), *range(300, 1000)):
        ending = http_outcome.of_status(status)
        assert ending is not None
        assert ending[0] == NAMED.get(status, "failed")
        assert ending[1].startswith(f"answered {status}")
    assert {http_outcome.of_status(status) for status in range(200, 300)} == {None}


@pytest.mark.parametrize(
    ("error", "outcome", "reason"),
    [
        (RefusedError("forbidden by robots.txt"), Outcome.REFUSED, "forbidden by robots.txt"),
        (NotTriedError("interrupted"), Outcome.NOT_TRIED, "interrupted"),
        (exceptions.DownloadTimeoutError(), Outcome.FAILED, "time-out"),
        (exceptions.CannotResolveHostError(), Outcome.FAILED, "host name not found"),
        (exceptions.DownloadConnectionRefusedError(), Outcome.FAILED, "connection refused"),
        (network.ConnectionLost(), Outcome.FAILED, "connection lost"),
        (exceptions.DownloadCancelledError(), Outcome.FAILED, "body over the limit of DOWNLOAD_MAXSIZE"),
        (zlib.error("x"), Outcome.FAILED, "body broken: its compression does not unpack"),
        (ZstdError("x"), Outcome.FAILED, "body broken: its compression does not unpack"),
        (gzip.BadGzipFile("x"), Outcome.FAILED, "body broken: its compression does not unpack"),
        (exceptions.IgnoreRequest("of some other reason"), Outcome.FAILED, "of some other reason"),
        (ConnectionResetError("x"), Outcome.FAILED, "no answer (ConnectionResetError)"),
        (KeyError("x"), Outcome.FAILED, "fault in a component (KeyError: 'x')"),
    ],
)
def test_every_silence_has_a_name(error: BaseException, outcome: Outcome, reason: str) -> None:
    assert http_outcome.of_error(error) == (outcome, reason)


NOW = datetime(2025, 11, 8, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("-5", 0),
        ("1.5", 0),
        ("soon", 0),
        ("", 0),
        ("9" * 30, 1e9),
        (["90", "0"], 90),
        ("Mon, 01 Jan 2024 00:00:00 +" + "9" * 20, 0),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str | list[str], seconds: float) -> None:
    headers = {"Date": format_datetime(NOW, usegmt=True), "Retry-After": value}
    assert retry_after(Response("http://127.0.0.1", status=503, headers=headers)) == seconds
    assert retry_after(Response("http://127.0.0.1", status=503)) == 0
