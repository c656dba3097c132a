"""Checks a job before it is put into the queue, as its command would: no worker shall find a wrong one at night."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from solidot_spider.base import sids
from solidot_spider.base.sids import ArgumentError
from solidot_spider.commands import export, parser, reparse
from solidot_spider.crawl import command_words
from solidot_spider.queue.job import CRAWL, EXPORT, TAKES, Job

LONGEST = 100_000
"""Characters of an argument: the kernel takes 131,072 for a word of a command line."""


def checked(words: Sequence[str], given: Sequence[str], settings: Mapping[str, str]) -> Job:
    """The job of words and of texts NAME=VALUE.

    Files of ids are read now, and paths made absolute: the job may run elsewhere.

    Args:
        words: ``SPIDER``, ``reparse``, or ``export OUT``.
        given: the arguments.
        settings: those of ``-s``.

    Raises:
        ArgumentError: what is wrong.
        OptionError: an option has a value that cannot be used.
    """
    for text in given:
        if text[:1] == "=" or "=" not in text:
            raise ArgumentError(f"-a {text}: no NAME=VALUE")
    if why := command_words.repeated(given):
        raise ArgumentError(why)
    if words and words[0] not in TAKES and (why := command_words.problem(words)):
        raise ArgumentError(why)
    job = _settled(Job.of(words, {name: value for name, _, value in (text.partition("=") for text in given)}))
    for name, value in job.arguments.items():
        if len(value) > LONGEST:
            raise ArgumentError(f"{name}= has {len(value):,} characters; a job takes {LONGEST:,}: give fewer ids")
    if job.task == CRAWL:
        _check_crawl(job, settings)
    else:
        _check_verb(job)
    return job


def _settled(job: Job) -> Job:
    arguments = dict(job.arguments)
    if arguments.get("sids", "").startswith("@"):
        arguments["sids"] = ",".join(map(str, sids.parse(arguments["sids"]).ranges))
    if job.task == EXPORT and job.target in ("-", ""):
        raise ArgumentError("export OUT: a worker has no standard output; name a file or a directory")
    return Job(job.task, str(Path(job.target).absolute()) if job.task == EXPORT else job.target, arguments)


def _check_crawl(job: Job, settings: Mapping[str, str]) -> None:
    from scrapy.spiderloader import SpiderLoader
    from scrapy.utils.project import get_project_settings

    from solidot_spider.runner import CrawlRun
    from solidot_spider.spiders import named

    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    chosen = get_project_settings()
    chosen.setdict(dict(settings), priority="cmdline")
    spider = named.spider_class(SpiderLoader.from_settings(chosen), job.target)
    CrawlRun(spider, job.arguments, chosen)  # which checks all, and makes nothing before it is run


def _check_verb(job: Job) -> None:
    """Ends the program with a line, as the verb does, where a word is wrong."""
    from solidot_spider.export.errors import ExportError

    verb = export.VERB if job.task == EXPORT else reparse.VERB
    arguments = parser.parse(verb, job.words({})[1:])
    try:
        if job.task == EXPORT:
            export.check(arguments)
        elif arguments.sids is not None:
            sids.parse(arguments.sids)
    except ExportError as error:
        raise ArgumentError(str(error)) from error
