"""Applies deltas to a dataset: the records of the store that the last one was made of, without the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from solidot_spider.export.deltas.changes import Change, NumberedLine
from solidot_spider.export.deltas.delta import Hashed
from solidot_spider.export.deltas.exported import Exported
from solidot_spider.export.description.facts import DELTA, FACTS
from solidot_spider.export.errors import ExportError
from solidot_spider.export.line_file import LineFile
from solidot_spider.export.progress import passing
from solidot_spider.export.selection import FIELDS


class _Fetched(msgspec.Struct):
    fetched_at: str = ""


_fetched = msgspec.json.Decoder(_Fetched)

Lines = Callable[[], Iterator[NumberedLine]]


@contextmanager
def applied(old: Exported, deltas: Sequence[Exported], out: Path | None) -> Iterator[LineFile]:
    """The records of a dataset with its deltas, for the time of a ``with`` block.

    Args:
        old: the dataset.
        deltas: its deltas, in their order.
        out: where the new dataset goes; None for standard output.

    Raises:
        ExportError: a delta does not begin where the dataset, or the delta before it, ends.
        OSError: a file cannot be read, or lines cannot be put aside.
    """
    _check(old, deltas)
    steps = [Hashed(old.lines())]
    for each in deltas:
        steps.append(Hashed(_step(steps[-1], each)))
    with LineFile(out, _fields(old, deltas)) as lines:
        for _, line in passing(steps[-1], str(old.path)):
            lines.add(line)
        lines.end()
        for delta, (before, after) in zip(deltas, pairwise(steps), strict=True):
            _check_revisions(delta, before.revision, after.revision)
        yield lines


def about(old: Exported, deltas: Sequence[Exported]) -> dict[str, Any]:
    """What the descriptor of the new dataset says beside its files: the last delta knows what the store knew."""
    known = next((each.described for each in reversed(deltas) if each.described), old.described)
    return {name: known[name] for name in FACTS if name in known}


def _fields(old: Exported, deltas: Sequence[Exported]) -> tuple[str, ...]:
    return next((each.fields for each in (old, *deltas) if each.fields), FIELDS)


def _check(old: Exported, deltas: Sequence[Exported]) -> None:
    old.check_base(f"--to {old.path}")
    fields = _fields(old, deltas)
    for each in deltas:
        if each.fields and not each.is_delta:
            raise ExportError(f"--apply {each.path}: no delta; it was not made by --changed-since")
        if each.fields not in (fields, ()):
            raise ExportError(f"--apply {each.path}: its fields are {', '.join(each.fields)}, not {', '.join(fields)}")


def _check_revisions(delta: Exported, before: str, after: str) -> None:
    facts = delta.described.get(DELTA, {})
    if facts.get("from") not in (None, before):
        raise ExportError(
            f"--apply {delta.path}: it begins with the records {facts['from']}, and these are {before}: another delta "
            f"belongs before it, or another dataset"
        )
    if facts.get("to") not in (None, after):
        raise ExportError(
            f"--apply {delta.path}: it leads to the records {facts['to']}, and these would be {after}: it belongs to "
            f"another dataset, or stories were taken out of the store, which only --changed-since DIR knows"
        )


def _step(old: Iterable[NumberedLine], delta: Exported) -> Iterator[NumberedLine]:
    """The lines of a dataset and a delta, both by ascending sid."""
    is_proven = bool(delta.described.get(DELTA, {}).get("from"))
    records = iter(old)
    before = next(records, None)
    for sid, line in delta.lines():
        change = _change(delta, sid, line)
        while before is not None and before[0] < sid:
            yield before
            before = next(records, None)
        replaced = before if before is not None and before[0] == sid else None
        if not is_proven:
            _check_order(delta, change, replaced)
        if change.record is not None:
            yield sid, change.record
        if replaced is not None:
            before = next(records, None)
    while before is not None:
        yield before
        before = next(records, None)


def _change(delta: Exported, sid: int, line: bytes) -> Change:
    try:
        return Change.of(sid, line)
    except ValueError as error:
        raise ExportError(f"--apply {delta.path}: story {sid}: {error}") from error


def _check_order(delta: Exported, change: Change, replaced: NumberedLine | None) -> None:
    """Refuse what a delta that says no more of itself shows not to belong here.

    A directory that says where it leads to is looked at in the end.
    """
    if replaced is None:
        if change.kind != "new" and not delta.described:
            raise ExportError(
                f"--apply {delta.path}: story {change.sid} is {change.kind}, and is not there: another delta belongs "
                f"before it, or another dataset"
            )
    elif change.record is not None:
        old, new = _fetched.decode(replaced[1]).fetched_at, _fetched.decode(change.record).fetched_at
        if new < old:
            raise ExportError(
                f"--apply {delta.path}: its story {change.sid} was fetched at {new}, and the one that is there at "
                f"{old}: a later delta was applied before it"
            )
