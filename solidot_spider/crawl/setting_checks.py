"""Refuses Scrapy settings that cannot be, before anything is made: Scrapy would end in a traceback, or never.

What a setting must be is told by its default in Scrapy: a switch, a number, a list of words, an object.
"""

from __future__ import annotations

import codecs
import logging
import math
import os
from collections.abc import Callable, Mapping
from typing import Any

from scrapy.settings import BaseSettings, default_settings
from scrapy.utils.misc import load_object

from solidot_spider.base.options import OptionError

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

MOST = 1e9
"""No number of seconds, pages or bytes that a person gives is larger."""

FROM_ONE = frozenset(
    {
        "CONCURRENT_ITEMS",
        "CONCURRENT_REQUESTS",
        "CONCURRENT_REQUESTS_PER_DOMAIN",
        "DNS_TIMEOUT",
        "DOWNLOAD_TIMEOUT",
        "REACTOR_THREADPOOL_MAXSIZE",
        "SCRAPER_SLOT_MAX_ACTIVE_SIZE",
    }
)
"""Numbers that may not be 0: nothing would ever be asked."""

_SECONDS = frozenset({"DNS_TIMEOUT", "DOWNLOAD_DELAY", "DOWNLOAD_TIMEOUT"})
"""Numbers that may have a fraction, though their defaults have none."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def check(settings: BaseSettings) -> None:
    """Refuse settings that no crawl can have.

    Raises:
        OptionError: which one, and what is allowed.
    """
    for name, default in sorted(vars(default_settings).items()):
        if name.isupper() and (settings.getpriority(name) or 0) > 0 and settings[name] is not None:
            _check_kind(settings, name, default)
    _check_choices(settings)
    if settings["LOG_FILE"]:
        _check_log_file(str(settings["LOG_FILE"]))


def _check_kind(settings: BaseSettings, name: str, default: Any) -> None:
    """Refuse a value that Scrapy cannot read as what it wants."""
    if isinstance(default, bool) or name.endswith("_ENABLED"):
        _read(settings, name, settings.getbool, "give True or False")
    elif isinstance(default, float) or name in _SECONDS:
        _check_number(name, settings[name], float)
    elif isinstance(default, int):
        _check_number(name, settings[name], int)
    elif isinstance(default, dict):
        _read(settings, name, settings.getdict, "give a JSON object")
    elif name.endswith("_ENCODING"):
        _check_encoding(name, str(settings[name]))
    elif name.endswith("LOG_LEVEL"):
        _check_level(name, settings[name])
    elif name == "ASYNCIO_EVENT_LOOP" or str(default).startswith("scrapy."):
        _check_component(name, settings[name])


def _read(settings: BaseSettings, name: str, read: Callable[[str], object], allowed: str) -> None:
    try:
        read(name)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{name}={settings[name]}: {allowed}") from error


def _check_number(name: str, value: Any, kind: type[int | float], *, least: float = 0, most: float = MOST) -> None:
    try:
        number = kind(value)
    except (OverflowError, TypeError, ValueError):
        number = math.nan
    if "PRIORITY" in name:
        least = -most
    if not least <= number <= most or (number == 0 and name in FROM_ONE):
        lowest = ("from 1 on" if kind is int else "above 0") if name in FROM_ONE else f"from {least:g} to {most:g}"
        raise OptionError(f"{name}={value}: give a {'whole ' if kind is int else ''}number {lowest}")


def _check_encoding(name: str, value: str) -> None:
    try:
        codecs.lookup(value)
    except (LookupError, ValueError) as error:
        raise OptionError(f"{name}={value}: no encoding; give one such as utf-8") from error


def _check_level(name: str, value: Any) -> None:
    if not isinstance(value, int) and value not in logging.getLevelNamesMapping():
        raise OptionError(f"{name}={value}: no level of a log; there is {', '.join(_LEVELS)}")


def _check_component(name: str, value: Any) -> None:
    try:
        load_object(value)
    except Exception as error:  # importing a module may raise anything
        raise OptionError(f"{name}={value}: it cannot be imported ({error})") from error


def _check_choices(settings: BaseSettings) -> None:
    """Refuse what Scrapy can do and this program cannot."""
    if settings["TWISTED_REACTOR"] != REACTOR or not settings.getbool("TWISTED_REACTOR_ENABLED"):
        given = "TWISTED_REACTOR" if settings["TWISTED_REACTOR"] != REACTOR else "TWISTED_REACTOR_ENABLED"
        raise OptionError(f"{given}={settings[given]}: a crawl runs in {REACTOR} only; leave it out")
    if settings["JOBDIR"]:
        raise OptionError(f"JOBDIR={settings['JOBDIR']}: no crawl needs it; repeat a run, and it goes on where it was")
    slots = settings["DOWNLOAD_SLOTS"]
    for slot, values in slots.items() if isinstance(slots, Mapping) else ():
        if isinstance(values, Mapping) and "concurrency" in values:
            _check_number(f"DOWNLOAD_SLOTS: {slot}: concurrency", values["concurrency"], int, least=1)
    _check_number("DOWNLOAD_DELAY_JITTER", settings["DOWNLOAD_DELAY_JITTER"], float, most=1)
    for code in settings.getlist("RETRY_HTTP_CODES"):
        if not str(code).strip().isdigit():
            raise OptionError(f"RETRY_HTTP_CODES={settings['RETRY_HTTP_CODES']}: give HTTP statuses with commas")


def _check_log_file(name: str) -> None:
    """Refuse a log that cannot be written; its file is made later, with the first line."""
    directory = os.path.dirname(name) or "."  # noqa: PTH120 - pathlib raises on a name that is too long
    if os.path.isdir(name):  # noqa: PTH112
        raise OptionError(f"LOG_FILE={name}: a directory; name a file")
    if not os.path.isdir(directory):  # noqa: PTH112
        raise OptionError(f"LOG_FILE={name}: there is no directory {directory}; make it first")
    if not os.access(name if os.path.exists(name) else directory, os.W_OK):  # noqa: PTH110
        raise OptionError(f"LOG_FILE={name}: it cannot be written; see who owns it")
