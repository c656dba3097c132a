"""Checks those of Scrapy's settings without which a crawl cannot go on: its own components, and room for requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from numbers import Real
from typing import Any

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from solidot_spider.base.options import OptionError

COMPONENTS = ("ITEM_PIPELINES", "DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "EXTENSIONS")
"""Settings of components, each with its number; ours are under the same name with ``_BASE``."""

COUNTS = {
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "CONCURRENT_REQUESTS_PER_IP": 0,
    "CONCURRENT_ITEMS": 1,
    "REACTOR_THREADPOOL_MAXSIZE": 1,
    "SCRAPER_SLOT_MAX_ACTIVE_SIZE": 1,
}
"""The least value of each count; with less of them nothing is ever asked, or no answer ever read."""

EXAMPLE = '{"module.Class": 500}'
"""How components are given by ``-s``."""

_PACKAGE = "solidot_spider."


def check(settings: BaseSettings) -> None:
    """Refuse settings with which a crawl would lose answers, or never end.

    Raises:
        OptionError: which setting, and what is allowed.
    """
    if settings["JOBDIR"]:
        raise OptionError(f"JOBDIR={settings['JOBDIR']}: not used here; a run that is repeated goes on where it was")
    for name, least in COUNTS.items():
        _check_count(name, settings[name], least)
    slots = settings["DOWNLOAD_SLOTS"]
    for slot, values in slots.items() if isinstance(slots, Mapping) else ():
        if isinstance(values, Mapping) and "concurrency" in values:
            _check_count(f"DOWNLOAD_SLOTS: {slot}: concurrency", values["concurrency"], 1)
    for name in COMPONENTS:
        _check_components(name, settings)


def _check_count(name: str, value: Any, least: int) -> None:
    if value is None:
        return
    try:
        count = int(value)
    except (TypeError, ValueError, OverflowError):
        count = least - 1
    if count < least:
        raise OptionError(f"{name}={value}: give a whole number from {least} on")


def _check_components(name: str, settings: BaseSettings) -> None:
    from solidot_spider import settings as ours  # noqa: PLC0415 - it reads the environment when it is imported

    found = dict(_components(name, settings))
    for path, place in getattr(ours, f"{name}_BASE").items():
        if path.startswith(_PACKAGE) and found.get(load_object(path)) != place:
            raise OptionError(f"{name}: {path} is needed, at {place}; give only components of your own, they are added")


def _components(name: str, settings: BaseSettings) -> Iterator[tuple[Any, float | None]]:
    """The components that a setting gives, ours first, each with its number; None turns one off."""
    for given in (settings[f"{name}_BASE"] or {}, settings[name] or {}):
        if not isinstance(given, Mapping):
            raise OptionError(f"{name}={given}: give paths with a number each, such as {EXAMPLE}")
        for path, place in given.items():
            if place is not None and not (isinstance(place, Real) and isfinite(place)):
                raise OptionError(f"{name}: {path}: {place!r}: give a number, or null to turn it off")
            try:
                yield load_object(path), None if place is None else float(place)
            except Exception as error:
                raise OptionError(f"{name}: {path} cannot be loaded ({type(error).__name__}: {error})") from error
