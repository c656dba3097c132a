"""``solidot worker``: runs the jobs of the queue, and puts jobs into it at their times."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from solidot_spider.commands import queue_words
from solidot_spider.commands.verb import CRAWL, Verb

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from solidot_spider.base.options import Options
    from solidot_spider.commands.queue_words import Settings
    from solidot_spider.queue.cron_line import CronLine

MOST_SECONDS = 86_400.0
MOST = 1000
LEAST_SILENCE = 1.0


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "--cron",
        action="append",
        default=[],
        metavar="LINE",
        help="put a job into the queue at times: five fields of cron, in UTC, then the spider and its arguments, or "
        "another task, as in '5 4 * * * daily date=yesterday' (may be repeated; give all workers the same lines)",
    )
    parser.add_argument(
        "--until-empty", "--once", action="store_true", help="end when no job waits any more, and none runs"
    )
    parser.add_argument(
        "--concurrency", type=_count, default=1, metavar="N", help="so many jobs at a time; crawls still go one by one"
    )
    parser.add_argument(
        "--tries", type=_count, default=30, metavar="N", help="try a job so often at most (default: 30, within a day)"
    )
    parser.add_argument(
        "--pause",
        type=_seconds,
        default=60.0,
        metavar="S",
        help="seconds before the second try; each further pause is twice as long, up to an hour (default: 60)",
    )
    parser.add_argument(
        "--silence",
        type=_silence,
        default=30.0,
        metavar="S",
        help="a worker that has been silent for so many seconds is dead, and its job is taken up; the same for all "
        "workers (default: 30)",
    )
    queue_words.add_setting(parser, "an option or a setting for the jobs, such as DOWNLOAD_DELAY=3 (may be repeated)")


def run(arguments: argparse.Namespace) -> int:
    """Work; the exit status."""

    def check(settings: Settings) -> list[CronLine]:
        from solidot_spider.base.sids import ArgumentError
        from solidot_spider.commands import job_check
        from solidot_spider.queue import cron_line

        lines = [
            cron_line.parse(line, lambda words, given: job_check.checked(words, given, settings))
            for line in arguments.cron
        ]
        for line, text in zip(lines, arguments.cron, strict=True):
            if lines.count(line) > 1:
                raise ArgumentError(f"--cron {text!r}: it is given {lines.count(line)} times; give it once")
        return lines

    def work(chosen: Options, engine: Engine, settings: Settings, lines: list[CronLine]) -> int:
        from solidot_spider.queue import worker
        from solidot_spider.queue.retry import Policy

        plan = worker.Plan(
            lines,
            arguments.until_empty,
            arguments.concurrency,
            Policy(arguments.tries, arguments.pause),
            arguments.silence,
            settings,
        )
        return worker.serve(chosen, engine, plan)

    return queue_words.run(arguments, check, work)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= MOST:
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number from 1 to {MOST:,}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text!r}: give a number of seconds above 0, up to {MOST_SECONDS:,.0f}")
    return number


def _silence(text: str) -> float:
    if (seconds := _seconds(text)) < LEAST_SILENCE:
        raise argparse.ArgumentTypeError(f"{text!r}: give {LEAST_SILENCE:g} second or more")
    return seconds


VERB = Verb(
    "worker",
    "run the jobs of the queue in PostgreSQL, on one machine or on several",
    "Runs the jobs that `solidot enqueue` and --cron put into the queue, each in a process of its own: one crawl or "
    "reparse of a site at a time over all workers, exports beside. A job that ends with 1 or 75 is tried again later, "
    "one that ends with 2, 3 or 4 waits for a person (`solidot status`). SIGTERM and Ctrl-C stop the running job, "
    "which goes back into the queue; a second one ends it at once. Exit status: 0, 4 where the database went away, and "
    "with --until-empty 1 if a job failed.",
    "solidot worker --cron '20 * * * * latest' --cron '5 4 * * * daily date=yesterday'\nsolidot worker --until-empty",
    declare,
    run,
    CRAWL,
)
