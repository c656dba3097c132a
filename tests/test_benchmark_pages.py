from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import pages
from tests.benchmarks.__main__ import BENCHMARKS
from tests.benchmarks.tables import Results


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.name)
def test_a_page_shows_the_tables_as_they_were_measured(page: Path) -> None:
    shown = page.read_text(encoding="utf-8")
    assert "<!-- benchmark " in shown
    assert pages.filled(shown, Results.read(pages.RESULTS)) == shown


def test_all_tables_are_of_one_state_of_the_code() -> None:
    results = Results.read(pages.RESULTS)
    assert "+" not in results.program
    assert len({table.name for table in results.tables}) == len(results.tables) >= len(BENCHMARKS)
