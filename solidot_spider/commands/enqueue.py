"""``solidot enqueue``: puts a job into the queue, which a worker runs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from solidot_spider.commands import output, queue_words
from solidot_spider.commands.known import Known
from solidot_spider.commands.verb import CRAWL, Verb
from solidot_spider.crawl.spider_words import SPIDERS

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from solidot_spider.base.options import Options
    from solidot_spider.commands.queue_words import Settings
    from solidot_spider.queue.job import Job

_WORDS = (*SPIDERS, "reparse", "export")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument(
        "what",
        choices=Known(_WORDS),
        metavar="|".join(_WORDS),
        help="a spider to crawl with, or another task; `export OUT` writes OUT on the machine of the worker",
    )
    parser.add_argument("out", nargs="?", metavar="OUT", help="the file or directory that export writes")
    parser.add_argument(
        "-a",
        dest="given",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an argument of the spider, or an option of the task such as format=csv (may be repeated)",
    )
    queue_words.add_setting(parser, "an option such as SOLIDOT_DATABASE_URL=… (may be repeated)")


def run(arguments: argparse.Namespace) -> int:
    """Put a job into the queue; the exit status."""

    def check(settings: Settings) -> Job:
        from solidot_spider.commands import job_check

        return job_check.checked([arguments.what, *filter(None, [arguments.out])], arguments.given, settings)

    def work(chosen: Options, _: Engine, __: Settings, job: Job) -> int:
        from procrastinate.exceptions import ProcrastinateException

        from solidot_spider.queue import app
        from solidot_spider.store.errors import StoreError

        try:
            return output.lines([str(app.enqueue(chosen, job))])
        except ProcrastinateException as error:
            raise StoreError(f"the queue's database cannot be used: {error.__cause__ or error}") from error

    return queue_words.run(arguments, check, work)


VERB = Verb(
    "enqueue",
    "put a job into the queue in PostgreSQL: a spider, reparse, or export OUT",
    "Puts a job into the queue of the site and prints its number; `solidot worker` runs it, here or on another "
    "machine. Arguments are checked now, as the command itself would (2), and files of ids are read now.",
    "solidot enqueue latest\n"
    "solidot enqueue story -a sids=79500-79600 -a limit=50\n"
    "solidot enqueue reparse -a older-than-parser=true\n"
    "solidot enqueue export /srv/solidot/stories.jsonl.zst",
    declare,
    run,
    CRAWL,
)
