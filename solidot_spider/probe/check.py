"""Runs ``solidot probe``: fetches pages, prints a finding a line and a skeleton, and returns the exit status.

It reads the settings of ``base/options.py``, ``ROBOTSTXT_USER_AGENT``, and those of a crawl's pace.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from solidot_spider.base import options
from solidot_spider.base.console import plain
from solidot_spider.base.outcome import CANNOT_WRITE, OK, SITE_CHANGED, TROUBLE, USAGE, fault
from solidot_spider.crawl import component_checks, setting_checks
from solidot_spider.probe import expectations, findings, skeleton, stored
from solidot_spider.probe.expectations import Expectations
from solidot_spider.probe.findings import Finding
from solidot_spider.probe.spider import ProbeResponse, ProbeSpider
from solidot_spider.probe.stored import Records
from solidot_spider.store.errors import StoreError

SENTENCES = {
    OK: "all found",
    TROUBLE: "exit status 1: no answer came to all that was asked",
    SITE_CHANGED: "exit status 3: the site is not as expected; --save DIR keeps what came, for a report",
}
"""What is printed last, by exit status."""


class Known(NamedTuple):
    """What is known of the site: a few parts of some stories, and the whole records of some that the store has."""

    expected: Expectations
    stored: Records

    @property
    def sids(self) -> list[int]:
        """The stories to fetch, each once."""
        return list(dict.fromkeys([*(story.sid for story in self.expected.stories), *self.stored]))


def main(expect: Path | None, save: Path | None, settings: dict[str, str], *, shows_skeleton: bool = False) -> int:
    """Probe the site.

    Args:
        expect: a file of known stories; None for those of the live site.
        save: a directory for all responses; None to save nothing.
        settings: Scrapy's settings, as ``-s`` gives them.
        shows_skeleton: whether a story's skeleton is printed even if all is found.

    Returns:
        The exit status: 0 all found, 3 something is not as expected, 1 no answer.
    """
    try:
        expected = expectations.load(expect or expectations.LIVE_SITE)
        chosen = _settings(settings)
        site = options.load(chosen)
        known = Known(expected, stored.load(site))
        if save:
            save.mkdir(parents=True, exist_ok=True)
    except (expectations.ExpectationError, options.OptionError) as error:
        return _stop(str(error), USAGE)
    except StoreError as error:
        return _stop(str(error), CANNOT_WRITE)
    except OSError as error:
        return _stop(f"--save {save}: {error.strerror}", CANNOT_WRITE)
    chosen.set("USER_AGENT", site.user_agent, priority="project")
    print(f"probing {site.site_url}", flush=True)
    responses = _fetch(known, chosen)
    if save:
        try:
            _save(responses, save)
        except OSError as error:
            return _stop(f"--save {save}: {error.strerror}", CANNOT_WRITE)
    status = _print_findings(responses, known, chosen["ROBOTSTXT_USER_AGENT"])
    if shows_skeleton or status == SITE_CHANGED:
        _print_skeleton(responses, known)
    print(SENTENCES[status])
    return status


def _settings(given: dict[str, str]) -> Settings:
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    (settings := get_project_settings()).setdict(given, priority="cmdline")
    setting_checks.check(settings)
    component_checks.check(settings)
    return settings


def _fetch(known: Known, settings: Settings) -> list[ProbeResponse]:
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(ProbeSpider)
    with stored.opened(options.load(settings)) as store:  # whose other runs keep to the same pace
        process.crawl(crawler, sids=known.sids, store=store)
        process.start()
    return crawler.spider.answers if isinstance(crawler.spider, ProbeSpider) else []


def _save(responses: list[ProbeResponse], directory: Path) -> None:
    """Write all bodies as they came, and ``answers.json`` with everything else."""
    for response in responses:
        name = response.name.replace(" ", "-")
        file = {"robots.txt": "robots.txt", "feed": "feed.xml"}.get(name, f"{name}.html")
        (directory / file).write_bytes(response.body)
    rest = [
        {name: value for name, value in msgspec.structs.asdict(each).items() if name != "body"} for each in responses
    ]
    (directory / "answers.json").write_bytes(msgspec.json.format(msgspec.json.encode(rest), indent=2) + b"\n")


def _print_findings(responses: list[ProbeResponse], known: Known, token: str) -> int:
    """Print a finding a line; the exit status."""
    all_findings = [(each, finding) for each in responses for finding in _checked(each, known, token)]
    width = max((len(response.name) for response in responses), default=0)
    before = ""
    for response, finding in all_findings:
        shown = response.name if response.name != before else ""
        before = response.name
        print(f"{shown:{width}}  {finding.part:16}  {finding.state:9}  {plain(finding.detail)}".rstrip())
    states = [finding.state for _, finding in all_findings]
    if "differs" in states or "not found" in states:
        return SITE_CHANGED
    return TROUBLE if "no answer" in states or not states else OK


def _checked(response: ProbeResponse, known: Known, token: str) -> Iterator[Finding]:
    """The findings of one response; a fault of a parser is one, too."""
    try:
        yield from _check(response, known, token)
    except Exception as error:  # noqa: BLE001 - it is what the probe looks for
        yield Finding("parser", "differs", fault("the parser", error))


def _check(response: ProbeResponse, known: Known, token: str) -> Iterator[Finding]:
    """The findings of one response."""
    if response.error:
        yield Finding("answer", "no answer", response.error)
        return
    yield Finding("answer", "found", f"{response.status}, {len(response.body):,} bytes")
    if response.path == "/robots.txt":
        yield _check_certificate(response)
        yield from findings.check_robots(response.body, token) if response.status < 300 else ()
    elif response.path == "/":
        yield from findings.check_home(response.body)
    elif response.path == "/index.rss":
        yield from findings.check_feed(response.body)
    else:
        yield from _check_story(response, known)


def _check_story(response: ProbeResponse, known: Known) -> Iterator[Finding]:
    sid = _sid(response)
    expected = next((each for each in known.expected.stories if each.sid == sid), None)
    is_known = sid in known.sids
    if response.status >= 300:
        yield Finding("missing", "differs" if is_known else "found", f"answered {response.status}")
        return
    if expected:
        yield from findings.check_story(response.body, response.url, expected)
    if sid in known.stored:
        yield from stored.check(response.body, response.url, known.stored[sid])
    if not is_known:
        yield from findings.check_unknown_sid(response.body, response.url, sid)


def _sid(response: ProbeResponse) -> int:
    """The sid that was asked for; 0 if it was no story."""
    path, _, sid = response.path.partition("?sid=")
    return int(sid) if path == "/story" else 0


def _print_skeleton(responses: list[ProbeResponse], known: Known) -> None:
    """Print the skeleton of the first known story's page beside the expected one."""
    pages = (each for each in responses if _sid(each) in known.sids and not each.error and each.status < 300)
    page = next(pages, None)
    if page is not None:
        print(f"the skeleton of {page.name}; < and > mark what only one has")
        for line in skeleton.beside_expected(skeleton.lines(page.body)):
            print(plain(line).rstrip())


def _check_certificate(response: ProbeResponse) -> Finding:
    if response.certificate:
        return Finding("certificate", "found", f"verified, issued by {response.certificate}")
    is_plain = response.url.startswith("http:")
    return Finding(
        "certificate", "found" if is_plain else "differs", "none: plain http" if is_plain else "not verified"
    )


def _stop(message: str, status: int) -> int:
    print(f"solidot: {message}", file=sys.stderr)
    return status
