"""Writes the tables of benchmarks into the pages that show them."""

from __future__ import annotations

import re
from pathlib import Path

from tests import forked
from tests.benchmarks.tables import Results

PAGES = tuple(Path(forked.ROOT, name) for name in ("README.md", "solidot_spider/docs/benchmarks.md"))
RESULTS = Path(forked.ROOT, ".readme", "benchmarks.json")
"""What the pages show, as it was measured."""
_SLOT = re.compile(r"(<!-- benchmark ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def write(results: Results) -> None:
    """Fill the pages' slots ``<!-- benchmark NAME --> … <!-- end -->``; ``machine`` is the sentence on the machine."""
    for page in PAGES:
        page.write_text(filled(page.read_text(encoding="utf-8"), results), encoding="utf-8")


def filled(page: str, results: Results) -> str:
    """A page with the tables in its slots.

    Raises:
        KeyError: there is no table for a slot.
    """
    shown = {table.name: table.markdown() for table in results.tables} | {"machine": results.sentence()}
    return _SLOT.sub(lambda slot: f"{slot[1]}{shown[slot[2]]}\n{slot[3]}", page)
