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
    if not asked:
        return {str(files.feed): {"format": "jsonlines", "part": str(files.part), "journal": True}}
    storages = {scheme for scheme, storage in settings.getwithbase("FEED_STORAGES").items() if storage is not None}
    for uri, feed in asked.items():
        if _PLACEHOLDER.search(uri):
            raise ArgumentError(f"-o {uri}: placeholders are not filled in; name the file itself")
        scheme = urlsplit(uri).scheme
        if scheme not in storages:
            known = ", ".join(sorted(filter(None, storages)))
            raise ArgumentError(f"-o {scheme}://…: files are stored by {known} only; or name a file")
        if scheme in ("", "file"):
            path = Path(uri.removeprefix("file://"))
            _check_file(path, feed)
            feed["part"] = str(beside(followed(path), f".{files.name}.part"))  # links followed: one file system
    return asked


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
