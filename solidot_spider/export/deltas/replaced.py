"""Looks at what a delta would replace."""

from __future__ import annotations

from solidot_spider.export import contents
from solidot_spider.export.deltas.exported import Exported
from solidot_spider.export.description.facts import DELTA
from solidot_spider.export.errors import ExportError
from solidot_spider.export.outputs import JSONL
from solidot_spider.export.target import Target


def may_be_by_an_empty_delta(target: Target, *, force: bool) -> bool:
    """Whether a delta without stories may take the place of what is there: of another delta it may.

    Raises:
        ExportError: there is a whole dataset, which no delta replaces but by ``force``.
        OSError: it cannot be read.
    """
    out = target.out
    if force:
        return True
    if target.is_directory:
        described = contents.descriptor(out)
        is_whole = described is not None and DELTA not in described and described["counts"]["stories"] > 0
    elif not out.is_file() or not out.stat().st_size:
        return True
    elif target.outputs[0].form is JSONL:
        is_whole = not _is_delta(target)
    else:
        return False
    if is_whole:
        raise ExportError(f"{out} is no delta, and a delta would replace it; give another name, or --force")
    return True


def _is_delta(target: Target) -> bool:
    try:
        found = Exported.of(target.out)
    except ExportError:
        return False
    return found.is_delta or not found.fields
