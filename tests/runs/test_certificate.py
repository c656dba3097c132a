"""Certificates are verified; one documented switch turns that off, and the reason names it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crawling import crawl, solidot
from tests.tls import serving

SID = 79517
EXPECT = Path(__file__).parents[2] / "solidot_spider" / "trial" / "expect.json"


@pytest.fixture
def unvouched(tmp_path: Path) -> Iterator[str]:
    """A site over https with a certificate that nobody vouches for."""
    with serving(tmp_path) as url:
        yield url


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, unvouched: str) -> None:
    run = crawl(unvouched, tmp_path / "data", "-a", f"sid={SID}", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "failed: robots.txt: certificate not verified" in run.err
    assert "DOWNLOAD_VERIFY_CERTIFICATES=False" in run.err
    assert "Traceback" not in run.err


def test_the_switch_that_the_reason_names(tmp_path: Path, unvouched: str) -> None:
    run = crawl(unvouched, tmp_path / "data", "-a", f"sid={SID}", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=False")
    assert run.status == 0
    assert list(run.stories()) == [SID]


def test_the_probe_says_verified_only_of_what_is(tmp_path: Path, unvouched: str) -> None:
    words = ("-s", "DOWNLOAD_DELAY=0", "-s", "DOWNLOAD_VERIFY_CERTIFICATES=False")
    run = solidot(unvouched, tmp_path / "data", "probe", *words, "--expect", str(EXPECT))
    assert run.status == 3
    assert "certificate       differs    not verified" in run.out


def test_the_probe_names_who_vouches(tmp_path: Path, unvouched: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    words = ("-s", "DOWNLOAD_DELAY=0", "--expect", str(EXPECT))
    run = solidot(unvouched, tmp_path / "data", "probe", *words)
    assert "verified, issued by nobody" in run.out
    assert run.status == 0


def test_the_probe_tells_of_it(tmp_path: Path, unvouched: str) -> None:
    run = solidot(unvouched, tmp_path / "data", "probe", "-s", "DOWNLOAD_DELAY=0", "-s", "RETRY_TIMES=0")
    assert run.status == 1
    assert "certificate not verified" in run.out
