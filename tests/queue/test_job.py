"""A job: its words, its locks, and when it is tried again."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job as Row

from solidot_spider.base.outcome import CANNOT_WRITE, HELD, SITE_CHANGED, TROUBLE, USAGE
from solidot_spider.base.sids import ArgumentError
from solidot_spider.commands import export, parser, reparse, worker
from solidot_spider.commands.verb import Verb
from solidot_spider.queue import upkeep
from solidot_spider.queue.job import EXPORT, FLAGS, REPARSE, TAKES, Job, queue_of, shortened
from solidot_spider.queue.processes import sentence
from solidot_spider.queue.retry import LONGEST, ByExitStatus, Ended, Policy, Stopped

SITE = "https://www.solidot.org"


@pytest.mark.parametrize(
    ("words", "arguments", "line"),
    [
        ("latest", {}, "crawl latest -s DOWNLOAD_DELAY=3 -s SOLIDOT_LOG=json"),
        ("story", {"sids": "1-9", "limit": "5"}, "crawl story -a sids=1-9 -a limit=5 -s DOWNLOAD_DELAY=3"),
        ("reparse", {"sids": "7", "dry-run": "true"}, "reparse --sids=7 --dry-run -s SOLIDOT_LOG=json"),
        ("reparse", {"dry-run": "false"}, "reparse -s SOLIDOT_LOG=json"),
        ("export /srv/a.csv", {"bom": "true", "since": "today"}, "export /srv/a.csv --bom --since=today -s SOLIDOT"),
    ],
)
def test_a_job_is_a_command_line(words: str, arguments: dict[str, str], line: str) -> None:
    job = Job.of(words.split(), arguments)
    told = " ".join(job.words({"DOWNLOAD_DELAY": "3", "SOLIDOT_LOG": "json"}))
    assert told.startswith(line)
    assert ("DOWNLOAD_DELAY" in told) is (job.task == "crawl")
    assert Job.stored(job.task, job.values) == job


@pytest.mark.parametrize(
    ("words", "arguments", "told"),
    [
        ("", {}, "give SPIDER, reparse, or export OUT, not nothing"),
        ("export", {}, "not export"),
        ("export a b", {}, "not export a b"),
        ("reparse x", {}, "not reparse x"),
        ("latest x", {}, "not latest x"),
        ("reparse", {"sid": "5"}, "unknown argument sid; reparse takes sids, "),
        ("reparse", {"sid": "5"}, "did you mean -a sids=?"),
        ("export a", {"bom": "yes"}, "bom=yes: give true or false"),
    ],
)
def test_words_that_are_no_job(words: str, arguments: dict[str, str], told: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Job.of(words.split(), arguments)
    assert told in str(caught.value)


@pytest.mark.parametrize(("task", "verb"), [(REPARSE, reparse.VERB), (EXPORT, export.VERB)])
def test_what_a_job_takes_are_options_of_its_verb(task: str, verb: Verb) -> None:
    options = {each.removeprefix("--"): action for action in parser.of(verb)._actions for each in action.option_strings}
    for name in TAKES[task]:
        assert isinstance(options[name], argparse._StoreTrueAction) is (name in FLAGS)


def test_a_site_has_a_queue_and_a_lock_that_exports_do_not_take() -> None:
    crawl, again = Job("crawl", "latest"), Job("reparse")
    assert crawl.lock(SITE) == again.lock("https://solidot.org") == "crawl https://www.solidot.org"
    assert crawl.lock("http://127.0.0.1:8000") != crawl.lock(SITE)
    assert Job("export", "/srv/x").lock(SITE) is None
    assert queue_of(SITE) == SITE


def test_a_long_name_is_cut_so_that_it_stays_its_own() -> None:
    """A channel of PostgreSQL has a name of 63 bytes at most; the engine adds 23."""
    names = {queue_of(f"https://{'mirror.' * 12}{end}.example.org") for end in "ab"}
    assert len(names) == 2
    assert {len(each) for each in names} == {40}
    assert len(shortened("\u5947" * 100, 128).encode()) <= 128


HOUR = 3600.0


@pytest.mark.parametrize(
    ("status", "before", "wait"),
    [
        (TROUBLE, 0, 60),
        (TROUBLE, 1, 120),
        (HELD, 5, 1920),
        (HELD, 6, HOUR),
        (TROUBLE, 28, HOUR),
        (TROUBLE, 29, None),
        (TROUBLE, 10_000, None),
        (128 + 9, 0, 60),
        (USAGE, 0, None),
        (SITE_CHANGED, 0, None),
        (CANNOT_WRITE, 0, None),
        (99, 0, None),
    ],
)
def test_the_exit_status_decides_whether_a_job_is_tried_again(status: int, before: int, wait: float | None) -> None:
    assert Policy().wait(status, before) == wait


def test_by_default_a_job_is_tried_for_a_day() -> None:
    policy = Policy()
    waits = [policy.wait(TROUBLE, before) for before in range(policy.tries - 1)]
    assert None not in waits
    assert 23 * HOUR < sum(filter(None, waits)) < 25 * HOUR
    assert Policy(tries=10**6).wait(TROUBLE, 10**5) == LONGEST


def test_what_waits_for_its_next_try_lets_others_pass() -> None:
    strategy = ByExitStatus(Policy(tries=3))
    rows = [Row(queue="q", lock=None, queueing_lock=None, task_name="crawl", attempts=each) for each in range(3)]
    first, second, last = (strategy.get_retry_decision(exception=Ended(TROUBLE, ""), job=row) for row in rows)
    assert first is not None
    assert second is not None
    assert (first.priority, second.priority, last) == (-1, -2, None)
    stopped = strategy.get_retry_decision(exception=Stopped(), job=rows[2])
    assert stopped is not None
    assert stopped.priority is None
    assert stopped.retry_at is not None
    assert stopped.retry_at <= datetime.now(UTC)
    assert strategy.get_retry_decision(exception=ValueError(), job=rows[0]) is None


def test_help_has_the_defaults_of_the_policy() -> None:
    options = parser.of(worker.VERB).parse_args([])
    assert (options.tries, options.pause, options.silence) == (*Policy(), upkeep.SILENCE)


@pytest.mark.parametrize(
    ("said", "last"),
    [
        (b"", ""),
        (b"a\nb\n\n", "b"),
        (b"solidot: no\x1b[2J\n", "no?[2J"),
        (b'{"time": "x", "message": "exit status 1: why"}\n', "exit status 1: why"),
        (b"{no json\n", "{no json"),
        ("\u5947".encode()[1:] + b"cut", "\ufffd\ufffdcut"),
    ],
)
def test_the_last_line_is_the_sentence(said: bytes, last: str) -> None:
    assert sentence(said) == last
