"""Finds a spider of this project by its name."""

from __future__ import annotations

from scrapy.spiderloader import SpiderLoaderProtocol

from solidot_spider.base import spelling
from solidot_spider.base.sids import ArgumentError
from solidot_spider.spiders.base import SidSpider


def spider_class(loader: SpiderLoaderProtocol, name: str) -> type[SidSpider]:
    """The class of a spider.

    Args:
        loader: knows the spiders of a project of Scrapy's.
        name: the spider's name.

    Raises:
        ArgumentError: none is called so, or it is not of this project.
    """
    known = sorted(loader.list())
    if name not in known:
        raise ArgumentError(f"no spider is called {name}; there is {', '.join(known)}{spelling.question(name, known)}")
    spider = loader.load(name)
    if not issubclass(spider, SidSpider):
        raise ArgumentError(f"{name} is no spider of this project; run it with `solidot runspider`")
    return spider
