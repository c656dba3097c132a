"""The site's markup is named in one module."""

from __future__ import annotations

from pathlib import Path

import pytest

import solidot_spider
from solidot_spider.parsing import markup

PACKAGE = Path(solidot_spider.__file__).parent
MODULES = [path for path in PACKAGE.rglob("*.py") if path != Path(markup.__file__) and "trial" not in path.parts]
COMMON_WORDS = {"div", "h2", "li", "title", "center", "footer", "share", "issue="}
MARKS = sorted(
    {value for name, value in vars(markup).items() if name.isupper() and isinstance(value, str)} - COMMON_WORDS
)


@pytest.mark.parametrize("mark", MARKS)
def test_no_other_module_spells_a_mark_of_the_site(mark: str) -> None:
    assert [path.name for path in MODULES if mark in path.read_text(encoding="utf-8")] == []
