"""What a whole record costs: bytes to a checked record, against ``lxml.html`` that only parses the page.

``python -m tests.benchmarks.record [--rounds 15]``, over the corpus or, without one, over the trial server's stories.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from lxml import html

from solidot_spider import record
from solidot_spider.base import site
from solidot_spider.parsing.document import Document
from tests import corpus, pages
from tests.benchmarks import by_turns


def stories() -> dict[str, bytes]:
    """Pages by their address."""
    if corpus.exists():
        return {site.story_url(sid): corpus.page(sid) for sid in corpus.sids()}
    return {site.story_url(sid): pages.page(sid) for sid in pages.SIDS}


def over(served: dict[str, bytes], work: Callable[[bytes, str], object]) -> None:
    """Work on one page after the other, and keep nothing."""
    for url, data in served.items():
        work(data, url)


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.record", description=__doc__)
    words.add_argument("--rounds", type=int, default=15, help="turns of each side (default 15)")
    rounds = words.parse_args().rounds
    served = stories()
    taken = by_turns.cpu_seconds(
        {
            "`lxml.html`, the parse alone": lambda: over(served, lambda data, _: html.fromstring(data)),
            "the story's part, the parse alone": lambda: over(served, lambda data, _: Document(data)),
            "a whole record": lambda: over(served, lambda data, url: record.record(data, url, corpus.FETCHED_AT)),
        },
        rounds,
    )
    bare = next(iter(taken.values()))
    print(f"{len(served)} pages, median of {rounds} rounds")
    rows = [(name, f"{each / len(served) * 1e6:.0f}", f"{each / bare:.2f}") for name, each in taken.items()]
    print(by_turns.table(("", "µs a page", "ratio"), list(rows)))


if __name__ == "__main__":
    main()
