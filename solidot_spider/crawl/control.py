"""A ``missing`` needs a site that is well: it is written only after a control story was its own page.

A site that answers its home page to everything for an hour must not erase anything. After the last ``missing``, and in
long runs after each fifty, a story that is known to be there is asked; one good answer is enough, of up to three.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import Enum, auto

from solidot_spider.base.outcome import HOME_FOR_ALL, NOT_CONFIRMED, Outcome
from solidot_spider.parsing import list_pages, page
from solidot_spider.parsing.page import StoryPage
from solidot_spider.store.visit import Visit

EVERY = 50
TRIES = 3

Answer = tuple[bytes, str]
"""A page's bytes and the address that answered."""

Fetch = Callable[[str], Awaitable[Answer | None]]
"""Asks for a path of the site; None where no page came."""

Known = Callable[[int], list[int]]
"""So many of the newest stories that are believed to be there, newest first."""


class Health(Enum):
    """What the controls say of the site."""

    WELL = auto()
    ILL = auto()
    SILENT = auto()


class Control:
    """Keeps the visits that the home page may have answered until a control has; knows which stories can serve."""

    def __init__(self) -> None:
        self.doubted: dict[int, Visit] = {}
        """Ids that answered as missing, or with a list that holds them; they have no outcome yet."""
        self._is_ill = False
        self._newest: list[int] = []
        self._home: Answer | None = None

    def saw_story(self, sid: int) -> None:
        """A story was stored; the newest three serve as controls."""
        if len(self._newest) < TRIES or sid > self._newest[-1]:
            self._newest = sorted({*self._newest, sid}, reverse=True)[:TRIES]

    def saw_home(self, body: bytes, url: str) -> None:
        """The home page came in a story's place; its top stories can serve where none was stored."""
        if list_pages.story_sids(body):  # a redirect may have led to some other page
            self._home = (body, url)

    def newest(self, limit: int) -> list[int]:
        """The newest stories that this run has stored."""
        return self._newest[:limit]

    @property
    def is_due(self) -> bool:
        """Whether so many stories wait that a control is asked before the run goes on."""
        return len(self.doubted) >= EVERY

    def settled(self, sids: Sequence[int], health: Health) -> list[Visit]:
        """What becomes of those that wait, by what the controls say; they wait no more."""
        return [_settled(self.doubted.pop(sid), health) for sid in sorted(sids)]

    async def health(self, fetch: Fetch, known: Known) -> Health:
        """Ask up to three stories; those that are doubted themselves cannot serve.

        Once the site was ill it stays so for this run: what it answered meanwhile is confirmed by no later control.
        """
        if not self._is_ill:
            health = await self._asked(fetch, known)
            self._is_ill = health is Health.ILL
            return health
        return Health.ILL

    async def _asked(self, fetch: Fetch, known: Known) -> Health:
        candidates = await self._candidates(fetch, known)
        answered = not candidates and self._home is not None  # a home page without a story is no good sign either
        for sid in candidates:
            answer = await fetch(f"/story?sid={sid}")
            if answer is None:
                continue
            answered = True
            if isinstance(page.parse(*answer, sid=sid), StoryPage):
                return Health.WELL
        return Health.ILL if answered else Health.SILENT

    async def _candidates(self, fetch: Fetch, known: Known) -> list[int]:
        """The newest stories stored, else the top stories of the home page (fetched if none came)."""
        stored = [sid for sid in known(TRIES + len(self.doubted)) if sid not in self.doubted]
        if stored:
            return stored[:TRIES]
        if self._home is None:
            self._home = await fetch("/")
        if self._home is None:
            return []
        return [sid for sid in list_pages.story_sids(self._home[0]) if sid not in self.doubted][:TRIES]


def _settled(visit: Visit, health: Health) -> Visit:
    if health is Health.ILL:
        return replace(visit, outcome=Outcome.UNPARSED, reason=HOME_FOR_ALL)
    if visit.outcome is Outcome.UNPARSED:
        return visit
    if health is Health.WELL:
        return replace(visit, page=None)
    return replace(visit, outcome=Outcome.FAILED, reason=NOT_CONFIRMED, page=None)
