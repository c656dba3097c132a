"""Makes files of the store, or of an older dataset and its deltas: one file, a directory, or standard output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from solidot_spider.base.options import Options
from solidot_spider.export import directory, pages_file, revisions, single_file
from solidot_spider.export import stream as standard_output
from solidot_spider.export.deltas import application, delta, replaced
from solidot_spider.export.deltas.delta import Delta
from solidot_spider.export.deltas.exported import Exported
from solidot_spider.export.description.facts import facts
from solidot_spider.export.directory import Beside, Edits
from solidot_spider.export.errors import ExportError
from solidot_spider.export.line_file import LineFile
from solidot_spider.export.outputs import MARKDOWN, WARC
from solidot_spider.export.pages_file import Pages, pages_of
from solidot_spider.export.selection import Selection
from solidot_spider.export.source import Selected, Source
from solidot_spider.export.target import Target
from solidot_spider.store.queries import Snapshot
from solidot_spider.store.store import Store

ALL = Selection()
"""Every story, with all its fields."""


def export(chosen: Options, out: Path | Target, selection: Selection = ALL, *, force: bool = False) -> int:
    """Write the selected stories, in place of what was there; how many there are.

    Args:
        chosen: the program's options, which name the store.
        out: where; the name of a path says the form and the packing.
        selection: the stories and their fields.
        force: let a result without stories replace one that has some.

    Raises:
        ExportError: the name is no form's, what is there must not be replaced, or a library is not installed.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    target = out if isinstance(out, Target) else Target.of(str(out))
    with Store.opened(chosen) as store, store.snapshot() as view:
        edits = _edits(view, selection, target)
        pages = pages_of(view, selection) if _has_pages(target) else None
        about = facts(view, selection)
        return _write(Selected(view, selection), target, about, edits=edits, pages=pages, force=force)


def export_delta(
    chosen: Options, out: Path | Target, since: str, selection: Selection = ALL, *, force: bool = False
) -> Delta:
    """Write what has changed of the selected stories; what that is.

    Args:
        chosen: the program's options, which name the store.
        out: where, as for ``export``.
        since: a directory of a dataset, a run's name, a day in Beijing, or an ISO time with an offset.
        selection: the stories and their fields.
        force: let the delta replace a whole dataset.

    Raises:
        ArgumentError: there is no such time.
        ExportError: what ``export`` raises it for; or nothing begins there, or a reparse lies between.
        StoreError: the store cannot be read.
        OSError: the file cannot be written.
    """
    target = out if isinstance(out, Target) else Target.of(str(out))
    may_be_empty = replaced.may_be_by_an_empty_delta(target, force=force)
    with (
        Store.opened(chosen) as store,
        store.snapshot() as view,
        delta.found(view, selection, since, target.out) as made,
    ):
        _write(made.lines, target, {**facts(view, selection), **made.about}, force=may_be_empty)
        return made


def apply(deltas: Sequence[Path], old: Path, out: Path | Target, *, force: bool = False) -> int:
    """Write the dataset that the store had when the last delta was made of it; how many stories there are.

    Args:
        deltas: deltas in their order, each a directory or a file of JSON Lines.
        old: the dataset that the first one begins with.
        out: where, as for ``export``; it may be the old dataset.
        force: let a result without stories replace one that has some.

    Raises:
        ExportError: a delta does not begin where the one before it ends, or what ``export`` raises it for.
        OSError: a file cannot be read or written.
    """
    target = out if isinstance(out, Target) else Target.of(str(out))
    with _applied(deltas, old, target.out) as (lines, about):
        return _write(lines, target, about, force=force)


def stream(chosen: Options, selection: Selection = ALL, since: str | None = None) -> None:
    """Write the selected stories to standard output as JSON Lines, and end quietly when nobody reads on.

    Args:
        chosen: the program's options, which name the store.
        selection: the stories and their fields.
        since: only what has changed since then, as for ``export_delta``; None for all stories.

    Raises:
        ArgumentError: there is no such time.
        ExportError: nothing begins there, or a reparse lies between.
        StoreError: the store cannot be read.
        OSError: standard output cannot be written.
    """
    with Store.opened(chosen) as store, store.snapshot() as view:
        if since is None:
            standard_output.export(Selected(view, selection))
            return
        with delta.found(view, selection, since, None) as made:
            standard_output.export(made.lines)


def stream_applied(deltas: Sequence[Path], old: Path) -> None:
    """Write a dataset with its deltas to standard output; raises what ``apply`` does."""
    with _applied(deltas, old, None) as (lines, _):
        standard_output.export(lines)


@contextmanager
def _applied(deltas: Sequence[Path], old: Path, out: Path | None) -> Iterator[tuple[LineFile, dict[str, Any]]]:
    dataset, changes = Exported.of(old), [Exported.of(each) for each in deltas]
    with application.applied(dataset, changes, out) as lines:
        yield lines, application.about(dataset, changes)


def _has_pages(target: Target) -> bool:
    return any(each.form is WARC for each in target.outputs)


def _write(  # noqa: PLR0913 - what an export is made of
    source: Source,
    target: Target,
    about: Mapping[str, Any],
    *,
    edits: Edits | None = None,
    pages: Pages | None = None,
    force: bool,
) -> int:
    if pages is None and _has_pages(target):
        raise ExportError(f"{target.out}: pages are in the store alone, and not in deltas; export them without those")
    if target.is_directory:
        tables = Beside(edits, pages)
        return directory.export(source, target.out, target.outputs, about, tables, split=target.split, force=force)
    if pages is not None:
        return pages_file.export(pages, target.out, target.outputs[0], force=force)
    return single_file.export(source, target.out, target.outputs[0], force=force)


def _edits(view: Snapshot, selection: Selection, target: Target) -> Edits | None:
    if not selection.revisions:
        return None
    if all(each.form in (MARKDOWN, WARC) for each in target.outputs if target.is_directory):
        raise ExportError(
            f"{target.out}: a table of revisions is a file of a directory, and no document; give a directory with "
            "--format jsonl, csv, parquet or sqlite, or leave --with revisions out"
        )
    return lambda period: revisions.rows(view, selection, period)
