"""Settles ids whose way ends in a fault: an exception in a component, a record that is dropped or lost, an idle crawl.

Whatever breaks costs one id its outcome and nothing else; what breaks outside of any id is the run's own fault.
"""

from __future__ import annotations

import logging
from typing import Any

from itemadapter import is_item
from scrapy import signals
from scrapy.core.engine import ExecutionEngine
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Request
from twisted.python.failure import Failure

from solidot_spider.base.outcome import NOT_WRITTEN, Outcome, fault
from solidot_spider.crawl.recorder import Recorder
from solidot_spider.record import Draft

logger = logging.getLogger(__name__)

LOST = "lost on its way: the crawl was idle, and no component had it any more"


class InvalidRecordError(DropItem):
    """A page gives no record: the message names the field that breaks the schema, or the parser's fault."""


class Faults:
    """Follows the faults of one crawl, and the records on their way from the store to the files.

    Args:
        recorder: the crawl's recorder.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.of_run = ""
        """What broke outside of any id; '' if nothing did."""
        self._recorder = recorder
        self._passing: dict[int, dict[str, Any]] = {}
        self._crawler: Crawler | None = None

    def attach(self, crawler: Crawler) -> None:
        """Follow this crawler."""
        self._crawler = crawler
        connect = crawler.signals.connect
        connect(self._item_dropped, signals.item_dropped)
        connect(self._item_failed, signals.item_error)
        connect(self._spider_failed, signals.spider_error)
        connect(self._scheduler_empty, signals.scheduler_empty)
        connect(self._spider_opened, signals.spider_opened)

    def add(self, where: str, error: BaseException) -> None:
        """Something broke outside of any id: the run goes on as far as it can, and ends in trouble."""
        self.of_run = self.of_run or fault(where, error)
        logger.debug("Fault in %s", where, exc_info=error)

    def stored(self, record: dict[str, Any]) -> None:
        """A record is in the store, if there is one, and goes on to the files."""
        self._passing[record["sid"]] = record

    def is_lost(self, item: Any, response: Any) -> bool:
        """Whether an item at the end of all pipelines is not the record that was stored, but something else."""
        sid = sid_of(response)
        is_ours = sid is not None and self._recorder.ledger.has_asked  # else it is of a spider that is not ours
        return not is_item(item) or (is_ours and sid not in self._passing)

    def lost(self, sid: int | None, reason: str) -> None:
        """A record did not come to the end of its way: its id is ``failed``, even if the store has it."""
        if sid is None:
            logger.error("An item is lost: %s", reason)
            return
        was_passing = self._passing.pop(sid, None) is not None
        if not was_passing or self._recorder.commits is None:
            self._recorder.record(sid, Outcome.FAILED, reason)
        elif reason != NOT_WRITTEN:  # which ends the run
            self._recorder.undelivered.add(sid)
            self._recorder.ledger.take_back(sid, reason, Outcome.FAILED)

    def _spider_opened(self) -> None:
        assert self._crawler is not None
        # Not before: an item is at its end when the feeds have it, and their turn must come first.
        self._crawler.signals.connect(self._item_scraped, signals.item_scraped)

    def _item_scraped(self, item: Any, response: Any) -> None:
        """An item went through all pipelines and feeds."""
        sid = sid_of(response)
        if self.is_lost(item, response):
            self.lost(sid, f"a pipeline gave {type(item).__name__} in place of the record")
            return
        record = self._passing.pop(sid, None) if sid is not None else None
        if record is not None and sid is not None and self._recorder.commits is None:
            self._recorder.record(sid, Outcome.STORED, record=record)

    def _item_dropped(self, item: Any, response: Any, exception: BaseException) -> None:
        sid = item.page.sid if isinstance(item, Draft) else sid_of(response)
        if sid is None:
            return
        if isinstance(exception, InvalidRecordError):
            self._recorder.record(sid, Outcome.UNPARSED, str(exception))
        elif sid not in self._passing or self._recorder.commits is None:
            self.lost(sid, f"dropped by a pipeline: {exception}")
        else:  # the store has it; that no file has it is the pipeline's will
            del self._passing[sid]

    def _item_failed(self, item: Any, response: Any, failure: Failure) -> None:
        assert failure.value is not None
        sid = item.page.sid if isinstance(item, Draft) else sid_of(response)
        self.lost(sid, fault("a pipeline", failure.value))

    def _spider_failed(self, response: Any, failure: Failure) -> None:
        """The spider, or a middleware round it, raised: in a callback, or where requests are made."""
        assert failure.value is not None
        sid = sid_of(response)
        if response is None:
            self.add("the making of requests", failure.value)
        elif sid is not None:
            self._recorder.record(sid, Outcome.FAILED, fault("the spider", failure.value))

    def _scheduler_empty(self) -> None:
        """Settle what no component has any more: nothing else would ever end the wait for it."""
        if self._recorder.is_waiting and self._crawler is not None and _is_idle(self._crawler.engine):
            for sid in self._recorder.open_sids():
                self._recorder.record(sid, Outcome.FAILED, LOST)


def sid_of(response: Any) -> int | None:
    """The sid that a response, or the failure of a request, was asked for; None if it was for none."""
    request = getattr(response, "request", None)
    sid = request.cb_kwargs.get("sid") if isinstance(request, Request) else None
    return sid if isinstance(sid, int) else None


def _is_idle(engine: ExecutionEngine) -> bool:
    """Whether no request waits, is on the wire or is being processed; Scrapy's own word waits for ``start()``, too."""
    slot, scraper = engine._slot, engine.scraper.slot  # noqa: SLF001 - nothing else tells what is in progress
    return (
        slot is not None
        and scraper is not None
        and not slot.inprogress
        and scraper.is_idle()
        and not slot.scheduler.has_pending_requests()
    )
