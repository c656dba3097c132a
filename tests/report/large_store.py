"""A store of as many stories as Solidot has, over twenty years, written without their pages; all of it is invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import insert

from solidot_spider import items
from solidot_spider.base.clock import BEIJING
from solidot_spider.base.options import Options
from solidot_spider.base.site import CANONICAL, story_url
from solidot_spider.store import schema
from solidot_spider.store.runs import RunStart
from solidot_spider.store.store import Store

FIRST = datetime(2005, 12, 1, 8, tzinfo=BEIJING)
DAYS = 7270
AT = "2025-11-08T04:00:00+00:00"
AT_ONCE = 1000
EDITORS = ("blackhat", "matrix", "Sunny", "aiyoyo", "Wilson", "Edwards", "wanwan", "lx1")
TOPICS = (
    *(
        "科学",
        "互联网",
        "Linux",
        "Android ",
        "安全",
        "苹果",
        "微软",
        "游戏",
        "硬件",
        "政府",
        "太空",
        "地球",
        "人工智能",
    ),
    *("Google", "开源", "审查", "隐私", "新闻", "软件", "电影", "书籍"),
)
HOSTS = tuple(
    f"{word}.{end}"
    for end in ("example.com", "example.org", "news.example.net")
    for word in "harbor lantern quill paper cloud north tern".split()
)
WORDS = [chr(each) for each in range(0x4E00, 0x4E00 + 2500)]
COMMON = ("研究", "苹果", "开源", "发布", "用户", "公司", "科学家", "发现", "网络", "数据")
HOURS = (1, 1, 1, 0, 0, 0, 1, 3, 8, 12, 14, 13, 9, 8, 10, 13, 15, 14, 12, 9, 8, 7, 5, 3)


def title(luck: random.Random) -> str:
    words = "".join(luck.choices(WORDS, k=luck.randint(8, 20)))
    return f"{luck.choice(COMMON)}{words}{luck.choice(COMMON)}"


def record(sid: int, day: int, luck: random.Random) -> dict[str, Any]:
    """A story of the given day, with the kinds of sources of its time."""
    when = FIRST + timedelta(days=day, hours=luck.choices(range(24), HOURS)[0] - 8, minutes=luck.randrange(60))
    year = when.year
    form, placement = (
        ("anchor", "inline") if year < 2023 else ("bare", "trailing") if year != 2025 else ("schemeless", "trailing")
    )
    hosts = (
        luck.choices(HOSTS, range(len(HOSTS), 0, -1), k=luck.randint(1, 3))
        if luck.random() < 0.55 + (year - 2005) / 60
        else []
    )
    links = [
        {"url": f"https://{host}/{sid}", "text": None, "host": host, "form": form, "placement": placement,
         "raw": f"https://{host}/{sid}", "archive_of": None}
        for host in hosts
    ]  # fmt: skip
    hashed = {
        "title": title(luck),
        "published_at": when.isoformat(timespec="seconds"),
        "editor": {"name": EDITORS[(year - 2005) // 4 + luck.randrange(3)], "uid": 42},
        "department": "".join(luck.choices(WORDS, k=5)) if luck.random() < 0.9 else None,
        "topics": [{"tid": 1, "name": name} for name in set(luck.choices(TOPICS, range(len(TOPICS), 0, -1), k=luck.randint(1, 2)))],
        "submitter": "".join(luck.choices(WORDS, k=3)) if year < 2015 and luck.random() < 0.6 else None,
        "body": "。".join("".join(luck.choices(WORDS, k=30)) for _ in range(6)) + "。",
        "source_links": links,
        "source_labels": ["Harbor Daily: A Headline"] if year == 2025 and not hosts else [],
        "related_sids": [max(1, sid - luck.randint(1, 900))] if luck.random() < 0.2 else [],
        "images": [],
    }  # fmt: skip
    return {
        "sid": sid,
        "url": story_url(sid),
        **hashed,
        "body_html": f"<p>{hashed['body']}</p>",
        "views": luck.randint(500, 9000),
        "comment_count": 0,
        "comments": [],
        "fetched_at": AT,
        "withdrawn_at": None,
        "content_hash": items.content_hash(hashed),
        "schema_version": 1,
    }


def rows(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    """The state of each id, and the story of those that have one; some weeks are gaps."""
    luck = random.Random(22)
    sid = 0
    for number in range(count):
        sid += 1
        day = number * DAYS // count
        state = {
            "sid": sid,
            "outcome": "stored",
            "reason": "",
            "at": AT,
            "run_id": 1,
            "parser_version": 3,
            "unparsed_runs": 0,
            "missing_since": None,
        }
        if luck.random() < 0.06:
            yield (
                {
                    **state,
                    "outcome": luck.choices(("missing", "failed", "unparsed"), (20, 2, 1))[0],
                    "reason": "no answer",
                },
                None,
            )
            sid += 1
        if 3000 < day < 3040 or day % 997 < 2:
            continue
        yield {**state, "sid": sid}, record(sid, day, luck)


def fill(data: Path, count: int) -> None:
    """Make a store of so many stories, some of them withdrawn or edited."""
    with Store.opened(Options(data_dir=data), create=True) as store:
        run_id = store.begin(RunStart("story-20251108T040000Z-1", "story", "{}", CANONICAL, AT))
        with store.writing() as connection:
            connection.execute(insert(schema.sites), {"url": CANONICAL, "is_mirror": 0})
            states: list[dict[str, Any]] = []
            stories: list[dict[str, Any]] = []
            edits: list[dict[str, Any]] = []
            for state, story in rows(count):
                states.append(state)
                if story is not None:
                    withdrawn = AT if story["sid"] % 301 == 0 else None
                    stories.append({
                        "sid": story["sid"], "published_at": story["published_at"], "content_hash": story["content_hash"],
                        "parser_version": 3, "first_seen": AT, "last_seen": AT, "last_changed": AT, "withdrawn_at": withdrawn,
                        "record": msgspec.json.encode({**story, "withdrawn_at": withdrawn}).decode(),
                    })  # fmt: skip
                    if story["sid"] % 211 == 0:
                        old = {"title": story["title"] + "？", "body": story["body"].replace("。", "，", 1)}
                        edits.append(
                            {"sid": story["sid"], "run_id": 1, "at": AT, "old": msgspec.json.encode(old).decode()}
                        )
            for table, filled in ((schema.sids, states), (schema.stories, stories), (schema.revisions, edits)):
                for first in range(0, len(filled), AT_ONCE):
                    connection.execute(insert(table), filled[first : first + AT_ONCE])
        counts = msgspec.json.encode({"stored": len(stories), "missing": len(states) - len(stories)}).decode()
        store.end(
            run_id, ended_at="2025-11-09T01:12:00+00:00", asked=len(states), counts=counts, exit_status=0, verdict=""
        )
