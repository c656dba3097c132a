"""The trial site's pages, as a client gets them from the running server while its clock moves."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from solidot_spider.trial.site import Site
from solidot_spider.trial.stories import builtin_stories
from tests.server.client import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from solidot_spider.trial.story import Story

STORIES = builtin_stories()
NOW = "2025-11-08T12:00:00+08:00"
WITHDRAWN = {75220, 82725}


class Hand:
    """A server whose clock is set by hand."""

    def __init__(self, server: Running, file: Path) -> None:
        self.server = server
        self._file = file

    def at(self, moment: str | datetime) -> Hand:
        self._file.write_text(str(moment))
        return self

    def get(self, path: str, host: str = "www.solidot.test") -> str:
        reply = self.server.get(path, {"Host": host})
        assert reply.status == 200
        return reply.text

    def tree(self, path: str, host: str = "www.solidot.test") -> Any:
        return html.document_fromstring(self.get(path, host))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hand]:
    file = tmp_path_factory.mktemp("clock") / "now"
    file.write_text(NOW)
    with running("--clock", str(file)) as server:
        yield Hand(server, file)
        assert server.complaints() == ""


@pytest.fixture
def site(served: Hand) -> Hand:
    return served.at(NOW)


def titles(tree: Any) -> list[str]:
    return [h2.xpath("string(a[last()])") for h2 in tree.xpath('//div[@id="center"]//h2')]


def told(*sids: int) -> list[str]:
    return [STORIES[sid].title for sid in sids]


def is_home(tree: Any) -> bool:
    return len(tree.xpath('//div[@class="block_m"]')) == 20 and "本文已被查看" not in tree.text_content()


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda story: str(story.sid))
def test_a_story_has_its_own_page(site: Hand, story: Story) -> None:
    tree = site.at(story.published).tree(f"/story?sid={story.sid}")
    block = tree.xpath('//div[@class="block_m"]')
    assert len(block) == 1
    assert block[0].xpath("string(.//h2)") == story.title
    assert tree.xpath("string(//h2)") == "关注我们："
    assert f"sid={story.sid}&" in block[0].xpath('string(.//a[contains(@href, "weibo")]/@href)')
    assert f"({story.editor.uid})发表于 {story.published:%Y年%m月%d日 %H时%M分}" in block[0].text_content()
    assert block[0].xpath("string(.//b)") in (f"来自{story.department}", f"来自{story.department.rstrip()}")
    assert [a.get("title") for a in block[0].xpath('.//div[@class="icon_float"]/a')] == [
        topic.name for topic in story.topics
    ]
    assert bool(tree.xpath('//div[@class="p_content"]')) is story.p_content


def test_the_stories_are_in_order_and_of_every_kind() -> None:
    times = [story.published for story in STORIES.values()]
    assert times == sorted(times)
    assert len(STORIES) >= 40
    assert all(story.trait for story in STORIES.values())
    assert {sid for sid, story in STORIES.items() if story.withdrawn} == WITHDRAWN
    assert {story.json_ld for story in STORIES.values()} == {"plain", "missing", "comma"}
    assert {len(story.topics) for story in STORIES.values()} == {1, 2, 3}


def test_weekdays_are_the_calendars(site: Hand) -> None:
    assert "2024年10月18日 22时58分 星期五" in site.get("/story?sid=79517")
    assert "2025年11月03日 21时16分 星期一" in site.get("/story?sid=82711")


def test_json_ld_gives_the_seconds_or_is_broken_or_missing(site: Hand) -> None:
    script = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
    plain = script.search(site.get("/story?sid=79517"))
    assert plain
    assert json.loads(plain[1])["pubDate"] == "2024-10-18T22:58:07"
    comma = script.search(site.get("/story?sid=79523"))
    assert comma
    assert re.search(r'"pubDate": "2024-10-19T18:02:35",\s*}', comma[1])
    assert not script.search(site.get("/story?sid=79520"))


def test_links_are_written_in_every_legal_form(site: Hand) -> None:
    assert "&appkey=" in site.get("/story?sid=82714")
    assert "&amp;appkey=" in site.get("/story?sid=82709")
    assert 'href="/~%E4%BA%9A%E5%8E%86%E5%B1%B1%E5%A4%A7%E7%8E%8B"' in site.get("/story?sid=79517")
    hrefs = site.tree("/").xpath('//div[@id="center"]//h2/a[last()]/@href')
    assert {href.partition("story?")[0] for href in hrefs} == {
        "/",
        "//www.solidot.org/",
        "https://www.solidot.org/",
    }


def test_the_essay_goes_on_behind_its_div(site: Hand) -> None:
    tree = site.tree("/story?sid=68103")
    assert "排起了长队" not in tree.xpath('string(//div[@class="p_mainnew"])')
    assert "排起了长队" in tree.xpath('string(//div[@class="block_m"])')
    assert len(tree.xpath('//div[@id="footer"]')) == 1


def test_views_and_saying_move_on_every_fetch_and_alike_in_every_run() -> None:
    first, second = (Site(STORIES, lambda: datetime.fromisoformat(NOW)) for _ in range(2))
    pages = [first.story(79517).body.decode() for _ in range(3)]
    assert [second.story(79517).body.decode() for _ in range(3)] == pages
    views = [re.findall(r"本文已被查看 (\d+) 次", page) for page in pages]
    assert views == sorted(views)
    assert len({str(view) for view in views}) == 3
    assert len({re.findall('famous">(.*)<', page)[0] for page in pages}) == 3
    still = {re.sub('famous">.*<|查看 .* 次', "", page) for page in pages}
    assert len(still) == 1


def test_a_story_appears_at_its_second(site: Hand) -> None:
    published = STORIES[82733].published
    before = site.at(published - timedelta(seconds=1))
    assert is_home(before.tree("/story?sid=82733"))
    assert told(82733)[0] not in before.get("/")
    after = site.at(published)
    assert not is_home(after.tree("/story?sid=82733"))
    assert titles(after.tree("/"))[0] == STORIES[82733].title


def test_edits_come_at_their_time(site: Hand) -> None:
    def page(moment: str) -> str:
        return site.at(f"2023-06-{moment}+08:00").get("/story?sid=75231")

    assert "会眨眼的恒星</h2>" in page("16T15:29:59")
    assert "周期性变暗的恒星</h2>" in page("16T15:30:00")
    assert "更新：" not in page("17T08:59:59")
    edited = page("17T09:00:00")
    assert "更新：" in edited
    assert "周期性变暗的恒星</h2>" in edited


def test_a_withdrawn_story_answers_the_home_page(site: Hand) -> None:
    assert not is_home(site.at("2023-06-16T11:59:59+08:00").tree("/story?sid=75220"))
    after = site.at("2023-06-16T12:00:00+08:00")
    page = after.tree("/story?sid=75220")
    assert "本文已被查看" not in page.text_content()
    assert titles(page) == titles(after.tree("/"))
    assert told(75220)[0] not in after.get("/")
    assert told(75220)[0] not in after.get("/?issue=20230614")


def test_comments_arrive_and_nest(site: Hand) -> None:
    def ids(moment: str, path: str) -> list[str]:
        found: list[str] = site.at(moment).tree("/story?sid=82709").xpath(path)
        return found

    every = "//div[@class='list_com']/@id"
    assert ids("2025-11-03T11:19:59+08:00", every) == []
    assert ids("2025-11-04T09:00:00+08:00", every) == ["comment_282709", "comment_282712"]
    assert len(ids(NOW, every)) == 4
    assert ids(NOW, "//li/ul/li/ul/li/@id") == ["tree_282715"]


def test_reply_link_for_62_days_then_sealed_where_there_are_comments(site: Hand) -> None:
    def page(sid: int, days: int) -> str:
        return site.at(STORIES[sid].published + timedelta(days=days)).get(f"/story?sid={sid}")

    assert "sid=72124&op=reply&type=story" in page(72124, 62)
    assert "评论已经自动封存" not in page(72124, 62)
    assert "评论已经自动封存" in page(72124, 63)
    assert "e_reply" in page(75206, 62)
    assert "e_reply" not in page(75206, 63)


def test_a_day_has_its_stories_newest_first_cut_at_more(site: Hand) -> None:
    tree = site.tree("/?issue=20230612")
    assert titles(tree) == told(75209, 75207, 75206)
    text = site.get("/?issue=20230612")
    assert "quillstone-delays-plant" not in text
    assert "<!--more-->" not in text
    prefix = tree.xpath('//div[@id="center"]//h2[count(a)=2]/a[1]')
    assert [(a.get("href"), a.text) for a in prefix] == [("//games.solidot.org", "游戏")]


def test_empty_days_and_days_to_come(site: Hand) -> None:
    for day in ("20230615", "20251105", "20260101"):
        tree = site.tree(f"/?issue={day}")
        assert tree.xpath('//div[@class="block_m"]') == []
        assert len(tree.xpath('//div[@class="page"]/a')) == 2


def test_a_day_grows_with_the_clock(site: Hand) -> None:
    assert titles(site.at("2023-06-12T08:15:08+08:00").tree("/?issue=20230612")) == []
    assert titles(site.at("2023-06-12T20:00:00+08:00").tree("/?issue=20230612")) == told(75207, 75206)


def test_home_has_twenty_blocks_and_what_stands_beside_them(site: Hand) -> None:
    tree = site.tree("/")
    assert is_home(tree)
    shown = titles(tree)
    assert shown[:2] == told(82733, 82728)
    assert told(82725)[0] not in shown
    assert tree.xpath("//a[text()='阅读原文']")
    assert tree.xpath("//a[starts-with(@href, '/specialist~')]")
    assert [h2.text for h2 in tree.xpath('//div[@id="right"]//h2')] == [
        "关注我们：",
        "投 票",
        "热门文章",
        "热门评论",
    ]
    assert tree.xpath('string(//a[text()="往日文章"]/@href)') == "/?issue=20251107"


def test_a_sections_host_has_its_stories_only(site: Hand) -> None:
    shown = titles(site.tree("/", "linux.solidot.test"))
    assert shown == told(72115)
    assert len(titles(site.tree("/", "science.solidot.test:8000"))) > 5


def test_the_feed(site: Hand) -> None:
    # Our own server's XML, not a stranger's.
    items = ET.fromstring(site.get("/index.rss")).findall("channel/item")
    assert len(items) == 20
    links = [item.findtext("link", "") for item in items]
    assert [link.partition("//")[0] for link in links[:5]] == ["https:", "https:", "https:", "", "https:"]
    assert links[0].endswith("//www.solidot.org/story?sid=82733")
    date = items[0].findtext("pubDate", "")
    assert date.endswith(" +0800")
    assert parsedate_to_datetime(date) == STORIES[82733].published
    assert "press.example.com" not in items[0].findtext("description", "")


def test_robots_and_paths_that_are_not_there(site: Hand) -> None:
    assert site.get("/robots.txt").splitlines() == ["User-agent: *", "Disallow: /search", "Disallow: /my"]
    for path in ("/nothing", "/story", "/story?sid=abc", "/comments?sid=75206"):
        assert site.server.get(path).status == 404


def test_a_clock_file_caught_while_it_is_written_leaves_the_time_before(site: Hand) -> None:
    shown = titles(site.at("2023-06-12T20:00:00+08:00").tree("/"))
    assert titles(site.at("").tree("/")) == shown
