"""The trial site that the package carries, as a process of its own."""

from __future__ import annotations

from urllib.request import urlopen

import pytest

from solidot_spider.trial.client import StartError, running


def test_a_pinned_site_is_served_until_the_end_of_the_block() -> None:
    with running("--clock", "2025-11-08T12:00:00+08:00") as server:
        with urlopen(f"{server.url}/story?sid=82733") as page:
            assert "本文已被查看" in page.read().decode()
        with urlopen(f"{server.url}/robots.txt") as rules:
            assert rules.read().startswith(b"User-agent: *")
    with pytest.raises(OSError, match="refused"):
        urlopen(server.url)


def test_a_wrong_option_is_told() -> None:
    with pytest.raises(StartError, match="exit status 2") as error, running("--clock", "yesterday"):
        pass
    assert "neither an ISO time" in str(error.value)
