"""The trial site: makes pages of stories and a clock."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from datetime import date, datetime, timedelta
from itertools import count

from solidot_spider.base import clock
from solidot_spider.trial import frame
from solidot_spider.trial.answer import TEXT, XML, Answer, not_found
from solidot_spider.trial.clock import Clock
from solidot_spider.trial.feed import feed
from solidot_spider.trial.fortunes import FORTUNES
from solidot_spider.trial.lists import day_turns, list_page
from solidot_spider.trial.page import story_page
from solidot_spider.trial.stories import Stories
from solidot_spider.trial.story import Story

ROBOTS = b"User-agent: *\nDisallow: /search\nDisallow: /my\n"
BLOCKS = 20
HOT = 10
CACHED_PAGES = 500
SID = re.compile(r"[?&]sid=(\d{1,18})(?:&|$)")
ISSUE = re.compile(r"[?&]issue=(\d{8})(?:&|$)")
SAYINGS = tuple(saying.encode() for saying in FORTUNES)


class Site:
    """The pages as of the time that ``now`` returns at each request.

    View counts rise and the footer's saying changes on every fetch, both by one counter: two runs that ask for the same
    pages in the same order get the same bytes.
    """

    robots = ROBOTS
    feed_size = 20

    def __init__(self, stories: Stories, now: Clock = clock.now) -> None:
        self.now = now
        self.fetches: Iterator[int] = count(1)
        self._stories = stories
        self._cache: dict[Hashable, list[bytes]] = {}

    def answer(self, path: str, host: str = "") -> Answer:
        """The answer to a path with its query; a section's host gets the section's home page."""
        match path.partition("?")[0]:
            case "/story" if sid := sid_of(path):
                return self.story(sid)
            case "/":
                day = _issue(path)
                return self._day(day) if day else self.home(host)
            case "/index.rss":
                return Answer(feed(self._stories.newest(self.now(), self.feed_size)).encode(), content_type=XML)
            case "/robots.txt":
                return Answer(self.robots, content_type=TEXT)
            case _:
                return not_found()

    def story(self, sid: int) -> Answer:
        """The story's page; the home page if it was withdrawn, else what ``never`` answers."""
        moment = self.now()
        known = self._stories.get(sid)
        if known is None or moment < known.published:
            return self.never()
        story = known.as_of(moment)
        if story is None:
            return self.home()
        is_open, yesterday = story.is_open(moment), _yesterday(moment)
        key = (sid, story.title, story.body, len(story.comments), is_open, yesterday)
        views = str(story.views + next(self.fetches)).encode()
        return self._filled(key, lambda: story_page(story, is_open=is_open, yesterday=yesterday), views)

    def never(self) -> Answer:
        """The answer for an id that never existed: the home page."""
        return self.home()

    def home(self, host: str = "") -> Answer:
        """The home page, or a section's: the newest stories in blocks."""
        name = host.partition(".")[0]
        section = name if name in frame.SECTIONS else None
        moment = self.now()

        def render() -> str:
            stories = self._stories.newest(moment, BLOCKS, section)
            title = frame.SECTIONS.get(name, "演示站点")
            return list_page(title, stories, self._hot(moment), _yesterday(moment))

        return self._filled((section, self._stories.version(moment), _yesterday(moment)), render)

    def _day(self, day: date) -> Answer:
        moment = self.now()

        def render() -> str:
            one = timedelta(days=1)
            turns = day_turns(f"{day - one:%Y%m%d}", f"{day + one:%Y%m%d}")
            stories = self._stories.day(day, moment)
            return list_page("往日文章", stories, self._hot(moment), _yesterday(moment), turns)

        return self._filled((day, self._stories.version(moment), _yesterday(moment)), render)

    def _hot(self, moment: datetime) -> list[Story]:
        return self._stories.newest(moment, HOT)

    def _filled(self, key: Hashable, render: Callable[[], str], *views: bytes) -> Answer:
        """The page with this fetch's view count and saying in its placeholders."""
        parts = self._cache.get(key)
        if parts is None:
            if len(self._cache) >= CACHED_PAGES:
                self._cache.clear()
            parts = self._cache[key] = render().encode().split(frame.PLACEHOLDER.encode())
        fills = (*views, SAYINGS[next(self.fetches) % len(SAYINGS)], b"")
        return Answer(b"".join(piece for pair in zip(parts, fills, strict=True) for piece in pair))


def sid_of(path: str) -> int | None:
    """The sid in a path with its query, if it is a story's."""
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
