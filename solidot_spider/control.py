"""A ``missing`` needs a site that is well: it is written only after a control story was its own page.

A site that answers its home page to everything for an hour must not erase anything. After the last ``missing``, and in
long runs after each fifty, a story that is known to be there is asked; one good answer is enough, of up to three.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum, auto

from solidot_spider import lists, page
from solidot_spider.outcome import HOME_FOR_ALL, NOT_CONFIRMED, Ledger, Outcome
from solidot_spider.page import StoryPage

EVERY = 50
TRIES = 3

Answer = tuple[bytes, str]
"""A page's bytes and the address that answered."""

Fetch = Callable[[str], Awaitable[Answer | None]]
"""Asks for a path of the site; None where no page came."""


class Health(Enum):
    """What the controls say of the site."""

    WELL = auto()
    ILL = auto()
    SILENT = auto()


_ENDINGS = {
    Health.WELL: (Outcome.MISSING, ""),
    Health.ILL: (Outcome.UNPARSED, HOME_FOR_ALL),
    Health.SILENT: (Outcome.FAILED, NOT_CONFIRMED),
}


class Control:
    """Keeps the stories that answered as missing until a control has answered; knows which stories can serve."""

    def __init__(self) -> None:
        self.doubted: set[int] = set()
        """Ids that answered as missing, and have no outcome yet."""
        self._newest: list[int] = []
        self._home: Answer | None = None

    def saw_story(self, sid: int) -> None:
        """A story was stored; the newest three serve as controls."""
        if len(self._newest) < TRIES or sid > self._newest[-1]:
            self._newest = sorted({*self._newest, sid}, reverse=True)[:TRIES]

    def saw_home(self, body: bytes, url: str) -> None:
        """The home page came in a story's place; its top stories can serve where none was stored."""
        self._home = (body, url)

    @property
    def is_due(self) -> bool:
        """Whether so many stories wait that a control is asked before the run goes on."""
        return len(self.doubted) >= EVERY

    async def confirm(self, fetch: Fetch, ledger: Ledger) -> bool:
        """Ask a control, and settle all that waited for it; False where the site is not well."""
        if not self.doubted:
            return True
        doubted = set(self.doubted)
        health = await self.health(fetch)
        self._settle(doubted, ledger, *_ENDINGS[health])
        return health is Health.WELL

    def give_up(self, ledger: Ledger) -> None:
        """The run is over: what still waits is not confirmed."""
        self._settle(set(self.doubted), ledger, *_ENDINGS[Health.SILENT])

    def _settle(self, doubted: set[int], ledger: Ledger, outcome: Outcome, reason: str) -> None:
        for sid in sorted(doubted):
            ledger.settle(sid, outcome, reason)
        self.doubted -= doubted

    async def health(self, fetch: Fetch) -> Health:
        """Ask up to three stories; those that are doubted themselves cannot serve."""
        candidates = await self._candidates(fetch)
        answered = not candidates and self._home is not None  # a home page without a story is no good sign either
        for sid in candidates:
            answer = await fetch(f"/story?sid={sid}")
            if answer is None:
                continue
            answered = True
            if isinstance(page.read(*answer, sid=sid), StoryPage):
                return Health.WELL
        return Health.ILL if answered else Health.SILENT

    async def _candidates(self, fetch: Fetch) -> list[int]:
        """The newest stories stored, else the top stories of the home page (fetched if none came)."""
        if self._newest:
            return self._newest
        if self._home is None:
            self._home = await fetch("/")
        if self._home is None:
            return []
        return [sid for sid in lists.story_sids(self._home[0]) if sid not in self.doubted][:TRIES]
