"""``solidot show``: a story as a person would read it, on the terminal or in the browser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from solidot_spider.commands import output
from solidot_spider.commands.verb import LOOK, Verb, add_settings, store_options

if TYPE_CHECKING:
    from solidot_spider.base.sids import Sids
    from solidot_spider.store.store import Store
    from solidot_spider.store.stories import KeptStory

_AT_ONCE = 500
"""Stories on one page of HTML at most."""
_NAMED = 5
"""Ids that a message names at most."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("sids", nargs="*", metavar="SID", help="a story's id or address, or a range of ids")
    parser.add_argument("--latest", type=int, metavar="N", help="the N newest stories of the store, the newest first")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="the records, one a line")
    form.add_argument("--html", action="store_true", help="as a page in the browser")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the stories; the exit status."""
    from solidot_spider.base.sids import ArgumentError
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.store import Store

    try:
        wanted = _wanted(arguments)
        with Store.opened(store_options(arguments)) as store:
            return _show(store, wanted or _newest(store, arguments.latest), arguments)
    except ArgumentError as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)


def _wanted(arguments: argparse.Namespace) -> Sids | None:
    """The ids that are given; None for the newest."""
    from solidot_spider.base import sids

    if bool(arguments.sids) is (arguments.latest is not None):
        raise sids.ArgumentError("give the ids of stories, or --latest N, and not both; `solidot show 79532` is one")
    if arguments.latest is not None:
        if arguments.latest < 1:
            raise sids.ArgumentError(f"--latest {arguments.latest}: give a number from 1 on")
        return None
    return sids.parse(",".join(map(_ids, arguments.sids)))


def _ids(word: str) -> str:
    """Ids as ``sids=`` takes them; of an address the story's."""
    from solidot_spider.base import site

    return str(site.asked_sid(word) or word) if "://" in word else word


def _newest(store: Store, count: int) -> Sids:
    from solidot_spider.store import stories

    return stories.newest(store, count)


def _show(store: Store, wanted: Sids, arguments: argparse.Namespace) -> int:
    from solidot_spider.store import stories

    found: list[int] = []

    def kept() -> Iterator[KeptStory]:
        for story in stories.kept(store, wanted, newest_first=arguments.latest is not None):
            found.append(story.record["sid"])
            yield story

    if arguments.html:
        _page(kept())
    elif arguments.json:
        output.json_lines(story.line for story in kept())
    else:
        output.lines(_lines(kept()))
    if not wanted.ranges:
        return refuse("there are no stories yet; `solidot crawl latest` asks for some", TROUBLE)
    named = {int(each) for word in arguments.sids for each in _ids(word).split(",") if each.isdecimal()}
    absent = sorted(named - {*found}) if found else list(islice(wanted, _NAMED))  # a range may have gaps
    return refuse(_absence(store, absent), TROUBLE) if absent else OK


def _lines(stories: Iterator[KeptStory]) -> Iterator[str]:
    from solidot_spider.display import colours, story_text, wrapping

    paint, width = colours.of(), wrapping.columns()
    for number, story in enumerate(stories):
        if number:
            yield from ("", paint.paint("─" * width, "dim"), "")
        yield from story_text.lines(story, width, paint)


def _page(stories: Iterator[KeptStory]) -> None:
    """Write the page, and open it."""
    import tempfile
    import webbrowser
    from pathlib import Path

    from solidot_spider.display import story_page

    given = list(islice(stories, _AT_ONCE))
    if not given:
        return
    with tempfile.NamedTemporaryFile(
        "w", prefix="solidot-", suffix=".html", encoding="utf-8", errors="replace", delete=False
    ) as file:
        file.write(story_page.page(given))
    if not webbrowser.open(Path(file.name).as_uri()):
        Console().print("there is no browser that could be opened; BROWSER names one")
    output.lines([file.name])


def _absence(store: Store, absent: list[int]) -> str:
    """Why stories cannot be shown, and what to do."""
    from solidot_spider.base.sids import Sids
    from solidot_spider.store import stories

    ids = Sids.of(absent)
    if len(absent) > 1:
        return f"the store has no stories {ids.summary()}; `solidot crawl story -a sids={ids}` asks what is not settled"
    heard = stories.last_heard(store, absent[0])
    ask = f"`solidot crawl story -a sid={ids}` asks"
    if heard is None:
        return f"story {ids} was never asked for; {ask}"
    reason = f" ({heard.reason})" if heard.reason else ""
    return f"the store has no story {ids}: {heard.outcome}{reason} when it was asked, {heard.at[:16]} UTC; {ask} again"


VERB = Verb(
    "show",
    "show a story: text, sources, archived copies, edits",
    "Shows stories of the store as a person would read them, each with its edits; --json gives the records, --html "
    "opens a page in the browser that asks the net for nothing, and says where it is. Exit status 1: a story is not "
    "there.",
    "solidot show 79532\nsolidot show --latest 10 | less -R\nsolidot show 79532 --html",
    declare,
    run,
    LOOK,
)
