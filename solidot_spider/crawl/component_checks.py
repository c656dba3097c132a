"""Refuses settings of components without which a crawl would lose answers: its own ones must all be there."""

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

EXAMPLE = '{"module.Class": 500}'
"""How components are given by ``-s``."""

_PACKAGE = "solidot_spider."


def check(settings: BaseSettings) -> None:
    """Refuse settings that take a component of ours away, or that cannot be loaded.

    Raises:
        OptionError: which setting, and what is allowed.
    """
    for name in COMPONENTS:
        _check_components(name, settings)


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
