"""A site that changes in silence: what a run stored since its last proof is taken back, and comes again when it heals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import CHANGED_SITE
from solidot_spider.crawl.known_answers import EVERY
from solidot_spider.crawl.known_stories import TRIES
from solidot_spider.crawl.proof import NOTHING_KNOWN
from solidot_spider.crawl.report import Report
from solidot_spider.probe import expectations
from solidot_spider.store import schema
from solidot_spider.store.schema import UNPARSED
from solidot_spider.store.store import Store
from tests.crawling import FAST, crawl, finish, start, until
from tests.moving_site import Moving, moving

pytestmark = pytest.mark.long

NOW = datetime.fromisoformat("2025-11-08T12:00:00+08:00")
STAYS = [sid for sid in range(1, 2000) if sid % 13 != 5 and sid % 29 != 4 and sid % 31 != 6]
"""Stories that the site has, and that it has not withdrawn."""
KNOWN = [sid for sid in STAYS if sid % 5 == 0][::4][:20]
"""Twenty stories with comments, over half a year."""
GIVEN = "601-612"
NEW = [sid for sid in STAYS if 601 <= sid <= 612]

Pairs = list[tuple[str, str]]
HOURS: Pairs = [
    pair
    for hour in range(24)
    for pair in (
        (f"日 {hour:02}时", f"日 ¤{(hour + 16) % 24:02}时"),
        (f"T{hour:02}:", f"T¤{(hour + 16) % 24:02}:"),
    )
]
CHANGES: dict[str, Pairs] = {
    "title": [
        (
            '</h2></div>\n</div>\n<div class="talk_time">\n<div class="icon',
            ' – 演示</h2></div>\n</div>\n<div class="talk_time">\n<div class="icon',
        ),
        ('",\n    "images"', ' – 演示",\n    "images"'),
    ],
    "department": [("<b>来自", "<b>来自桥下的邮局</b>\n<b>出自")],
    "published_at": [*HOURS, ("¤", "")],
    "comments": [
        (name, "x") for name in ("list_com", "comment_", "tree_", "comments start", "comments end", "reply_", "p_text")
    ],
}
"""What each of them makes wrong in every story."""


def change(name: str, **when: Any) -> dict[str, Any]:
    return {"action": "rewrite", "path": "/story", "pairs": CHANGES[name], **when}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Moving]:
    with moving(tmp_path, NOW, "--stories", "lively:3000", "--per-day", "3", "--still") as moves:
        yield moves


class Crawls:
    """Runs over one store, and what is in it."""

    def __init__(self, site: Moving, data: Path, database_url: str = "") -> None:
        self.site, self.data, self.database_url = site, data, database_url

    def story(self, *words: str, status: int) -> Report:
        done = self.site.crawl(self.data, "story", *words, database_url=self.database_url)
        assert done.status == status, done.err
        self.err = done.err
        report = self.site.reports[-1]
        assert sum(report.counts.values()) == report.asked + report.left
        return report

    def rows(self, table: Table) -> list[Any]:
        options = Options(data_dir=self.data, database_url=self.database_url)
        with Store.opened(options) as store, store.reading() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key)))

    @property
    def stories(self) -> list[Any]:
        return self.rows(schema.stories)

    @property
    def sids(self) -> list[int]:
        return [row.sid for row in self.stories]

    def left_without_proof(self) -> None:
        """Store the new stories, as a run does that is killed after its last story and before its last proof."""
        self.story("-a", f"sids={GIVEN}", status=0)
        options = Options(data_dir=self.data, database_url=self.database_url)
        run_id = self.rows(schema.runs)[-1].id
        left = [{"sid": sid, "since_run": run_id, "run_id": run_id, "kind": "new"} for sid in NEW]
        with Store.opened(options) as store, store.writing() as connection:
            connection.execute(insert(schema.unproven), left)

    def killed(self, at: int, given: str) -> None:
        """A run that is killed when it has asked so often, and stored something."""
        env = {"SOLIDOT_CLOCK": str(self.site.files / "clock"), "SOLIDOT_DATABASE_URL": self.database_url}
        words = ("crawl", "story", *FAST, "-s", "CONCURRENT_REQUESTS=1", "-a", f"sids={given}")
        process = start(self.site.server.url, self.data, *words, env=env)
        until(lambda: len(self.site.paths) >= at and self.rows(schema.unproven))
        process.kill()
        finish(process, self.data)


@pytest.fixture
def crawls(site: Moving, data: Path, database_url: str) -> Crawls:
    """Twenty stories are stored."""
    made = Crawls(site, data, database_url)
    made.story("-a", f"sids={','.join(map(str, KNOWN))}", status=0)
    assert made.sids == KNOWN
    assert not made.rows(schema.unproven)
    site.at(NOW)
    return made


@pytest.mark.parametrize("field", CHANGES)
def test_a_changed_site_is_told_before_anything_new_is_asked(site: Moving, crawls: Crawls, field: str) -> None:
    before = crawls.stories
    site.at(NOW, change(field))
    report = crawls.story("-a", f"sids={GIVEN}", status=3)
    assert report.questions["known-answers"].startswith(f"{field} differs in 3 of 3 stories read again, such as story ")
    assert f"known-answers {field} differs in 3 of 3" in crawls.err
    assert (report.counts["not tried"], report.left, report.asked) == (12, 12, 0)
    assert len(site.asked) == 3
    assert set(site.asked) <= set(KNOWN)
    assert crawls.stories == before


@pytest.mark.parametrize("field", CHANGES)
def test_a_site_that_changes_under_a_run_leaves_nothing_in_the_store(site: Moving, crawls: Crawls, field: str) -> None:
    before, pages, visits = crawls.stories, crawls.rows(schema.pages), crawls.rows(schema.visits)
    site.at(NOW, change(field, requests=[6, None]))
    report = crawls.story("-a", f"sids={GIVEN}", status=3)
    assert report.questions["known-answers"].startswith(f"{field} differs in 3 of 3")
    assert {kind: count for kind, count in report.counts.items() if count} == {"missing": 1, "unparsed": len(NEW)}
    assert report.changes == {}
    assert [(each.reason, each.count) for each in report.unsettled] == [(CHANGED_SITE, len(NEW))]
    assert crawls.stories == before
    assert not crawls.rows(schema.unproven)
    kept = [row for row in crawls.rows(schema.pages) if row not in pages]
    assert [(row.sid, row.content_hash) for row in kept] == [(sid, UNPARSED) for sid in NEW]
    heard = [row for row in crawls.rows(schema.visits) if row not in visits and row.outcome != "missing"]
    assert [(row.sid, row.outcome, row.reason) for row in heard] == [(sid, "unparsed", CHANGED_SITE) for sid in NEW]
    for _ in range(3):  # it stays so
        crawls.story("-a", f"sids={GIVEN}", status=3)
    site.at(NOW)
    report = crawls.story("-a", f"sids={GIVEN}", status=0)
    assert report.counts["stored"] == len(NEW)
    assert crawls.sids == sorted([*KNOWN, *NEW])
    assert crawls.stories[: len(KNOWN)] == before
    assert not crawls.rows(schema.unproven)
    assert not [row for row in crawls.rows(schema.pages) if row.content_hash == UNPARSED]


@pytest.mark.parametrize("field", CHANGES)
def test_replaced_records_are_as_they_were(site: Moving, crawls: Crawls, field: str) -> None:
    before, pages = crawls.stories, crawls.rows(schema.pages)
    site.at(NOW, change(field))
    report = crawls.story("-a", f"sids={','.join(map(str, KNOWN))}", "-a", "refresh=true", status=3)
    assert report.questions["known-answers"].startswith(f"{field} differs in ")
    assert report.counts["unparsed"] >= 3
    assert report.counts["unparsed"] + report.counts["not tried"] == len(KNOWN)
    assert crawls.stories == before
    assert not crawls.rows(schema.revisions)
    old = [row for row in crawls.rows(schema.pages) if row.content_hash != UNPARSED]
    assert [(row.sid, row.content_hash) for row in old] == [(row.sid, row.content_hash) for row in pages]
    site.at(NOW)
    assert (
        crawls.story("-a", f"sids={','.join(map(str, KNOWN))}", status=0).counts["stored"] == report.counts["unparsed"]
    )


def test_a_kill_before_the_last_proof_costs_nothing_if_the_site_is_well(site: Moving, crawls: Crawls) -> None:
    crawls.killed(7, GIVEN)
    early = [row.sid for row in crawls.rows(schema.unproven)]
    assert early
    assert crawls.sids == sorted([*KNOWN, *early])
    site.at(NOW)
    report = crawls.story("-a", f"sids={GIVEN}", status=0)
    assert report.counts["stored"] == len(NEW) - len(early)
    assert crawls.sids == sorted([*KNOWN, *NEW])
    assert not crawls.rows(schema.unproven)


def test_a_kill_before_the_last_proof_leaves_nothing_if_the_site_changed(site: Moving, crawls: Crawls) -> None:
    before = crawls.stories
    site.at(NOW, change("title", requests=[5, None]))
    crawls.killed(8, GIVEN)
    early = [row.sid for row in crawls.rows(schema.unproven)]
    site.at(NOW, change("title"))
    report = crawls.story("-a", f"sids={GIVEN}", status=3)
    assert (report.counts["not tried"], report.asked) == (report.left, 0)
    assert f"{len(early)} stories of earlier runs" in crawls.err
    assert crawls.stories == before
    assert not crawls.rows(schema.unproven)
    site.at(NOW)
    assert crawls.story("-a", f"sids={GIVEN}", status=0).counts["stored"] == len(NEW)
    assert crawls.sids == sorted([*KNOWN, *NEW])


def test_a_run_with_nothing_to_ask_proves_what_a_killed_one_left(site: Moving, crawls: Crawls) -> None:
    crawls.left_without_proof()
    site.at(NOW)
    report = crawls.story("-a", f"sids={GIVEN}", status=0)
    assert (report.asked, crawls.sids) == (0, sorted([*KNOWN, *NEW]))
    assert not crawls.rows(schema.unproven)
    assert 0 < len(site.asked) <= TRIES
    site.at(NOW)
    assert crawls.story("-a", f"sids={GIVEN}", status=0).asked == 0
    assert site.asked == []


def test_a_run_with_nothing_to_ask_takes_back_what_a_killed_one_left_of_a_changed_site(
    site: Moving, crawls: Crawls
) -> None:
    before = crawls.stories
    crawls.left_without_proof()
    site.at(NOW, change("title"))
    report = crawls.story("-a", f"sids={GIVEN}", status=3)
    assert report.asked == 0
    assert f"{len(NEW)} stories of earlier runs" in crawls.err
    assert crawls.stories == before
    assert not crawls.rows(schema.unproven)


def test_edits_of_single_stories_are_no_alarm(site: Moving, crawls: Crawls) -> None:
    crawls.story("-a", f"sids={KNOWN[0]},{KNOWN[1]}", "-a", "refresh=true", status=0)
    site.at(NOW, change("title", sids=KNOWN[-10:-8]))  # of the known answers, which are among the older half
    assert crawls.story("-a", f"sids={GIVEN}", status=0).counts["stored"] == len(NEW)
    site.at(NOW, change("title", sids=KNOWN[:2]))
    report = crawls.story("-a", f"sids={KNOWN[0]},{KNOWN[1]}", "-a", "refresh=true", status=0)
    assert report.changes == {"changed": 2}
    assert sorted(site.asked) == KNOWN[:2]


def test_three_stories_that_were_edited_alike_are_no_alarm_if_others_are_as_they_were(
    site: Moving, crawls: Crawls
) -> None:
    given = f"sids={','.join(map(str, KNOWN[-6:]))}"
    slow = ("-s", "CONCURRENT_REQUESTS=1", "-s", "DOWNLOAD_DELAY=0.4", "-s", "DOWNLOAD_DELAY_JITTER=0")
    site.at(NOW, change("title", sids=KNOWN[-6:-3]))
    report = crawls.story(*slow, "-a", given, "-a", "refresh=true", status=0)
    assert report.changes == {"changed": 3, "unchanged": 3}
    assert 6 < len(site.asked) <= 6 + TRIES
    assert not crawls.rows(schema.unproven)


def test_known_answers_count_nowhere(site: Moving, crawls: Crawls) -> None:
    report = crawls.story("-a", "sids=604-699", "-a", "limit=3", status=0)
    assert report.counts["stored"] == 3
    assert report.counts["not tried"] == 93
    assert len(site.asked) == 3 + 2 + 2  # two before the first and two after the last
    before = crawls.rows(schema.visits)
    assert not [row for row in before if row.sid in KNOWN and row.run_id == before[-1].run_id]


def test_a_run_that_stores_nothing_new_asks_no_others(site: Moving, crawls: Crawls) -> None:
    crawls.story("-a", f"sids={','.join(map(str, KNOWN))}", status=0)
    assert site.paths == []
    crawls.story("-a", f"sid={KNOWN[3]}", status=0)
    assert site.asked == [KNOWN[3]]
    site.at(NOW, change("title"))
    crawls.story("-a", f"sid={KNOWN[3]}", status=0)
    assert site.asked == [KNOWN[3]]
    assert " – 演示" in crawls.err
    assert "known-answers" not in site.reports[-1].questions
    assert not crawls.rows(schema.unproven)


def test_a_long_run_asks_few_known_answers(site: Moving, crawls: Crawls) -> None:
    report = crawls.story("-a", "sids=601-1600", status=0)
    known = [sid for sid in site.asked if sid in KNOWN]
    assert report.asked // EVERY * 2 <= len(known) <= 0.02 * report.requests
    assert not crawls.rows(schema.unproven)


def test_a_run_without_known_answers_says_so_once(tmp_path: Path, data: Path) -> None:
    with moving(tmp_path, NOW) as site:
        crawls = Crawls(site, data)
        crawls.story("-a", "sids=79517-79523", status=0)
        assert crawls.err.count(NOTHING_KNOWN) == 1
        assert not crawls.rows(schema.unproven)
        crawls.story("-a", "sid=79517", status=0)
        assert NOTHING_KNOWN not in crawls.err
        crawls.story("-a", "sids=79517-79518", status=0)
        assert NOTHING_KNOWN not in crawls.err


def test_an_empty_store_can_be_given_known_stories(tmp_path: Path, data: Path) -> None:
    known = Path(expectations.LIVE_SITE).parents[1] / "trial" / "expect.json"
    words = ("-s", f"SOLIDOT_KNOWN_STORIES={known}", "-a", "sids=79517-79523")
    with moving(tmp_path, NOW) as site:
        crawls = Crawls(site, data)
        site.at(NOW, change("department"))
        report = crawls.story(*words, status=3)
        assert "department differs in 3 of 3" in report.questions["known-answers"]
        assert crawls.sids == []
        site.at(NOW)
        report = crawls.story(*words, status=0)
        assert report.questions["known-answers"] == ""
        assert NOTHING_KNOWN not in crawls.err
        assert crawls.sids == [79517, 79520, 79523]
        assert not crawls.rows(schema.unproven)


def test_a_file_of_known_stories_that_cannot_be_read_is_a_wrong_option(data: Path) -> None:
    done = crawl("http://127.0.0.1:9", data, "-s", "SOLIDOT_KNOWN_STORIES=nowhere.json", "-a", "sids=1")
    assert done.status == 2
    assert "SOLIDOT_KNOWN_STORIES=nowhere.json: No such file" in done.err
    assert not data.exists()
