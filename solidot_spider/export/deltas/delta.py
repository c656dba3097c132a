"""Finds what has changed since a run, a time, or a dataset that was made before."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from solidot_spider.base.sids import Sids
from solidot_spider.export.deltas import beginning, changes
from solidot_spider.export.deltas.beginning import OPTION
from solidot_spider.export.deltas.changes import KINDS, REMOVED, Change, NumberedLine, sid_of
from solidot_spider.export.deltas.exported import Exported
from solidot_spider.export.description.facts import DELTA
from solidot_spider.export.errors import ExportError
from solidot_spider.export.forms.columns import CHANGE
from solidot_spider.export.line_file import LineFile
from solidot_spider.export.progress import shown
from solidot_spider.export.selection import Selection
from solidot_spider.export.source import Selected
from solidot_spider.store.history import Moved, Since
from solidot_spider.store.queries import Snapshot

SIDS_SHOWN = 3


class Delta(NamedTuple):
    """What has changed.

    Attributes:
        lines: the lines, and what is removed.
        facts: what its descriptor says of it under ``delta``.
        counts: how many stories there are of each kind; those that there are.
        knows_removed: whether it knows which stories are in the store no more.
    """

    lines: LineFile
    facts: Mapping[str, Any]
    counts: Mapping[str, int]
    knows_removed: bool

    @property
    def about(self) -> dict[str, Any]:
        """What its descriptor says that those of a whole dataset do not."""
        return {DELTA: {**self.facts, "changes": self.counts}}

    @property
    def told(self) -> str:
        """What has changed, for a person."""
        counts = ", ".join(f"{count:,} {kind}" for kind, count in self.counts.items()) or "nothing has changed"
        return counts if self.knows_removed else f"{counts}; stories that the store has no more are not known of a time"


class Hashed:
    """Lines on their way, whose ``revision`` in the end is the hash of the JSON Lines that hold them."""

    def __init__(self, lines: Iterable[NumberedLine]) -> None:
        self._lines = lines
        self._hash = sha256()

    def __iter__(self) -> Iterator[NumberedLine]:
        for sid, line in self._lines:
            self._hash.update(line)
            self._hash.update(b"\n")
            yield sid, line

    @property
    def revision(self) -> str:
        """As descriptors have it."""
        return f"sha256:{self._hash.hexdigest()}"


@contextmanager
def found(view: Snapshot, selection: Selection, text: str, out: Path | None) -> Iterator[Delta]:
    """What has changed of the selected stories, for the time of a ``with`` block.

    Args:
        view: the store.
        selection: the stories and their fields.
        text: since when; ``beginning.of`` reads it.
        out: where the delta goes; None for standard output.

    Raises:
        ArgumentError: there is no such time.
        ExportError: nothing begins there, or a reparse lies between.
        StoreError: the store cannot be read.
        OSError: the dataset cannot be read, or lines cannot be put aside.
    """
    since = beginning.of(view, selection, text)
    with (
        LineFile(out, (*selection.fields, CHANGE)) as lines,
        closing(shown(Selected(view, selection), text)) as records,
    ):
        new = Hashed((sid_of(line), line) for line in records)
        if isinstance(since, Exported):
            old = Hashed(since.lines())
            counts = _put_aside(changes.between(old, new), lines)
            begin, revision = {"dataset": old.revision}, old.revision
        else:
            moved = _moved(view, selection, since, text)
            counts = _put_aside(_changes(new, moved), lines)
            begin, revision = {"run": text} if since.run_id else {"time": since.at}, None
        facts = {"since": begin, "from": revision, "to": new.revision}
        yield Delta(lines, facts, counts, revision is not None)


def _put_aside(found_changes: Iterable[Change], lines: LineFile) -> dict[str, int]:
    counts = Counter[str]()
    for each in found_changes:
        counts[each.kind] += 1
        if each.record is None:
            lines.remove(each.sid)
        else:
            lines.add(each.line)
    lines.end()
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def _moved(view: Snapshot, selection: Selection, since: Since, text: str) -> deque[Moved]:
    """The stories that may be in the delta, ascending."""
    moved = list(view.history.moved(since))
    if selection.sids is not None:
        asked = set(Sids.of(each.sid for each in moved).within(selection.sids))
        moved = [each for each in moved if each.sid in asked]
    other = [each for each in moved if each.was is not None]
    if other:
        sids = Sids.of(each.sid for each in other).summary(SIDS_SHOWN)
        raise ExportError(
            f"{OPTION} {text}: {len(other):,} stories ({sids}) had been read by parser version {other[0].was} then, "
            f"and another one has read them again, so that the differences are the parser's; export all stories"
        )
    return deque(moved)


def _changes(new: Iterable[NumberedLine], moved: deque[Moved]) -> Iterator[Change]:
    """The changes of those that may have changed: what is selected no more is removed."""
    for sid, line in new:
        while moved and moved[0].sid < sid:
            yield from _left(moved.popleft())
        if moved and moved[0].sid == sid:
            found = moved.popleft()
            yield Change(sid, "refetched" if _is_as_before(found, line) else found.change, line)
    for each in moved:
        yield from _left(each)


def _is_as_before(moved: Moved, line: bytes) -> bool:
    """Whether edits have left no trace: each was taken back, or changed what is not kept."""
    return moved.change == "changed" and not changes.differs(moved.old, line)


def _left(moved: Moved) -> Iterator[Change]:
    if moved.may_have_left:
        yield Change(moved.sid, REMOVED, None)
