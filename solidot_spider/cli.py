"""The command ``solidot``: runs its verbs, and hands every word that Scrapy knows to Scrapy's command of that name."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence

from solidot_spider import __version__
from solidot_spider.base import console, spelling, streams
from solidot_spider.base.console import refuse
from solidot_spider.base.options import OptionError
from solidot_spider.base.outcome import CANNOT_WRITE, TROUBLE, USAGE
from solidot_spider.commands import (
    backup,
    completion,
    copy,
    crawl,
    demo,
    enqueue,
    export,
    extract,
    help_pages,
    imports,
    output,
    page,
    pages,
    parser,
    probe,
    record,
    reparse,
    report,
    scrapy_words,
    search,
    show,
    status,
    worker,
)
from solidot_spider.crawl.spider_words import SPIDERS

VERBS = {
    verb.name: verb
    for verb in (
        crawl.VERB,
        enqueue.VERB,
        worker.VERB,
        demo.VERB,
        probe.VERB,
        status.VERB,
        show.VERB,
        search.VERB,
        report.VERB,
        extract.VERB,
        export.VERB,
        imports.VERB,
        reparse.VERB,
        pages.VERB,
        page.VERB,
        record.VERB,
        backup.VERB,
        copy.VERB,
        help_pages.VERB,
        completion.VERB,
    )
}
"""Every verb, in the order in which help lists those of a group."""

_MORE = f"""\
as Scrapy has them, with this project's settings, from any directory:
  {scrapy_words.SHOWN}

examples:
  solidot demo                                  try everything against a site of our own
  solidot crawl latest                          what is new
  solidot crawl story -a sids=79500-79600       a range of stories
  solidot status                                what the store has, what is missing and why
  solidot export stories.jsonl                  every story once, in one file
  solidot report solidot.html                   a page that shows what the store holds
  solidot import captures.warc.gz pages/        what others have saved of the site
  solidot reparse --dry-run                     what today's parser makes of the kept pages

`solidot VERB --help` tells a verb's arguments, `solidot help` lists pages; `solidot --version` is the version."""

_ID = re.compile(r"[1-9]\d{0,7}", re.ASCII)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit status."""
    streams.secure()
    words = list(sys.argv[1:] if argv is None else argv)
    if os.environ.get("SOLIDOT_LOG") == "json":
        console.use_form("json")
    try:
        return _run(words[0] if words else "--help", words[1:])
    except OptionError as error:
        return refuse(str(error), USAGE)
    except KeyboardInterrupt:
        return refuse("interrupted", TROUBLE)
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what waits for standard output would fail again at the end
        return refuse(f"{error.filename or 'standard output'}: {error.strerror}", CANNOT_WRITE)


def _run(word: str, rest: list[str]) -> int:
    if word in ("-h", "--help"):
        return output.lines([parser.overview(VERBS.values(), _MORE)])
    if word == "--version":
        return output.lines([f"solidot_spider {__version__}"])
    if word in VERBS:
        arguments = parser.parse(VERBS[word], rest)
        arguments.command_line, arguments.verbs = rest, VERBS
        return VERBS[word].run(arguments)
    from solidot_spider.scrapy_commands import names  # noqa: PLC0415 - reads directories

    known = names.names()
    if word in known:
        return scrapy_words.run([word, *rest])
    return refuse(f"there is no verb {word}{_meant(word, known) or '; `solidot --help` lists all'}", USAGE)


def _meant(word: str, known: list[str]) -> str:
    """What a word that is no verb was meant to be, as a part of a sentence."""
    if word in SPIDERS:
        return f"; did you mean solidot crawl {word}?"
    if _ID.fullmatch(word):
        return f"; did you mean solidot show {word}, or solidot crawl story -a sid={word}?"
    options = ("--help", "--version") if word.startswith("-") else (*VERBS, *known)
    return spelling.question(word, options)


if __name__ == "__main__":
    sys.exit(main())
