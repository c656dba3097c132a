"""Defines the record of a story: its types, its JSON Schema, its check and its hash.

The order of the fields is the order of the keys in every file. The page on it (docs/records.md, *Fields*) says
what each field means, and where it is weak.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from solidot_spider.base import site
from solidot_spider.base.origins import Origin

PARSER_VERSION = 3
"""Raised by hand whenever the same page gives another record; a test over the hash of fixed pages demands it."""

SCHEMA_VERSION: Final = 2
"""Raised by hand whenever a field of the record gets another meaning or another type."""

Sid = Annotated[int, Meta(ge=1, le=99_999_999)]
Text = Annotated[str, Meta(min_length=1)]
SourceUrl = Annotated[str, Meta(pattern=r"^(?:https?|ftp)://[^\s]+$")]
BeijingTime = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$")]
UtcTime = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$")]
Count = Annotated[int, Meta(ge=0)]


class Editor(Struct, gc=False):
    """Who posted the story; ``uid`` is null if the page gives only a name."""

    name: Text
    uid: Count | None


class Topic(Struct, gc=False):
    """A topic of the site: the number and the name in its icon's link."""

    tid: Count
    name: str


class Link(Struct, gc=False):
    """A source: a link of the story to another site."""

    url: SourceUrl
    text: Text | None
    host: Text
    form: Literal["anchor", "bare", "schemeless"]
    placement: Literal["inline", "trailing"]
    raw: Text
    archive_of: SourceUrl | None


class Image(Struct, gc=False):
    """An image in the body."""

    url: Annotated[str, Meta(pattern=r"^https://[^\s]+$")]
    alt: Text | None


class Comment(Struct, gc=False):
    """A reader's comment; ``parent_id`` is null if it replies to the story itself."""

    id: Count
    parent_id: Count | None
    author: str
    uid: Count | None
    title: str
    score: int
    posted_at: BeijingTime | None
    text: str


class Story(Struct, kw_only=True):
    """One story, as the dataset has it."""

    sid: Sid
    url: Annotated[str, Meta(pattern=r"^https://www\.solidot\.org/story\?sid=[1-9]\d*$")]
    title: Text
    published_at: BeijingTime
    editor: Editor
    department: Text | None
    topics: list[Topic]
    submitter: Text | None
    body: Text
    body_html: Text
    source_links: list[Link]
    source_labels: list[Text]
    related_sids: list[Sid]
    images: list[Image]
    views: Count | None
    comment_count: Count
    comments: list[Comment]
    fetched_at: UtcTime
    withdrawn_at: UtcTime | None
    content_hash: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    origin: Origin
    schema_version: Literal[2]


HASHED = (
    "title",
    "published_at",
    "editor",
    "department",
    "topics",
    "submitter",
    "body",
    "source_links",
    "source_labels",
    "related_sids",
    "images",
)
"""The fields that an edit changes; not those that change by themselves (views, comments, times), nor ``body_html``."""

_encoder = msgspec.json.Encoder()
_sorting_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Story)
_VERSION_1, _UPGRADED = b',"schema_version":1}', b',"origin":"crawl","schema_version":2}'

YEARS = range(2000, 2100)
"""The years of which a story can be; a store that had one of the year 1 or 9999 could not tell any more what is new."""


class RecordError(ValueError):
    """A record does not satisfy the schema; the message names the field."""


def content_hash(fields: dict[str, Any]) -> str:
    """SHA-256 of the fields in ``HASHED``, as JSON with sorted keys, no spaces, UTF-8."""
    return sha256(_sorting_encoder.encode({name: fields[name] for name in HASHED})).hexdigest()


def line(story: Story | dict[str, Any]) -> bytes:
    """The story as one line of JSON in UTF-8, its keys in the record's order, without the newline."""
    return _encoder.encode(story)


def upgraded(data: bytes) -> bytes:
    """The line of a record of any schema version as one of this version: what version 1 knew of was crawled."""
    return data.removesuffix(_VERSION_1) + _UPGRADED if data.endswith(_VERSION_1) else data


def check(story: Story) -> dict[str, Any]:
    """The record as plain values in the record's order, if it satisfies the schema.

    Raises:
        RecordError: a field breaks a rule of the schema.
    """
    values: dict[str, Any] = msgspec.to_builtins(story)
    _check(values)
    return values


def _check(values: dict[str, Any]) -> None:
    try:
        msgspec.convert(values, Story)
    except msgspec.ValidationError as error:
        raise RecordError(str(error)) from error
    published: str = values["published_at"]
    if int(published[:4]) not in YEARS:
        raise RecordError(f"a story of the year {published[:4]} - at `$.published_at`")


def confirmed(values: dict[str, Any]) -> dict[str, Any]:
    """A record as plain values that a stranger's code may have changed, with its hash as it must be now.

    Raises:
        RecordError: a field breaks a rule of the schema, is missing, is no field of a record, or names another story.
    """
    _check(values)
    fields = Story.__struct_fields__
    if values.keys() != set(fields):
        odd = ", ".join(map(str, values.keys() ^ set(fields)))
        raise RecordError(f"these are not the fields of a record, or are not all of them: {odd}")
    if values["url"] != site.story_url(values["sid"]):
        raise RecordError(f"sid {values['sid']} and url {values['url']} are not of one story")
    return {name: values[name] for name in fields} | {"content_hash": content_hash(values)}


def read_line(data: bytes | str) -> Story:
    """The story in a line of a file.

    Raises:
        RecordError: the line is not JSON or breaks the schema.
    """
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise RecordError(str(error)) from error


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a record, generated from the types."""
    made = msgspec.json.schema(Story)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A story of Solidot", **made}
