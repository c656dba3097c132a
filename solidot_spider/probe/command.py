"""``solidot probe``: asks, tells part by part, and says by its exit status whether the parser still fits."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from solidot_spider.base import options
from solidot_spider.base.console import plain
from solidot_spider.base.outcome import CANNOT_WRITE, OK, SITE_CHANGED, TROUBLE, USAGE
from solidot_spider.probe import expectations, findings
from solidot_spider.probe.expectations import Expectations
from solidot_spider.probe.findings import Finding
from solidot_spider.probe.spider import Answer, ProbeSpider

NO_ANSWER = "no answer"


def main(expect: Path | None, save: Path | None, settings: dict[str, str]) -> int:
    """Probe the site; the exit status: 0 all found, 3 something is not as expected, 1 no answer.

    Args:
        expect: a file of known stories; None for those of the live site.
        save: a directory for all that came; None for none.
        settings: Scrapy's settings, as ``-s`` gives them.
    """
    try:
        known = expectations.read(expect or expectations.LIVE)
        chosen = _settings(settings)
        site = options.load(chosen)
        if save:
            save.mkdir(parents=True, exist_ok=True)
    except (expectations.ExpectationError, options.OptionError) as error:
        return _stop(str(error), USAGE)
    except OSError as error:
        return _stop(f"--save {save}: {error.strerror}", CANNOT_WRITE)
    chosen.set("USER_AGENT", site.user_agent, priority="project")
    print(f"probing {site.site_url}", flush=True)
    answers = _ask(known, chosen)
    if save:
        try:
            _save(answers, save)
        except OSError as error:
            return _stop(f"--save {save}: {error.strerror}", CANNOT_WRITE)
    return _tell(answers, known, chosen["ROBOTSTXT_USER_AGENT"])


def _settings(given: dict[str, str]) -> Settings:
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    settings = get_project_settings()
    settings.setdict(given, priority="cmdline")
    return settings


def _ask(known: Expectations, settings: Settings) -> list[Answer]:
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(ProbeSpider)
    process.crawl(crawler, expectations=known)
    process.start()
    return crawler.spider.answers if isinstance(crawler.spider, ProbeSpider) else []


def _save(answers: list[Answer], directory: Path) -> None:
    """All bodies as they came, and ``answers.json`` with everything else."""
    for answer in answers:
        name = answer.name.replace(" ", "-")
        file = {"robots.txt": "robots.txt", "feed": "feed.xml"}.get(name, f"{name}.html")
        (directory / file).write_bytes(answer.body)
    rest = [{name: value for name, value in msgspec.structs.asdict(each).items() if name != "body"} for each in answers]
    (directory / "answers.json").write_bytes(msgspec.json.format(msgspec.json.encode(rest), indent=2) + b"\n")


def _tell(answers: list[Answer], known: Expectations, token: str) -> int:
    all_found = [(answer, finding) for answer in answers for finding in found(answer, known, token)]
    width = max((len(answer.name) for answer in answers), default=0)
    before = ""
    for answer, finding in all_found:
        shown = answer.name if answer.name != before else ""
        before = answer.name
        print(f"{shown:{width}}  {finding.part:16}  {finding.state:9}  {plain(finding.said)}".rstrip())
    states = [finding.state for _, finding in all_found]
    if "differs" in states or "not found" in states:
        print("exit status 3: the site is not as expected; --save DIR keeps what came, for a report")
        return SITE_CHANGED
    if NO_ANSWER in states or not states:
        print("exit status 1: no answer came to all that was asked")
        return TROUBLE
    print("all found")
    return OK


def found(answer: Answer, known: Expectations, token: str) -> Iterator[Finding]:
    """What an answer says, part by part."""
    if answer.error:
        yield Finding("answer", "no answer", answer.error)
        return
    yield Finding("answer", "found", f"{answer.status}, {len(answer.body):,} bytes")
    if answer.path == "/robots.txt":
        yield _certificate(answer)
        yield from findings.of_robots(answer.body, token) if answer.status < 300 else ()
    elif answer.path == "/":
        yield from findings.of_home(answer.body)
    elif answer.path == "/index.rss":
        yield from findings.of_feed(answer.body)
    else:
        yield from _story(answer, known)


def _story(answer: Answer, known: Expectations) -> Iterator[Finding]:
    sid = int(answer.path.rpartition("=")[2])
    story = next((each for each in known.stories if each.sid == sid), None)
    if answer.status >= 300:
        yield Finding("missing", "found" if story is None else "differs", f"answered {answer.status}")
    elif story:
        yield from findings.of_story(answer.body, answer.url, story)
    else:
        yield from findings.of_unknown(answer.body, answer.url, sid)


def _certificate(answer: Answer) -> Finding:
    if answer.certificate:
        return Finding("certificate", "found", f"verified, issued by {answer.certificate}")
    is_plain = answer.url.startswith("http:")
    return Finding(
        "certificate", "found" if is_plain else "differs", "none: plain http" if is_plain else "not verified"
    )


def _stop(message: str, status: int) -> int:
    print(f"solidot: {message}", file=sys.stderr)
    return status
