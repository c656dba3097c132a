"""A spider for the same fields as it is written in an afternoon: ``css()`` and default settings."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from parsel import Selector
from scrapy import Request, Spider
from scrapy.http import Response


class PlainSpider(Spider):
    """Yields a story's fields, as far as plain selectors find them."""

    name = "plain"
    last = "1"

    async def start(self) -> AsyncIterator[Any]:
        for sid in range(1, int(self.last) + 1):
            yield Request(f"{os.environ['SOLIDOT_SITE_URL']}/story?sid={sid}", cb_kwargs={"sid": sid})

    def parse(self, response: Response, sid: int) -> Iterator[dict[str, Any]]:
        meta = response.css(".talk_time")
        line = "".join(meta.css("::text").getall())
        body = response.css(".p_mainnew")
        text = "\n".join(body.css("::text").getall())
        links = body.css("a::attr(href)").getall() + re.findall(r"https?://\S+", text)
        title = "".join(response.css(".bg_htit h2::text").getall()).strip()
        submitter = re.match(r"(\S+) 写道", text)
        yield {
            "sid": sid,
            "url": response.url,
            "title": title,
            "published_at": re.findall(r"(\d{4})年(\d\d)月(\d\d)日 (\d\d)时(\d\d)分", line),
            "editor": {
                "name": meta.css("a::text").get(),
                "uid": re.findall(r"\((\d+)\)", line),
            },
            "department": (meta.css("b::text").get() or "").removeprefix("来自"),
            "topics": [
                {"tid": topic.css("::attr(href)").re_first(r"tid=(\d+)"), "name": topic.css("::attr(title)").get()}
                for topic in response.css('a[href*="/search?tid="]')
            ],
            "submitter": submitter and submitter[1],
            "body": text,
            "body_html": body.get(),
            "source_links": [link for link in links if "solidot.org" not in link],
            "related_sids": re.findall(r"story\?sid=(\d+)", " ".join(links)),
            "images": [
                {"url": image.css("::attr(src)").get(), "alt": image.css("::attr(alt)").get()}
                for image in body.css("img")
            ],
            "views": response.css(".block_r b::text").re_first(r"查看 (\d+) 次"),
            "comments": [comment(box) for box in response.css(".list_com")],
            "fetched_at": datetime.now(UTC).isoformat(),
            "content_hash": sha256((title + text).encode()).hexdigest(),
        }


def comment(box: Selector) -> dict[str, Any]:
    return {
        "id": box.attrib.get("id"),
        "author": box.css(".talk_time a::text").get(),
        "title": box.css("h2::text").get(),
        "posted_at": "".join(box.css(".talk_time::text").getall()),
        "text": "".join(box.css(".p_text ::text").getall()),
    }
