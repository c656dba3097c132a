"""The feeds of a run: its own journal, or the files that ``-o`` and ``-O`` name, each with a part to write to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from solidot_spider.base.devices import is_file
from solidot_spider.base.files import beside, followed
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl.run_files import RunFiles

APPENDABLE = frozenset({"jsonlines", "jsonl", "jl"})
"""The formats in which two files, one behind the other, are a file again."""

Feeds = dict[str, dict[str, Any]]
"""Scrapy's setting ``FEEDS``: by URI, the options of a feed."""

_PLACEHOLDER = re.compile(r"%\(\w+\)")


def feeds_of(settings: BaseSettings, files: RunFiles) -> Feeds:
    """The feeds that the settings ask for, else the run's own journal.

    Raises:
        ArgumentError: a file cannot be a feed.
    """
    asked: Feeds = {str(uri): dict(feed) for uri, feed in settings.getdict("FEEDS").items()}
    _check_split(settings, asked)
    if not asked:
        return {str(files.feed): {"format": "jsonlines", "part": str(files.part), "journal": True}}
    for number, (uri, feed) in enumerate(asked.items(), 1):
        _check_kind(settings, uri, feed)
        if _PLACEHOLDER.search(uri):
            raise ArgumentError(f"-o {uri}: placeholders are not filled in; name the file itself")
        if urlsplit(uri).scheme in ("", "file"):
            path = Path(uri.removeprefix("file://"))
            _check_file(path, feed)
            feed["part"] = str(beside(followed(path), f".{files.name}.part"))  # links followed: one file system
        else:
            feed["undelivered"] = str(files.directory / f"{files.name}.undelivered-{number}.{feed['format']}")
    return asked


def shown(uri: str) -> str:
    """A feed's address as a person may see it: without a password."""
    parts = urlsplit(uri)
    if not parts.username:
        return "standard output" if parts.scheme == "stdout" else uri
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _check_split(settings: BaseSettings, asked: Feeds) -> None:
    """Refuse feeds in several files, and Scrapy's old name of a feed."""
    if settings["FEED_URI"]:
        raise ArgumentError(f"FEED_URI={shown(str(settings['FEED_URI']))}: give the feed by -o or -O")
    if settings.getint("FEED_EXPORT_BATCH_ITEM_COUNT") or any(feed.get("batch_item_count") for feed in asked.values()):
        raise ArgumentError("FEED_EXPORT_BATCH_ITEM_COUNT: a feed is one file; split it afterwards")


def _check_kind(settings: BaseSettings, uri: str, feed: dict[str, Any]) -> None:
    """Refuse a feed of a format or in a place that nothing knows to write."""
    kinds = (
        ("format", "FEED_EXPORTERS", feed.setdefault("format", "")),
        ("scheme of a place", "FEED_STORAGES", urlsplit(uri).scheme),
    )
    for what, setting, name in kinds:
        known = [each for each, component in settings.getwithbase(setting).items() if component is not None]
        if name not in known:
            there_is = ", ".join(filter(None, known))
            raise ArgumentError(f"-o {shown(uri)}: {name or 'nothing'} is no {what}; there is {there_is}")


def _check_file(path: Path, feed: dict[str, Any]) -> None:
    try:
        exists = is_file(path) and path.exists() and path.stat().st_size
    except NotADirectoryError:  # opening it will say so
        return
    except OSError as error:
        raise ArgumentError(f"-o {path}: {error.strerror}; name a file, or - for standard output") from error
    if exists and not feed.get("overwrite") and feed.get("format") not in APPENDABLE:
        raise ArgumentError(
            f"-o {path}: a file of the format {feed.get('format')} cannot be added to; "
            "use -O to replace it, or a .jsonl file"
        )
