"""Components as a user may add them: some do nothing, the others each have a fault of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem, IgnoreRequest
from scrapy.exporters import CsvItemExporter
from scrapy.http import Response
from scrapy.settings import BaseSettings


class Same:
    """A pipeline, a downloader middleware, a spider middleware and an extension that changes nothing."""

    def process_item(self, item: Any) -> Any:
        return item

    def process_request(self, request: Request) -> None:
        pass


class Nothing:
    def process_item(self, item: Any) -> None:  # noqa: ARG002
        return None


class Another:
    def process_item(self, item: Any) -> dict[str, str]:  # noqa: ARG002
        return {"title": "another"}


class WrongSid:
    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "sid": item["sid"] + 1}


class NoTitle:
    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "title": ""}


class Titled:
    def process_item(self, item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "title": f"{item['title']}!"}


class Drops:
    def process_item(self, item: Any) -> Any:  # noqa: ARG002
        raise DropItem("not wanted")


class Raises:
    def process_item(self, item: Any) -> Any:  # noqa: ARG002
        raise KeyError("colour")


class RaisesAtAnswers:
    def process_response(self, request: Request, response: Response) -> Response:
        if "story" in request.url:
            raise ValueError("odd answer")
        return response


class RaisesAtOutput:
    async def process_spider_output_async(self, response: Response, result: Any) -> AsyncIterator[Any]:  # noqa: ARG002
        raise ValueError("odd output")
        yield

    def process_spider_output(self, response: Response, result: Any) -> Iterable[Any]:  # noqa: ARG002
        raise ValueError("odd output")


class Swallows:
    async def process_spider_output_async(self, response: Response, result: Any) -> AsyncIterator[Any]:  # noqa: ARG002
        async for _ in result:
            pass
        return
        yield

    def process_spider_output(self, response: Response, result: Iterator[Any]) -> Iterable[Any]:  # noqa: ARG002
        list(result)
        return ()


class RaisesAtStart:
    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        async for each in start:
            raise ValueError("odd start")
            yield each


class DropsRequests:
    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        made = cls()
        crawler.signals.connect(made.scheduled, signals.request_scheduled)
        return made

    def scheduled(self) -> None:
        raise IgnoreRequest("not wanted")


class RaisesWhenMade:
    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:  # noqa: ARG003
        raise RuntimeError("not today")


class Adds:
    """An add-on that adds a pipeline."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings.set("ITEM_PIPELINES", {"tests.user_components.Titled": 350}, priority="cmdline")


class TakesAway:
    """An add-on that takes our pipelines away."""

    def update_settings(self, settings: BaseSettings) -> None:
        settings.set("ITEM_PIPELINES_BASE", {}, priority="cmdline")


class ExporterOfShortTitles(CsvItemExporter):
    def export_item(self, item: Any) -> None:
        if "升级" in item["title"] or len(item["title"]) > 14:
            raise UnicodeEncodeError("gbk", item["title"], 0, 1, "no such character")
        super().export_item(item)


class RaisesWhenOpened:
    def open_spider(self) -> None:
        raise OSError("no place")


class RaisesWhenClosed:
    def close_spider(self) -> None:
        raise OSError("no place")


class RaisesAtSignals:
    """An extension whose handlers raise, when the spider is opened and at each answer."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        made = cls()
        crawler.signals.connect(made.raises, signals.spider_opened)
        crawler.signals.connect(made.raises, signals.response_received)
        return made

    def raises(self) -> None:
        raise ValueError("odd signal")
