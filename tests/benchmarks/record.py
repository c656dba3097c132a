"""What a whole record costs: bytes to a checked record, against ``lxml.html`` that only parses the page.

Over the corpus or, without one, over the trial server's stories.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import html

from solidot_spider import record
from solidot_spider.base import site
from solidot_spider.parsing.document import Document
from tests import corpus, pages
from tests.benchmarks import by_turns
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table


def stories() -> dict[str, bytes]:
    """Pages by their address."""
    if corpus.exists():
        return {site.story_url(sid): corpus.page(sid) for sid in corpus.sids()}
    return {site.story_url(sid): pages.page(sid) for sid in pages.SIDS}


def over(served: dict[str, bytes], work: Callable[[bytes, str], object]) -> None:
    """Work on one page after the other, and keep nothing."""
    for url, data in served.items():
        work(data, url)


def tables(scale: Scale) -> list[Table]:
    """What a record costs."""
    served = stories()
    taken = by_turns.cpu_seconds(
        {
            "`lxml.html`, the parse alone": lambda: over(served, lambda data, _: html.fromstring(data)),
            "the story's part, the parse alone": lambda: over(served, lambda data, _: Document(data)),
            "a whole record": lambda: over(served, lambda data, url: record.record(data, url, corpus.FETCHED_AT)),
        },
        3 * scale.rounds,
    )
    bare = next(iter(taken.values()))
    rows = [(name, f"{each / len(served) * 1e6:.0f}", f"{each / bare:.2f}") for name, each in taken.items()]
    title = f"From bytes to a checked record: {len(served)} pages, the median of {3 * scale.rounds} rounds."
    return [Table("record", title, ("", "CPU µs a page", "a bare parse = 1"), rows)]
