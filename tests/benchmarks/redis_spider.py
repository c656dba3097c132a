"""A spider of scrapy-redis as its page shows one: URLs from a list in Redis, requests and items in Redis, too."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from scrapy.http import Response

Base: Any = import_module("scrapy_redis.spiders").RedisSpider


class StoredSpider(Base):  # type: ignore[misc] # scrapy-redis has no types
    """Yields the URL of each page; several of these share the work."""

    name = "stored"
    redis_key = "urls"
    custom_settings = {  # noqa: RUF012
        "REDIS_URL": os.environ.get("BENCHMARK_REDIS", ""),
        "SCHEDULER": "scrapy_redis.scheduler.Scheduler",
        "SCHEDULER_PERSIST": True,
        "DUPEFILTER_CLASS": "scrapy_redis.dupefilter.RFPDupeFilter",
        "ITEM_PIPELINES": {"scrapy_redis.pipelines.RedisPipeline": 300},
        "MAX_IDLE_TIME_BEFORE_CLOSE": 3,
        "ROBOTSTXT_OBEY": False,
    }

    def parse(self, response: Response) -> Iterator[dict[str, Any]]:
        yield {"url": response.url}
