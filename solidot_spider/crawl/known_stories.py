"""Chooses the stories that can be asked as known answers, and asks them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.crawl import known_answers, revisit, stated_answers
from solidot_spider.crawl.control import Fetch
from solidot_spider.crawl.known_answers import SAME, Comparison, KnownAnswer
from solidot_spider.crawl.stated_answers import Statement
from solidot_spider.items import Story
from solidot_spider.record import record
from solidot_spider.store import known_answers as stored_answers
from solidot_spider.store.store import Store

logger = logging.getLogger(__name__)

TRIES = 3
"""So many known answers are asked at once, at most."""

AMONG = 60
"""They are chosen from so many of the newest stories that do not change any more."""


class KnownStories:
    """The stories that one run can ask; the store is read when they are needed first.

    Args:
        store: the run's store.
        statements: what is known of a few stories where the store knows none.
    """

    def __init__(self, store: Store, statements: Sequence[Statement]) -> None:
        self._store = store
        self._statements = statements
        self._answers: list[KnownAnswer] | None = None

    def all(self) -> list[KnownAnswer]:
        """Those that can be asked, the best first.

        Raises:
            StoreError: the store cannot be read.
        """
        if self._answers is None:
            found = stored_answers.settled_records(self._store, revisit.OPEN_FOR, AMONG)
            self._answers = known_answers.of_records(found)
            if len(found) < SAME:
                self._answers = [stated_answers.of_statement(each) for each in self._statements]
        return self._answers

    def next(self) -> list[KnownAnswer]:
        """Those to ask now.

        Raises:
            StoreError: the store cannot be read.
        """
        return self.all()[:TRIES]

    async def ask(self, answer: KnownAnswer, fetch: Fetch) -> Comparison | None:
        """Ask a story; None if no page came, or none that is a story to this parser.

        One that is not as it was may have been edited: others are asked the next time.
        """
        fetched = await fetch(f"/story?sid={answer.sid}")
        comparison = None
        try:
            story = record(fetched.body, fetched.url, clock.now(), answer.sid) if fetched else None
            comparison = answer.compare(items.check(story)) if isinstance(story, Story) else None
        except Exception:  # a fault of the parser must not end the run
            logger.exception("Known answer %d: fault in the parser", answer.sid)
        if comparison is None or comparison.differences:
            self.all().remove(answer)
        return comparison
