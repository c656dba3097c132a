"""Loads what the probe expects: a few known stories, from a JSON file."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from solidot_spider.items import Editor, Sid

LIVE_SITE = Path(__file__).with_name("live.json")
"""Stories of the live site; titles only as their SHA-256, since the words belong to the site."""


class ExpectationError(ValueError):
    """A file of expectations cannot be read; the message says why."""


class KnownStory(Struct, forbid_unknown_fields=True):
    """A known story; a part that is null must be found, but may say anything.

    Attributes:
        sid: the story id.
        title_sha256: SHA-256 of the title in UTF-8, as 64 hexadecimal digits.
        published_at: the dateline's minute in Beijing, ``2024-10-18T22:58``.
        editor: name and uid.
        department: as the record has it, without prefix and suffix.
        topics: the tids, in page order.
        sources: how many source links.
    """

    sid: Sid
    title_sha256: str | None = None
    published_at: str | None = None
    editor: Editor | None = None
    department: str | None = None
    topics: list[int] | None = None
    sources: int | None = None


class Expectations(Struct, forbid_unknown_fields=True):
    """The stories to fetch."""

    stories: list[KnownStory]


def load(path: Path = LIVE_SITE) -> Expectations:
    """The expectations in a file.

    Raises:
        ExpectationError: it cannot be read, or has another form.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Expectations)
    except OSError as error:
        raise ExpectationError(f"--expect {path}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ExpectationError(f"--expect {path}: {error}") from error
