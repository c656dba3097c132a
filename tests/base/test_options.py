"""The program's own options."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from solidot_spider.base import clock, options
from solidot_spider.base.options import OptionError


def test_defaults_are_the_live_site_and_a_directory_here() -> None:
    chosen = options.load({})
    assert chosen.site_url == "https://www.solidot.org"
    assert chosen.is_live
    assert chosen.data_dir == Path("data")


def test_a_mirror_may_be_on_any_port() -> None:
    chosen = options.load({"SOLIDOT_SITE_URL": "http://127.0.0.1:8123/"})
    assert chosen.site_url == "http://127.0.0.1:8123"
    assert not chosen.is_live


@pytest.mark.parametrize(
    "url",
    ["www.solidot.org", "ftp://x", "http://", "http://h/path", "http://h?q", "http://a b", "http://u@h"],
)
def test_what_is_no_base_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(OptionError, match=r"http://127\.0\.0\.1:8000"):
        options.load({"SOLIDOT_SITE_URL": url})


def test_the_user_agent_says_who_asks() -> None:
    agent = options.load({"SOLIDOT_CONTACT": "mailto:me@example.org"}).user_agent
    assert agent.startswith("Mozilla/5.0 (compatible; solidot_spider/")
    assert agent.endswith("; +mailto:me@example.org)")
    assert "+" not in options.load({}).user_agent


def test_a_contact_cannot_smuggle_a_header() -> None:
    with pytest.raises(OptionError, match="plain ASCII"):
        options.load({"SOLIDOT_CONTACT": "a\r\nX-Evil: 1"})


def test_the_clock_is_pinned_by_a_time_or_by_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", "2024-10-18T22:58:00+08:00")
    assert clock.now() == datetime(2024, 10, 18, 14, 58, tzinfo=UTC)
    file = tmp_path / "clock"
    file.write_text("2025-01-01T00:00:00Z\n")
    monkeypatch.setenv("SOLIDOT_CLOCK", str(file))
    assert clock.now() == datetime(2025, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("value", ["2024-10-18T22:58:00", "soon", "2024-13-01T00:00:00Z"])
def test_a_clock_without_a_time_is_told(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOLIDOT_CLOCK", value)
    with pytest.raises(OptionError, match="SOLIDOT_CLOCK"):
        options.load({})


@pytest.mark.parametrize(
    ("value", "policy"),
    [
        ("", ((1, 0), (7, 1), (62, 7))),
        ("30:0.5", ((30, 0.5),)),
        (" 1:0, 365 : 30", ((1, 0), (365, 30))),
    ],
)
def test_a_policy_is_pairs_of_age_and_distance(value: str, policy: tuple[tuple[float, float], ...]) -> None:
    assert options.load({"SOLIDOT_REVISIT": value}).revisit == policy


@pytest.mark.parametrize(
    "value", ["never", "7", "7:", ":1", "7:1,", "7:1,1:0", "7:1,7:2", "-1:0", "7:-1", "nan:1", "7:inf", "7:1:2", "1;0"]
)
def test_what_is_no_policy_is_refused_with_an_example(value: str) -> None:
    with pytest.raises(OptionError, match=r"^SOLIDOT_REVISIT=.*such as 1:0,7:1,62:7$"):
        options.load({"SOLIDOT_REVISIT": value})
