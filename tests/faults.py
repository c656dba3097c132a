"""The catalogue of faults: what a site, a page or the surroundings of a run may do, and what becomes of it.

Each is one line of the reference page ``.readme/faults.md``, which ``python -m tests.fault_table`` writes from here, and
one test of ``tests/runs/test_faults.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SID = 79520
"""The story that a fault of an answer befalls; the run asks it with two others that are well."""
LONG = 300_000
MANY_ATTRIBUTES = "".join(f"a{number}=1 " for number in range(LONG // 2))
BLOCK = '<div class="block_m">'
BODY = '<div class="p_mainnew">'


@dataclass(frozen=True)
class Fault:
    """What happens, and how the run of three stories ends.

    Attributes:
        name: what happens, in words.
        outcome: what the summary or the one line of a refusal says.
        status: the exit status.
        rule: a rule for the trial server: what it answers for one story; empty if it answers rightly.
        words: arguments of the run.
        env: variables of the run; ``{data}`` stands for the data directory.
    """

    name: str
    outcome: str
    status: int = 1
    rule: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


def _answer(name: str, outcome: str, action: str, **rule: Any) -> Fault:
    return Fault(name, outcome, rule={"action": action, **rule})


def _page(name: str, outcome: str, old: str, new: str, status: int = 1) -> Fault:
    return Fault(name, outcome, status, rule={"action": "rewrite", "pairs": [[old, new]]})


ANSWERS = [
    _answer("500", "failed: answered 500 Internal Server Error", "status", status=500),
    _answer("429", "failed: answered 429 Too Many Requests", "status", status=429),
    _answer("418", "failed: answered 418", "status", status=418),
    _answer("403", "refused: answered 403 Forbidden", "status", status=403),
    _answer("451", "refused: answered 451", "status", status=451),
    _answer("the connection is reset within the body", "failed: connection lost", "reset"),
    _answer("the connection is closed before an answer", "failed: connection lost", "reset", quiet=True),
    _answer("the body is shorter than its Content-Length", "failed: body cut short", "cut"),
    _answer("50 MB behind gzip", "failed: body over the limit", "bomb", megabytes=50),
    _answer("a body without an end", "failed: body over the limit", "endless", bytes_per_second=0),
    _answer("a body of 20 bytes a second", "failed: time-out", "endless", bytes_per_second=20),
    _answer("no answer", "failed: time-out", "silence"),
    _answer("an answer after 5 s", "failed: time-out", "delay", seconds=5),
    _answer("half of the page, said to be whole", "failed: body cut short: the page has no end", "truncate", share=0.5),
    _answer(
        "a page of no told length, cut", "failed: body cut short: the page has no end", "cut", how="close", share=0.98
    ),
    _answer("gzip, cut", "failed: body cut short: its compression has no end", "cut", how="gzip", share=0.98),
    _answer("GBK", "unparsed: not-utf8", "charset", encoding="gbk"),
    _answer("Big5, said to be UTF-8", "unparsed: not-utf8", "charset", encoding="big5", declared="utf-8"),
    _answer("UTF-16", "unparsed: ", "charset", encoding="utf-16"),
    _answer("a redirect to another port", "refused: redirect off the site", "redirect", to="http://127.0.0.1:9/story"),
    _answer(
        "a redirect to no port",
        "refused: redirect off the site, to http://127",
        "redirect",
        to="http://127.0.0.1:99999/",
    ),
    _answer(
        "a redirect to `javascript:`", "refused: redirect off the site, to javascript:0", "redirect", to="javascript:0"
    ),
    _answer("a redirect to another host", "refused: redirect off the site", "redirect", to="http://example.org/"),
    _answer("a redirect to itself", "failed: more than 5 redirects", "redirect", to="{path}"),
    _answer("another story", "unparsed: other-story", "other", sid=79517),
    _answer("an empty body", "unparsed: empty", "empty"),
    _answer("a page that asks who is there", "unparsed: no-block", "captcha"),
    _answer("random bytes", "unparsed: not-utf8", "garbage"),
]

PAGES = [
    _page("150,000 brackets in a meta line", "3 stored", "发表于 ", "(1" * (LONG // 2) + "发表于 ", status=0),
    _page("150,000 full stops behind an address", "3 stored", BODY, f"{BODY}https://x.example/{'.' * LONG}", status=0),
    _page("150,000 attributes in a tag", "unparsed: too-many-tags", BODY, f"{BODY}<p {MANY_ATTRIBUTES}>"),
    _page("300,000 tags", "unparsed: too-many-tags", BODY, BODY + "<b></b>" * LONG),
    _page("300 elements in each other", "unparsed: too-deep", BODY, BODY + "<i>" * 300),
    _page(
        "a block of another story", "unparsed: ", BLOCK, f'{BLOCK}<h2><a href="/story?sid=5">一</a></h2></div>{BLOCK}'
    ),
    _page("a body without text", "unparsed: no-body", BODY, '<div class="x">'),
]

MINE = "tests.user_components"


def _given(name: str, outcome: str, *words: str, status: int = 2, **env: str) -> Fault:
    return Fault(name, outcome, status, words=words, env=env)


def _set(setting: str, outcome: str, status: int = 2) -> Fault:
    return _given(f"`-s {setting}`", outcome, "-s", setting, status=status)


SURROUNDINGS = [
    _set("DOWNLOAD_DELAY=nan", "DOWNLOAD_DELAY=nan: give a number"),
    _set("CONCURRENT_ITEMS=0", "CONCURRENT_ITEMS=0: give a whole number from 1"),
    _set("LOG_LEVEL=FOO", "LOG_LEVEL=FOO: no level of a log"),
    _set("LOG_FILE=/nope/x", "LOG_FILE=/nope/x: there is no directory"),
    _set("JOBDIR=jobs", "JOBDIR=jobs: no crawl needs it"),
    _set("FEED_EXPORT_BATCH_ITEM_COUNT=2", "FEED_EXPORT_BATCH_ITEM_COUNT: a feed is one file"),
    _set('ITEM_PIPELINES={"solidot_spider.pipelines.StorePipeline": null}', "StorePipeline is needed"),
    _set(f'ITEM_PIPELINES={{"{MINE}.Nothing": 450}}', "a pipeline gave NoneType in place of the record", status=1),
    _given("an option that does not exist", "SOLIDOT_DATADIR: there is no such option", SOLIDOT_DATADIR="x"),
    _given("a list of ids given twice", "-a sids= is given 2 times", "-a", "sids=1"),
    _given("a file in a place that nothing can write to", "foo is no scheme of a place", "-O", "foo://x.jsonl"),
    _given("a file on a server that is not there", "Connection refused", "-O", "ftp://127.0.0.1:9/x.jsonl", status=4),
    _given(
        "an encoding without the story's characters",
        "not written to x.csv (UnicodeEncodeError)",
        *("-O", "x.csv", "-s", "FEED_EXPORT_ENCODING=ascii"),
        status=1,
    ),
    _given("a report that cannot be written", "/dev/full: No space left", "--report", "/dev/full", status=4),
    _given("a proxy that is not there, before this machine", "3 stored", status=0, http_proxy="http://127.0.0.1:9"),
    _given("a console that knows ASCII only", "3 stored", status=0, PYTHONIOENCODING="ascii"),
    _given("another language and zone", "3 stored", status=0, LC_ALL="C", TZ="America/St_Johns"),
]

FAULTS = [*ANSWERS, *PAGES, *SURROUNDINGS]
