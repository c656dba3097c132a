"""Tells what became of stories since a run or a time, by the visits and revisions that the store keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from solidot_spider.base import clock
from solidot_spider.base.outcome import CHANGED_SITE, Outcome
from solidot_spider.store import records, schema
from solidot_spider.store.records import Choice
from solidot_spider.store.state import WITHDRAWN_AFTER

REPARSE, IMPORT = "reparse", "import"
"""The spiders of runs that read pages which others fetched."""

_SELECTED_BY = frozenset({"published_at", "topics", "editor"})
"""Fields that decide what a selection holds: a story that an edit changes in one of them may leave it."""

_Row = Any


class Since(NamedTuple):
    """From where on changes count: what runs wrote after a run, or from a time on.

    Attributes:
        at: the time, which is included: when the run ended (or began, if it has no end); UTC, ISO 8601.
        run_id: the run's number; 0 for a time.
        has_ended: whether the run has.
    """

    at: str
    run_id: int = 0
    has_ended: bool = False


class Moved(NamedTuple):
    """What became of a story that is in the store.

    Attributes:
        sid: the story.
        change: ``new``, ``changed``, ``withdrawn``, ``back`` or ``refetched``; the first that holds of ``new``,
            ``withdrawn``, ``back``, ``changed``.
        old: what its hashed fields were before, of those that were edited, as JSON.
        was: the parser version of its record before, if another one than now's.
    """

    sid: int
    change: str
    old: Mapping[str, msgspec.Raw]
    was: int | None

    @property
    def may_have_left(self) -> bool:
        """Whether a selection of stories may have held it before, and not now."""
        return self.change == "withdrawn" or not _SELECTED_BY.isdisjoint(self.old)


class History:
    """What the visits and revisions of a store tell.

    Args:
        connection: a transaction that only reads.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def since_run(self, name: str) -> Since | None:
        """From the end of a run on; None if there is no run of this name."""
        runs = schema.runs.c
        row = self._connection.execute(select(runs.id, runs.started_at, runs.ended_at).where(runs.name == name)).first()
        return None if row is None else Since(row.ended_at or row.started_at, row.id, row.ended_at is not None)

    def last_runs(self, limit: int) -> list[str]:
        """The names of the last runs, newest first."""
        runs = schema.runs.c
        return list(self._connection.execute(select(runs.name).order_by(runs.id.desc()).limit(limit)).scalars())

    def parser_versions(self, choice: Choice) -> dict[int, int]:
        """How many of the chosen stories each version of the parser has read, by ascending version."""
        return records.parser_versions(self._connection, choice)

    def reparse(self, since: Since) -> str | None:
        """The name of a run that has parsed kept pages again since then; None if there is none."""
        runs, next_run = schema.runs.c, schema.runs.alias().c
        # Of a killed one nobody knows the end: it ended before another run could hold the store.
        is_dead = exists().where(next_run.id > runs.id, next_run.is_single == 0, next_run.started_at <= since.at)
        is_later = or_(
            runs.id > since.run_id if since.run_id else runs.started_at >= since.at,
            runs.ended_at >= since.at,
            and_(runs.ended_at.is_(None), ~is_dead),
        )
        found = select(runs.name).where(runs.spider == REPARSE, runs.id != since.run_id, is_later).order_by(runs.id)
        return self._connection.execute(found.limit(1)).scalar()

    def moved(self, since: Since) -> Iterator[Moved]:
        """What became of each story whose record may be another one than it was, by ascending sid."""
        edits = self._edits(since)
        reparsed = self._reparsed(since)
        with self._connection.execute(_visits(since), execution_options={"yield_per": 1000}) as rows:
            for sid, visits in groupby(rows, key=lambda row: row.sid):
                found = _moved(list(visits), edits.get(sid, {}), reparsed)
                if found is not None:
                    yield found

    def _edits(self, since: Since) -> dict[int, dict[str, msgspec.Raw]]:
        """The stories that were edited, and what the fields were before the first of these edits."""
        revisions, edits = schema.revisions.c, dict[int, dict[str, msgspec.Raw]]()
        statement = (
            select(revisions.sid, revisions.old)
            .join(schema.runs, schema.runs.c.id == revisions.run_id)
            .where(_is_later(since, revisions.run_id, revisions.at))
            .order_by(revisions.run_id, revisions.at)
        )
        for sid, old in self._connection.execute(statement):
            edits[sid] = msgspec.json.decode(old, type=dict[str, msgspec.Raw]) | edits.get(sid, {})
        return edits

    def _reparsed(self, since: Since) -> set[int]:
        """The parser versions of runs that had parsed kept pages again before."""
        runs = schema.runs.c
        found = select(runs.parser_version).where(runs.spider == REPARSE, runs.ended_at < since.at)
        return set(self._connection.execute(found).scalars())


def _is_later(since: Since, run_id: ColumnElement[int], at: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether something was written since then; what was written in the same second counts, too."""
    if since.run_id:
        is_other = run_id < since.run_id if since.has_ended else run_id <= since.run_id
        return or_(run_id > since.run_id, and_(at >= since.at, is_other))
    runs = schema.runs.c
    imported = and_(runs.spider == IMPORT, runs.ended_at >= since.at)  # its pages have times of their own
    return or_(at >= since.at, runs.started_at >= since.at, imported)


def _visits(since: Since) -> Any:
    """All visits of the stories whose records may be others than they were."""
    visits, runs, stories, sids = schema.visits.c, schema.runs.c, schema.stories.c, schema.sids.c
    is_late = _is_later(since, visits.run_id, visits.at)
    if not since.run_id:  # a missing is believed, and written, some time after it was heard
        is_late = or_(is_late, and_(visits.outcome == Outcome.MISSING, runs.ended_at >= since.at))
    late = select(visits.sid).join(schema.runs, runs.id == visits.run_id).where(is_late)
    taken_back = exists().where(sids.sid == stories.sid, sids.reason == CHANGED_SITE)
    return (
        select(
            stories.sid,
            stories.parser_version,
            stories.withdrawn_at,
            visits.at,
            visits.outcome,
            visits.reason,
            runs.parser_version.label("read_by"),
            runs.spider,
            is_late.label("is_late"),
        )
        .join(schema.visits, visits.sid == stories.sid)
        .join(schema.runs, runs.id == visits.run_id)
        .where(or_(stories.sid.in_(late), taken_back))
        .order_by(stories.sid, visits.run_id)
    )


def _moved(visits: list[_Row], old: Mapping[str, msgspec.Raw], reparsed: set[int]) -> Moved | None:
    story = visits[0]
    was_stored, was_withdrawn, version = _state(row for row in visits if not row.is_late)
    is_new_record = any(row.is_late and row.outcome == Outcome.STORED for row in visits)
    is_withdrawn = story.withdrawn_at is not None
    if not was_stored:
        change = "new"
    elif is_withdrawn is not was_withdrawn:
        change = "withdrawn" if is_withdrawn else "back"
    elif old:
        change = "changed"
    elif is_new_record or visits[-1].reason == CHANGED_SITE:
        change = "refetched"
    else:
        return None
    is_other = is_new_record and was_stored and version != story.parser_version
    was = version if is_other and story.parser_version not in reparsed else None
    return Moved(story.sid, change, old, was)


def _state(visits: Iterable[_Row]) -> tuple[bool, bool, int]:
    """Whether a story was stored after some visits, whether it was withdrawn, and the parser version of its record."""
    is_stored, version, missing_since, last_missing = False, 0, "", ""
    for visit in visits:
        if visit.outcome == Outcome.STORED:
            is_stored, version = True, visit.read_by
            if visit.spider != IMPORT or visit.at >= last_missing:  # a page of before does not bring a story back
                missing_since = last_missing = ""
        elif visit.outcome == Outcome.MISSING:
            missing_since, last_missing = min(missing_since or visit.at, visit.at), max(last_missing, visit.at)
    gone_for = clock.parsed(last_missing) - clock.parsed(missing_since)
    return is_stored, is_stored and gone_for >= WITHDRAWN_AFTER, version
