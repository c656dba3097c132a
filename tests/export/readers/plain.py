"""Makes records again of the rows that readers give, to be compared as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from solidot_spider.base import clock
from solidot_spider.export.forms.columns import BEIJING_TEXT

_IN_UTC = frozenset({"fetched_at", "withdrawn_at"})


def record(row: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a row of the stories, whose instants are right if ``published_at`` is the text beside it."""
    values = {name: _plain(name, value) for name, value in row.items()}
    if BEIJING_TEXT in values:
        assert values.pop(BEIJING_TEXT) == values["published_at"]
    return values


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        assert value.tzinfo, name
        return value.astimezone(UTC if name in _IN_UTC else clock.BEIJING).isoformat(timespec="seconds")
    if isinstance(value, Mapping):
        return {inner: _plain(inner, each) for inner, each in value.items()}
    return [_plain("", each) for each in value] if isinstance(value, list) else value
