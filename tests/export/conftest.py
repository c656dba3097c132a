"""Stores whose stories hold what a form could break."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit
from tests.stores import NOW, fields, raw, run

HARD = "=1+1 \"甲\",\u2028乙\u2029 \\ 👩‍🚀𠮷𪚥 e\u0301\u1100\u1161\r\n\t\x01\x7f\u0085 <b>&amp;</b> 'x' --- : #"
"""Text with what separates, quotes, escapes or means something in some form."""


def hard(sid: int, **changes: Any) -> dict[str, Any]:
    """A record with hard text in every place that holds text."""
    link = {
        "url": f"https://example.org/{sid}?a=1&b=%E4%B8%AD",
        "text": HARD,
        "host": "example.org",
        "form": "anchor",
        "placement": "inline",
        "raw": HARD,
        "archive_of": None,
    }
    comment = {
        "id": sid * 10,
        "parent_id": None,
        "author": HARD,
        "uid": 7,
        "title": "",
        "score": -1,
        "posted_at": None,
        "text": f"'{HARD}",
    }
    values = {
        **fields(sid),
        "title": HARD,
        "body": f"- {HARD}\n\n第二段 {sid}",
        "body_html": f"<p>第一段 {sid}，*星号* 和 _线_</p><p>第二段 <a href='https://example.org/'>链接</a></p>",
        "department": None,
        "submitter": "@甲",
        "source_links": [link, {**link, "text": None, "archive_of": "https://example.com/原"}],
        "source_labels": [HARD, "日经 标题"],
        "related_sids": [1, 2],
        "comments": [comment, {**comment, "id": sid * 10 + 1, "parent_id": sid * 10, "uid": None,
                               "posted_at": "2025-11-08T07:30:09+08:00"}],
        "comment_count": 2,
        **changes,
    }  # fmt: skip
    return items.check(items.read_line(items.line(values)))


def visit(record: dict[str, Any]) -> Visit:
    """A visit that brought this record."""
    sid = int(record["sid"])
    return Visit(sid, clock.iso(NOW), Outcome.STORED, status=200, page=raw(sid), record=record)


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        yield opened


@pytest.fixture
def records(store: Store) -> list[dict[str, Any]]:
    """The records of a store: most are plain, some are hard."""
    made = [hard(sid) if sid % 5 == 0 else fields(sid) for sid in range(1, 13)]
    run(store, *map(visit, reversed(made)))
    return made


@pytest.fixture
def searchable(store: Store, chosen: Options) -> Options:
    """Options whose store holds titles that have characters in common."""
    run(
        store,
        visit({**fields(1), "title": "苹果公司发布 iPhone"}),
        visit({**fields(2), "title": "公司种苹果树"}),
        visit({**fields(3), "title": "果公子"}),
        visit(hard(90_000)),
    )
    return chosen
