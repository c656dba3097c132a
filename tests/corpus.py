"""The stories that the parser is measured on, where they are at hand.

``SOLIDOT_CORPUS`` names the directory; else it is looked for beside the repository. Its texts are the site's: tests
read them there, and copy nothing.
"""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from solidot_spider import record
from solidot_spider.base import site
from solidot_spider.items import Story

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "corpus"
FETCHED_AT = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


DIRECTORY = Path(os.environ.get("SOLIDOT_CORPUS") or BESIDE)


def exists() -> bool:
    """Whether there is a corpus."""
    return (DIRECTORY / "pages").is_dir()


def directory() -> Path:
    """Where the corpus is.

    Without one, the test that asks is skipped.
    """
    if not exists():
        pytest.skip(f"no corpus at {DIRECTORY} (SOLIDOT_CORPUS)")
    return DIRECTORY


@cache
def sids() -> list[int]:
    """The stories' ids, ascending."""
    return sorted(int(path.name.partition(".")[0]) for path in (directory() / "pages").glob("*.html.gz"))


def page(sid: int) -> bytes:
    """A story's page."""
    return gzip.decompress((directory() / "pages" / f"{sid}.html.gz").read_bytes())


def listed(name: str) -> bytes:
    """A list page, by its file's name without the endings."""
    return gzip.decompress((directory() / "lists" / f"{name}.html.gz").read_bytes())


def story(data: bytes, sid: int) -> Story:
    """The record of a page that must give one."""
    made = record.record(data, site.story_url(sid), FETCHED_AT)
    assert isinstance(made, Story), (sid, made)
    return made
