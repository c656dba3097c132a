"""Controls: a ``missing`` is written only after a story that is known to be there was its own page.

A site that answers its home page to everything for an hour must not erase anything. After the last ``missing``, and in
long runs after each fifty, a known story is asked. One good answer is enough, of up to three.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import replace
from enum import Enum, auto
from typing import NamedTuple

from solidot_spider.base.outcome import HOME_FOR_ALL, NOT_CONFIRMED, Outcome
from solidot_spider.parsing import list_pages, page
from solidot_spider.parsing.page import StoryPage
from solidot_spider.store.visit import Visit

logger = logging.getLogger(__name__)

EVERY = 50
"""So many visits that wait make a control due."""

TRIES = 3
"""So many controls are asked at most."""


class FetchedPage(NamedTuple):
    """A page's bytes and the URL that answered."""

    body: bytes
    url: str


Fetch = Callable[[str], Awaitable[FetchedPage | None]]
"""Fetches a path of the site; None if no page came."""

Known = Callable[[int], list[int]]
"""So many of the newest stories that are believed to be there, newest first."""

Doubted = Callable[[], Collection[int]]
"""The ids that wait for a control now; none of them can serve as one."""


class Health(Enum):
    """What the controls say of the site."""

    WELL = auto()
    ILL = auto()
    SILENT = auto()


class Control:
    """Knows which stories can serve as controls, and asks them."""

    def __init__(self) -> None:
        self._is_ill = False
        self._newest: list[int] = []
        self._home: FetchedPage | None = None

    def saw_story(self, sid: int) -> None:
        """A story was stored; the newest three serve as controls."""
        if len(self._newest) < TRIES or sid > self._newest[-1]:
            self._newest = sorted({*self._newest, sid}, reverse=True)[:TRIES]

    def saw_home(self, body: bytes, url: str) -> None:
        """The home page came in a story's place; its top stories can serve if none was stored."""
        if _stories_of(body):  # a redirect may have led to some other page
            self._home = FetchedPage(body, url)

    def newest(self, limit: int) -> list[int]:
        """The newest stories that this run has stored."""
        return self._newest[:limit]

    async def health(self, fetch: Fetch, known: Known, doubted: Doubted) -> Health:
        """Ask up to three stories.

        Once the site was ill it stays so for this run: no later control confirms what it answered meanwhile.
        """
        if self._is_ill:
            return Health.ILL
        health = await self._asked(fetch, known, doubted)
        self._is_ill = health is Health.ILL
        return health

    async def _asked(self, fetch: Fetch, known: Known, doubted: Doubted) -> Health:
        candidates = await self._candidates(fetch, known, doubted)
        answered = not candidates and self._home is not None  # a home page without a story is no good sign either
        for sid in candidates:
            fetched = await fetch(f"/story?sid={sid}")
            if fetched is None:
                continue
            answered = True
            if _is_story(fetched, sid):
                return Health.WELL
        return Health.ILL if answered else Health.SILENT

    async def _candidates(self, fetch: Fetch, known: Known, doubted: Doubted) -> list[int]:
        """The newest stories stored, else the top stories of the home page (fetched if none came)."""
        waiting = doubted()
        stored = [sid for sid in known(TRIES + len(waiting)) if sid not in waiting]
        if stored:
            return stored[:TRIES]
        if self._home is None:
            self._home = await fetch("/")
        if self._home is None:
            return []
        waiting = doubted()
        return [sid for sid in _stories_of(self._home.body) if sid not in waiting][:TRIES]


def _is_story(fetched: FetchedPage, sid: int) -> bool:
    """Whether a control is its own page; one that the parser has a fault with is none."""
    try:
        return isinstance(page.parse(fetched.body, fetched.url, sid), StoryPage)
    except Exception:
        logger.exception("Control %d: fault in the parser", sid)
        return False


def _stories_of(body: bytes) -> list[int]:
    """The stories that the home page shows; none if the parser has a fault with it."""
    try:
        return list_pages.story_sids(body)
    except Exception:
        logger.exception("Home page: fault in the parser")
        return []


def judged(visit: Visit, health: Health) -> Visit:
    """The visit that waited for a control, with the outcome that the controls give it."""
    if health is Health.ILL:
        return replace(visit, outcome=Outcome.UNPARSED, reason=HOME_FOR_ALL)
    if visit.outcome is Outcome.UNPARSED:
        return visit
    if health is Health.WELL:
        return replace(visit, page=None)
    return replace(visit, outcome=Outcome.FAILED, reason=NOT_CONFIRMED, page=None)
