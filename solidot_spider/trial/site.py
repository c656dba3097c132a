"""The trial site: stories and a clock in, pages out."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import count, repeat
from typing import TYPE_CHECKING, Literal

from solidot_spider.base import clock
from solidot_spider.trial import frame
from solidot_spider.trial.answer import TEXT, XML, Answer, not_found
from solidot_spider.trial.feed import feed
from solidot_spider.trial.fortunes import FORTUNES
from solidot_spider.trial.lists import day_turns, list_page
from solidot_spider.trial.page import story_page

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

    from solidot_spider.trial.stories import Stories
    from solidot_spider.trial.story import Story

Missing = Literal["home", "redirect", "404"]
"""What an id answers that never existed; a withdrawn story always answers the home page."""

ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /my\n"
BLOCKS = 20
HOT = 10
CACHED_PAGES = 500
SID = re.compile(r"[?&]sid=(\d{1,18})(?:&|$)")
ISSUE = re.compile(r"[?&]issue=(\d{8})(?:&|$)")
SAYINGS = tuple(saying.encode() for saying in FORTUNES)


class Site:
    """The pages as of the time that ``now`` tells at each request.

    View counts rise and the footer's saying changes on every fetch, both by one counter, so that two runs
    that ask for the same pages in the same order get the same bytes; ``still`` lets neither move.
    """

    def __init__(  # noqa: PLR0913 - each a switch of its own
        self,
        stories: Stories,
        now: Callable[[], datetime] = clock.now,
        *,
        missing: Missing = "home",
        robots: str = ROBOTS,
        feed_size: int = 20,
        still: bool = False,
    ) -> None:
        self.stories = stories
        self._now = now
        self._missing = missing
        self._robots = robots
        self._feed_size = feed_size
        self._fetches = repeat(0) if still else count(1)
        self._cache: dict[Hashable, list[bytes]] = {}

    def now(self) -> datetime:
        """The site's time."""
        return self._now()

    def answer(self, path: str, host: str = "") -> Answer:
        """The answer to a path with its query; a section's host gets the section's home page."""
        match path.partition("?")[0]:
            case "/story" if sid := sid_of(path):
                return self.story(sid)
            case "/":
                day = _issue(path)
                return self._day(day) if day else self.home(host)
            case "/index.rss":
                return Answer(feed(self.stories.newest(self.now(), self._feed_size)).encode(), content_type=XML)
            case "/robots.txt":
                return Answer(self._robots.encode(), content_type=TEXT)
            case _:
                return not_found()

    def story(self, sid: int) -> Answer:
        """The story's page; the home page when it was withdrawn, the ``missing`` answer else."""
        moment = self.now()
        told = self.stories.get(sid)
        if told is None or moment < told.published:
            return self._never()
        story = told.as_of(moment)
        if story is None:
            return self.home()
        is_open, yesterday = story.is_open(moment), _yesterday(moment)
        key = (sid, story.title, story.body, len(story.comments), is_open, yesterday)
        views = str(story.views + next(self._fetches)).encode()
        return self._filled(key, lambda: story_page(story, is_open=is_open, yesterday=yesterday), views)

    def home(self, host: str = "") -> Answer:
        """The home page, or a section's: the newest stories in blocks."""
        name = host.partition(".")[0]
        section = name if name in frame.SECTIONS else None
        moment = self.now()

        def render() -> str:
            stories = self.stories.newest(moment, BLOCKS, section)
            title = frame.SECTIONS.get(name, "演示站点")
            return list_page(title, stories, self._hot(moment), _yesterday(moment))

        return self._filled((section, self.stories.version(moment), _yesterday(moment)), render)

    def _day(self, day: date) -> Answer:
        moment = self.now()

        def render() -> str:
            one = timedelta(days=1)
            turns = day_turns(f"{day - one:%Y%m%d}", f"{day + one:%Y%m%d}")
            stories = self.stories.day(day, moment)
            return list_page("往日文章", stories, self._hot(moment), _yesterday(moment), turns)

        return self._filled((day, self.stories.version(moment), _yesterday(moment)), render)

    def _never(self) -> Answer:
        match self._missing:
            case "redirect":
                return Answer(b"", 302, headers=(("Location", "/"),))
            case "404":
                return not_found()
            case _:
                return self.home()

    def _hot(self, moment: datetime) -> list[Story]:
        return self.stories.newest(moment, HOT)

    def _filled(self, key: Hashable, render: Callable[[], str], *views: bytes) -> Answer:
        """The page with this fetch's view count and saying in its holes."""
        parts = self._cache.get(key)
        if parts is None:
            if len(self._cache) >= CACHED_PAGES:
                self._cache.clear()
            parts = self._cache[key] = render().encode().split(frame.HOLE.encode())
        fills = (*views, SAYINGS[next(self._fetches) % len(SAYINGS)], b"")
        return Answer(b"".join(piece for pair in zip(parts, fills, strict=True) for piece in pair))


def sid_of(path: str) -> int | None:
    """The sid that a path with its query asks for, when it is a story's."""
    found = SID.search(path) if path.startswith("/story?") else None
    return int(found[1]) if found else None


def _issue(path: str) -> date | None:
    found = ISSUE.search(path)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _yesterday(moment: datetime) -> str:
    return f"{moment.astimezone(clock.BEIJING) - timedelta(days=1):%Y%m%d}"
