"""Tells names of settings that nobody knows, with the nearest one that is known: a slip must not run without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from solidot_spider.base import spelling


def nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    """The known name that is most like another, as the end of a sentence; '' if none is.

    Args:
        name: the other name.
        known: the known names.
        prefix: what all of them begin with.
    """
    return spelling.question(name.upper().removeprefix(prefix), (each.removeprefix(prefix) for each in known), prefix)


def unknown(given: Iterable[str], ours: Iterable[str]) -> Iterator[str]:
    """A sentence for each name that neither Scrapy, its components nor this program knows.

    Args:
        given: names of settings that a user gave.
        ours: those that this program knows, beside Scrapy's.
    """
    names = sorted(set(given) - set(ours))
    if not names:
        return
    from scrapy.settings import default_settings  # noqa: PLC0415 - 0.2 s for verbs that need no Scrapy

    defaults = {name for name in dir(default_settings) if name.isupper()}
    for name in names:
        if name not in defaults and not _is_component_setting(name):
            known = {*defaults, *ours}
            yield f"-s {name}: no setting that Scrapy or this program knows{nearest(name, known)}"


def _is_component_setting(name: str) -> bool:
    """Whether some module of Scrapy names the setting: a few have no default."""
    import scrapy  # noqa: PLC0415

    words = (f'"{name}"'.encode(), f"'{name}'".encode())
    modules = Path(scrapy.__file__).parent.rglob("*.py")
    return any(word in source for source in map(Path.read_bytes, modules) for word in words)
