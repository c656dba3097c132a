"""The stories of a site, in order and as they are at a moment."""

from __future__ import annotations

import tomllib
from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from importlib import resources
from itertools import islice
from typing import TYPE_CHECKING, Any

from solidot_spider.base.clock import BEIJING
from solidot_spider.trial.story import Comment, Edit, Editor, Story, Topic

if TYPE_CHECKING:
    from datetime import date


class Stories(Mapping[int, Story]):
    """Stories by sid; the order of the sids is that of publication.

    ``sids`` are ascending. A subclass says what they are and makes a story of one.
    """

    sids: Sequence[int]

    @abstractmethod
    def __getitem__(self, sid: int) -> Story: ...

    def __iter__(self) -> Iterator[int]:
        return iter(self.sids)

    def __len__(self) -> int:
        return len(self.sids)

    def version(self, moment: datetime) -> int:
        """A number that changes whenever a list page changes."""
        return self._published_by(moment)

    def before(self, moment: datetime) -> Iterator[Story]:
        """The stories that the site shows at ``moment``, newest first, as they are then."""
        return self._newest(0, self._published_by(moment), moment)

    def newest(self, moment: datetime, count: int, section: str | None = None) -> list[Story]:
        """The newest stories that the site shows at ``moment``, of one section if it is named."""
        seen = (story for story in self.before(moment) if section in (None, story.section))
        return list(islice(seen, count))

    def day(self, day: date, moment: datetime) -> list[Story]:
        """The stories of one Beijing day that the site shows at ``moment``, newest first."""
        second = timedelta(seconds=1)
        midnight = datetime.combine(day, time(), BEIJING)
        first = self._published_by(midnight - second)
        last = self._published_by(min(moment, midnight + timedelta(days=1) - second))
        return list(self._newest(first, last, moment))

    def _published_by(self, moment: datetime) -> int:
        return bisect_right(self.sids, moment, key=lambda sid: self[sid].published)

    def _newest(self, first: int, last: int, moment: datetime) -> Iterator[Story]:
        for index in range(last - 1, first - 1, -1):
            story = self[self.sids[index]].as_of(moment)
            if story is not None:
                yield story


class FixedStories(Stories):
    """A fixed list of stories."""

    def __init__(self, stories: list[Story]) -> None:
        self._stories = {story.sid: story for story in sorted(stories, key=lambda story: story.sid)}
        self.sids = tuple(self._stories)
        self._turns = sorted(turn for story in stories for turn in story.turns())

    def __getitem__(self, sid: int) -> Story:
        return self._stories[sid]

    def version(self, moment: datetime) -> int:
        """How many publications, edits, comments and withdrawals there have been."""
        return bisect_right(self._turns, moment)


@cache
def builtin_stories() -> FixedStories:
    """The stories that come with the package."""
    files = resources.files("solidot_spider.trial").iterdir()
    texts = [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".toml")]
    return FixedStories([story(table) for text in texts for table in tomllib.loads(text)["story"]])


def story(table: dict[str, Any]) -> Story:
    """The story in a ``[[story]]`` table."""
    told = dict(table)
    told["published"] = _beijing(told["published"])
    told["editor"] = Editor(*told["editor"])
    told["topics"] = tuple(Topic(*topic) for topic in told["topics"])
    told["body"] = told["body"].strip("\n")
    told["comments"] = tuple(
        Comment(**{**comment, "posted": _beijing(comment["posted"])}) for comment in told.get("comments", ())
    )
    told["edits"] = tuple(Edit(**{**edit, "at": _beijing(edit["at"])}) for edit in told.get("edits", ()))
    if "withdrawn" in told:
        told["withdrawn"] = _beijing(told["withdrawn"])
    return Story(**told)


def _beijing(local: datetime) -> datetime:
    return local.replace(tzinfo=BEIJING)
