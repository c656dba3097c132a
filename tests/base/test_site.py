"""The site's addresses."""

from __future__ import annotations

import pytest

from solidot_spider.base import site

HOME, MIRROR = "https://www.solidot.org", "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("target", "source", "base", "may_follow"),
    [
        ("https://www.solidot.org/story?sid=2", HOME, HOME, True),
        ("https://games.solidot.org/story?sid=2", HOME, HOME, True),
        ("https://www.solidot.org:443/story?sid=2", HOME, HOME, True),
        ("https://www.solidot.org/story?sid=2", "http://www.solidot.org", HOME, True),
        ("http://www.solidot.org/story?sid=2", "http://solidot.org", HOME, True),
        ("http://www.solidot.org/story?sid=2", HOME, HOME, False),
        ("https://www.solidot.org:8443/story?sid=2", HOME, HOME, False),
        ("https://solidot.org.example.org/story?sid=2", HOME, HOME, False),
        ("https://notsolidot.org/story?sid=2", HOME, HOME, False),
        ("https://www.solidot.org@example.org/story?sid=2", HOME, HOME, False),
        ("ftp://www.solidot.org/story?sid=2", HOME, HOME, False),
        (f"{MIRROR}/story?sid=2", MIRROR, MIRROR, True),
        ("http://127.0.0.1:8001/story?sid=2", MIRROR, MIRROR, False),
        ("http://127.0.0.1/story?sid=2", MIRROR, MIRROR, False),
        ("https://www.solidot.org/story?sid=2", MIRROR, MIRROR, False),
    ],
)
def test_a_redirect_never_leaves_the_site_its_port_or_https(
    target: str, source: str, base: str, may_follow: bool
) -> None:
    assert site.may_follow(target, source, base) is may_follow
