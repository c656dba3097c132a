"""Finds stories by words in their titles and bodies, newest first, without an index.

A database looks for the words anywhere in the records, as the JSON that they are; what it finds is read, and the words
looked for in title and body. Chinese needs nothing of its own: a word of two characters is a text like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select

from solidot_spider.store import schema
from solidot_spider.store.store import Store

AT_ONCE = 50
"""Records in memory at once."""


class _Texts(msgspec.Struct, gc=False):
    """What is looked into: to read no more of a record is several times as fast."""

    title: str
    body: str


_texts = msgspec.json.Decoder(_Texts).decode
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


def found(store: Store, words: Sequence[str], *, titles: bool = False) -> Iterator[dict[str, Any]]:
    """The records of the stories that have all of some words, newest first.

    Args:
        store: the store.
        words: the words; case does not matter.
        titles: look into titles only, else into titles and bodies.

    Raises:
        StoreError: the store cannot be read.
    """
    stories = schema.stories.c
    folded = [each.casefold() for each in words]
    with store.reading() as connection:
        may_have = (_may_have(connection.dialect.name, word) for word in words)
        statement = select(stories.record).where(*may_have).order_by(stories.sid.desc())
        with connection.execute(statement, execution_options={"yield_per": AT_ONCE}) as rows:
            for line in rows.scalars():
                texts = _texts(line)
                text = (texts.title if titles else f"{texts.title}\n{texts.body}").casefold()
                if all(word in text for word in folded):
                    yield _decode(line)


def _may_have(dialect: str, word: str) -> ColumnElement[bool]:
    """Whether a record may have a word: true for all that have it, and for a few others."""
    record = schema.stories.c.record
    written = _encode(word).decode()[1:-1]  # as JSON has it: quotes and backslashes escaped
    if not _has_case(written):
        # No letter has another case: a plain search is several times as fast as a pattern.
        position = func.strpos if dialect == "postgresql" else func.instr
        return position(record, written) > 0
    return record.ilike(_pattern(written), escape="\\")


def _has_case(text: str) -> bool:
    return text.lower() != text or text.upper() != text


def _pattern(written: str) -> str:
    """A pattern of a text; letters beyond ASCII match anything, as only PostgreSQL knows their other case."""
    return f"%{''.join(map(_part, written))}%"


def _part(char: str) -> str:
    if char in "%_\\":
        return f"\\{char}"
    return "%" if not char.isascii() and _has_case(char) else char
