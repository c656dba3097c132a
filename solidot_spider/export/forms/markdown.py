"""Writes stories as Markdown: one document a story, with the record's facts as its front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from solidot_spider.base.site import DOMAIN
from solidot_spider.export.contents import CHECKSUMS
from solidot_spider.export.errors import missing_extra

_FIRST = {"title": "title", "url": "url", "published_at": "date", "fetched_at": "fetch_date"}
"""The keys that archivers of pages use, by the field that they hold."""

_REST = (
    "sid", "editor", "department", "topics", "submitter", "source_links", "source_labels", "related_sids", "views",
    "comment_count", "withdrawn_at", "content_hash", "origin", "change",
)  # fmt: skip

_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON may hold as it is, but a YAML string must not."""

_STYLE: dict[str, Any] = {"heading_style": "ATX", "bullets": "-", "escape_misc": True}

_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def write(records: Iterable[bytes], directory: Path, folder: int = len("2024")) -> int:
    """Write a document for each record, and the documents' checksums last; how many there are.

    Args:
        records: the records.
        directory: where; it exists.
        folder: the length of a folder's name, which begins the story's time: 4 for a year, 7 for a month.

    Raises:
        ExportError: the converter is not installed.
        OSError: a document cannot be written.
    """
    count = 0
    with (directory / CHECKSUMS).open("w", encoding="utf-8") as checksums:
        for record in records:
            values = _decode(record)
            name = f"{values['sid']}.md"
            if "published_at" in values:
                name = f"{values['published_at'][:folder]}/{name}"
            data = document(values).encode()
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            checksums.write(f"{sha256(data).hexdigest()}  {name}\n")
            count += 1
    return count


def document(record: dict[str, Any]) -> str:
    """The document of a record; what the record lacks is left out.

    Raises:
        ExportError: the converter is not installed.
    """
    try:
        from markdownify import markdownify  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_extra("markdownify, which writes Markdown,", "markdown") from error
    facts = {key: record[field] for field, key in _FIRST.items() if field in record}
    facts["source"] = DOMAIN
    facts |= {field: record[field] for field in _REST if field in record}
    front = "".join(f"{key}: {_yaml(value)}\n" for key, value in facts.items())
    body = markdownify(record["body_html"], **_STYLE).strip() if "body_html" in record else ""
    return f"---\n{front}---\n\n{body}\n" if body else f"---\n{front}---\n"


def _yaml(value: Any) -> str:
    """A value as JSON, which is YAML as well."""
    return _UNPRINTABLE.sub(lambda char: f"\\u{ord(char[0]):04x}", _encode(value).decode())
