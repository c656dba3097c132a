"""What a site is to the server: the stories of the package, with switches, or a directory of page files."""

from __future__ import annotations

from datetime import datetime
from itertools import repeat
from typing import Literal, Protocol

from solidot_spider.trial.answer import Answer, not_found
from solidot_spider.trial.clock import Clock
from solidot_spider.trial.site import ROBOTS, Site
from solidot_spider.trial.stories import Stories

Missing = Literal["home", "redirect", "404"]
"""What an id answers that never existed; a withdrawn story always answers the home page."""


class Answers(Protocol):
    """A site, whatever its pages are made of."""

    def now(self) -> datetime:
        """The site's time."""

    def answer(self, path: str, host: str = "") -> Answer:
        """The answer to a path with its query; ``host`` chooses the section."""

    def story(self, sid: int) -> Answer:
        """The page of a story, or whatever stands in its place."""

    def home(self, host: str = "") -> Answer:
        """The home page, or a section's."""


class VariedSite(Site):
    """The trial site with switches.

    Args:
        stories: its stories.
        now: its clock.
        missing: what an id answers that never existed.
        robots: its robots.txt.
        feed_size: the items of its feed.
        still: views and sayings do not change from fetch to fetch.
    """

    def __init__(  # noqa: PLR0913 - each a switch of its own
        self,
        stories: Stories,
        now: Clock,
        *,
        missing: Missing = "home",
        robots: bytes = ROBOTS,
        feed_size: int = 20,
        still: bool = False,
    ) -> None:
        super().__init__(stories, now)
        self.robots = robots
        self.feed_size = feed_size
        self._missing = missing
        if still:
            self.fetches = repeat(0)

    def never(self) -> Answer:
        match self._missing:
            case "redirect":
                return Answer(b"", 302, headers=(("Location", "/"),))
            case "404":
                return not_found()
            case _:
                return super().never()
