"""Reads where a delta begins: ``--changed-since RUN|TIME|DIR``."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path
from typing import Any

from solidot_spider import items
from solidot_spider.base import clock
from solidot_spider.base.clock import BEIJING
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl import days
from solidot_spider.export.deltas.exported import Exported
from solidot_spider.export.description.facts import PARSER_VERSIONS, SELECTION
from solidot_spider.export.errors import ExportError
from solidot_spider.export.selection import Selection
from solidot_spider.store.history import History, Since
from solidot_spider.store.queries import Snapshot

OPTION = "--changed-since"
RUNS_SHOWN = 3


def of(view: Snapshot, selection: Selection, text: str) -> Since | Exported:
    """Where a delta begins: in the store, or with a dataset that was made of the same selection.

    Args:
        view: the store.
        selection: what the delta is to hold.
        text: a directory, a day in Beijing, an ISO time with an offset, or the name of a run.

    Raises:
        ArgumentError: there is no such time.
        ExportError: it is none of these, or lies before a reparse.
        OSError: the directory cannot be read.
    """
    if text and Path(text).is_dir():
        return _dataset(view, selection, Path(text))
    since = _time(text) or view.history.since_run(text)
    if since is None:
        raise ExportError(_unknown(view.history, text))
    reparse = view.history.reparse(since)
    if reparse is not None:
        raise ExportError(
            f"{OPTION} {text}: {reparse} has parsed the kept pages again since then, so that the differences are the "
            f"parser's; give a later run or time, or export all stories"
        )
    return since


def _dataset(view: Snapshot, selection: Selection, path: Path) -> Exported:
    found = Exported.of(path)
    found.check_base(f"{OPTION} {path}")
    if PARSER_VERSIONS not in found.described:
        raise ExportError(f"{OPTION} {path}: it does not say which parser has read its stories; export all stories")
    if found.described.get("schema_version") != items.SCHEMA_VERSION:
        raise ExportError(f"{OPTION} {path}: its records are of another schema version; export all stories")
    old, new = found.described[SELECTION], selection.described
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            was, asked = _shown(old.get(name)), _shown(new.get(name))
            raise ExportError(
                f"{OPTION} {path}: its {name} is {was}, and {asked} was asked for; give the options that it was made "
                "with"
            )
    if not _is_read_alike(found.described[PARSER_VERSIONS], selection.parser_versions(view)):
        raise ExportError(
            f"{OPTION} {path}: another version of the parser has read its stories again since then, so that the "
            f"differences are the parser's; export all stories"
        )
    return found


def _is_read_alike(old: dict[str, int], new: dict[str, int]) -> bool:
    """Whether no story of an older parser version was read again: only what the latest one has read may change."""
    latest = max({*old, *new}, key=int, default="")
    return all(old.get(each) == new.get(each) for each in {*old, *new} if each != latest)


def _time(text: str) -> Since | None:
    """From a day or a time on; None if the text is neither.

    Raises:
        ArgumentError: it is in the future, before the site, or has no offset.
    """
    now = clock.now()
    try:
        moment = datetime.fromisoformat(text) if "T" in text or " " in text or ":" in text else None
    except ValueError:
        moment = None
    if moment is None:
        return _day(text, now)
    if moment.tzinfo is None:
        raise ArgumentError(f"{OPTION} {text}: a time without an offset; add Z or +08:00")
    if moment > now:
        raise ArgumentError(f"{OPTION} {text}: a time in the future; it is {clock.iso(now)} now")
    return Since(clock.iso(moment))


def _day(text: str, now: datetime) -> Since | None:
    if not days.is_one(text):
        return None
    return Since(clock.iso(datetime.combine(days.parse(OPTION, text, now), time(), BEIJING)))


def _unknown(history: History, text: str) -> str:
    runs = history.last_runs(RUNS_SHOWN)
    known = f"the last ones are {', '.join(runs)}" if runs else "there is none yet"
    return (
        f"{OPTION} {text}: no directory, no run of the store and no time; give the directory of a dataset, the name of "
        f"a run ({known}), a day in Beijing (2024-10-18, yesterday), or a time such as 2024-10-18T22:58:00+08:00"
    )


def _shown(value: Any) -> str:
    return "everything" if value is None else ",".join(map(str, value)) if isinstance(value, list) else str(value)
