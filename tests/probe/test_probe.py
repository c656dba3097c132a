"""``solidot probe``: whether the parser still fits the site."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from solidot_spider import items
from solidot_spider.base import site
from solidot_spider.probe import expectations, findings
from tests import corpus, pages
from tests.crawling import NOW, Crawl, solidot
from tests.server.client import Running, running

SHIPPED = Path(expectations.__file__).parents[1] / "trial" / "expect.json"


def probe(server: Running, tmp_path: Path, *words: str) -> Crawl:
    ours = ("--expect", str(SHIPPED), "-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0")
    return solidot(server.url, tmp_path / "data", "probe", *ours, *words)


@pytest.fixture
def faulty(tmp_path: Path) -> Any:
    def serve(*rules: dict[str, Any]) -> Any:
        plan = tmp_path / "faults.json"
        plan.write_text(json.dumps(rules))
        return running("--clock", NOW, "--faults", str(plan))

    return serve


def states(run: Crawl) -> dict[tuple[str, str], str]:
    """The state of each part, by page and part."""
    found: dict[tuple[str, str], str] = {}
    name = ""
    for line in run.out.splitlines()[1:-1]:
        name = line[:13].strip() or name
        found[name, line[:31][13:].strip()] = line[31:42].strip()
    return found


def test_all_is_found_on_the_trial_site(tmp_path: Path) -> None:
    with running("--clock", NOW) as server:
        run = probe(server, tmp_path)
        asked = [each["path"] for each in server.requests()]
    assert (run.status, run.err) == (0, "")
    assert run.out.endswith("all found\n")
    assert asked[0] == "/robots.txt"
    assert asked.count("/robots.txt") == 1
    assert asked[1:3] == ["/", "/index.rss"]
    assert len(asked) == len(set(asked)) == 3 + len(expectations.load(SHIPPED).stories) + 1
    assert not (tmp_path / "data").exists()
    for part in ("title", "dateline", "share link", "topics", "views", "body", "JSON-LD", "comments region"):
        assert part in run.out


def test_the_responses_are_saved(tmp_path: Path) -> None:
    with running("--clock", NOW) as server:
        run = probe(server, tmp_path, "--save", str(tmp_path / "saved"))
        page = server.get("/story?sid=79517").body
    saved = {path.name for path in (tmp_path / "saved").iterdir()}
    assert run.status == 0
    assert {"robots.txt", "home.html", "feed.xml", "story-79517.html", "answers.json"} <= saved
    answers = json.loads((tmp_path / "saved" / "answers.json").read_bytes())
    assert [each["status"] for each in answers] == [200] * len(answers)
    assert len((tmp_path / "saved" / "story-79517.html").read_bytes()) == pytest.approx(len(page), rel=0.2)


@pytest.mark.long
@pytest.mark.parametrize(
    ("fault", "status", "message"),
    [
        ({"action": "home", "path": "/story?sid=79517"}, 3, "home-page"),
        ({"action": "other", "sid": 79523, "path": "/story?sid=79517"}, 3, "expected"),
        ({"action": "captcha", "path": "/"}, 3, "not found"),
        ({"action": "captcha", "path": "/index.rss"}, 3, "not found"),
        ({"action": "status", "status": 503, "path": "/story?sid=79517"}, 1, "answered 503"),
        ({"action": "status", "status": 503, "path": "/robots.txt"}, 1, "robots.txt answers 503"),
        ({"action": "reset", "path": "/"}, 1, "connection lost"),
    ],
)
def test_a_difference_is_named(faulty: Any, tmp_path: Path, fault: dict[str, Any], status: int, message: str) -> None:
    with faulty(fault) as server:
        run = probe(server, tmp_path)
    assert run.status == status
    assert message in run.out
    assert f"exit status {status}" in run.out
    assert "Traceback" not in run.err


def test_robots_is_obeyed(tmp_path: Path) -> None:
    robots = tmp_path / "robots.txt"
    robots.write_text("User-agent: *\nDisallow: /story\n")
    with running("--clock", NOW, "--robots", str(robots)) as server:
        run = probe(server, tmp_path)
        asked = [each["path"] for each in server.requests()]
    assert not [path for path in asked if path.startswith("/story")]
    assert run.status == 3
    assert "forbidden by robots.txt" in run.out


def test_a_forbidden_robots_txt_allows_all(faulty: Any, tmp_path: Path) -> None:
    with faulty({"path": "/robots.txt", "action": "status", "status": 403}) as server:
        run = probe(server, tmp_path)
    assert run.status == 0
    assert states(run)["robots.txt", "answer"] == "found"


def test_a_site_that_refuses_connections(tmp_path: Path) -> None:
    run = solidot("http://127.0.0.1:9", tmp_path / "data", "probe", "-s", "RETRY_TIMES=0", "-s", "DOWNLOAD_DELAY=0")
    assert run.status == 1
    assert "connection refused" in run.out


@pytest.mark.parametrize("text", ["", "{", '{"stories": [{"sid": 0}]}', '{"storys": []}'])
def test_wrong_expectations_fetch_nothing(tmp_path: Path, text: str) -> None:
    file = tmp_path / "expect.json"
    file.write_text(text)
    run = solidot("http://127.0.0.1:9", tmp_path / "data", "probe", "--expect", str(file))
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("solidot: --expect ")
    assert run.err.count("\n") == 1


@pytest.fixture
def known() -> expectations.KnownStory:
    return next(story for story in expectations.load(SHIPPED).stories if story.sid == 79517)


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("title", "title_sha256", "0" * 64),
        ("dateline", "published_at", "2001-01-01T00:00"),
        ("editor", "editor", items.Editor("Nobody", 1)),
        ("department", "department", "另一个"),
        ("topics", "topics", [1, 2, 3]),
        ("sources", "sources", 99),
    ],
)
def test_each_part_is_compared(known: expectations.KnownStory, part: str, field: str, value: Any) -> None:
    page, url = pages.page(known.sid), site.story_url(known.sid)
    assert {finding.state for finding in findings.check_story(page, url, known)} == {"found"}
    setattr(known, field, value)
    assert [f.part for f in findings.check_story(page, url, known) if f.state != "found"] == [part]


def test_the_live_expectations_fit_the_corpus() -> None:
    known = next(story for story in expectations.load().stories if story.sid == 79532)
    found = list(findings.check_story(corpus.page(79532), site.story_url(79532), known))
    assert {finding.state for finding in found} == {"found"}


@pytest.mark.parametrize("page", [b"", b"\x00\xff", b"<div class=block_m>", b"<html><body>hello"])
def test_a_page_that_is_no_story_has_no_title_and_body(known: expectations.KnownStory, page: bytes) -> None:
    states = {finding.part: finding.state for finding in findings.check_story(page, site.story_url(known.sid), known)}
    assert states["title"] == states["body"] == states["the story itself"] == "not found"
