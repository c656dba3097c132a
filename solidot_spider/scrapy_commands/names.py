"""Names the commands that Scrapy's command line has, without importing Scrapy."""

from __future__ import annotations

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

GROUP = "scrapy.commands"
"""The entry points of plug-ins."""

_BESIDE = frozenset({"__init__", "execution", "names"})


def modules() -> dict[str, str]:
    """The module of each command by its name: ours in place of Scrapy's."""
    scrapy = find_spec("scrapy")
    assert scrapy is not None
    assert scrapy.origin is not None
    found: dict[str, str] = {}
    for package, directory in (
        (GROUP, Path(scrapy.origin).parent / "commands"),
        (__package__, Path(__file__).parent),
    ):
        names = (path.stem for path in sorted(directory.glob("*.py")))
        found |= {name: f"{package}.{name}" for name in names if name not in _BESIDE}
    return found


def names() -> list[str]:
    """Every command's name."""
    return sorted({*modules(), *(each.name for each in entry_points(group=GROUP))})
