"""Renders pages of the trial site in this process: the project's own stories in the site's markup."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories

NOW = datetime(2025, 11, 5, 4, tzinfo=UTC)
SITE = Site(builtin_stories(), lambda: NOW)
SIDS = [sid for sid, story in builtin_stories().items() if story.withdrawn is None and story.published <= NOW]


@cache  # views and fortune differ each time
def page(sid: int) -> bytes:
    """A story's page."""
    return SITE.answer(f"/story?sid={sid}").body


@cache
def home() -> bytes:
    """The home page."""
    return SITE.answer("/").body
