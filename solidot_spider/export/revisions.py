"""Makes the table of edits: a row for each field that an edit changed, with its old value."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import replace

import msgspec

from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.forms.table import Table
from solidot_spider.export.selection import Selection
from solidot_spider.items import HASHED
from solidot_spider.store.queries import Snapshot

REVISIONS = "revisions"

COLUMNS = (
    Column("sid", Kind.INTEGER, nullable=False),
    Column("seen_at", Kind.TIME, nullable=False),
    Column("field", Kind.TEXT, nullable=False),
    Column("old_value", Kind.TEXT, nullable=False),
)

DESCRIPTIONS = {
    "sid": "The story that was edited.",
    "seen_at": "When the edit was first seen; ISO 8601 in UTC.",
    "field": "The field of the record that it changed.",
    "old_value": (
        "Its value before, as JSON. The value after it is in the next row of this story and field, or in the record."
    ),
}
"""What each column means."""

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def table(rows: Iterable[bytes]) -> Table:
    """The table of edits."""
    return Table(REVISIONS, COLUMNS, rows)


def rows(view: Snapshot, selection: Selection, period: str = "") -> Generator[bytes]:
    """The edits of the stories that are selected, by sid, time and field, each as one line of JSON.

    Args:
        view: the store.
        selection: the stories and their fields; only these fields' edits are told.
        period: only stories of this year (``2024``) or month (``2024-10``), in Beijing; empty for all.
    """
    with closing(replace(selection, period=period or selection.period).edits(view)) as edits:
        for edit in edits:
            old = _decode(edit.old)
            for field in HASHED:
                if field in old and selection.has(field):
                    yield _encode(
                        {"sid": edit.sid, "seen_at": edit.at, "field": field, "old_value": bytes(old[field]).decode()}
                    )
