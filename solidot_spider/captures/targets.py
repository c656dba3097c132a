"""Where an import's records go: into the store, or nowhere, to tell what would become of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from solidot_spider.base import clock, origins, site
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures.capture import Left
from solidot_spider.captures.importing import Made
from solidot_spider.items import PARSER_VERSION
from solidot_spider.store import precedence, stored_stories
from solidot_spider.store.errors import UnfitError
from solidot_spider.store.rows import StoryRow
from solidot_spider.store.store import Store
from solidot_spider.store.visit import Visit


class StoreTarget:
    """Writes records, with their pages, in one transaction.

    Args:
        store: the store, held.
        run_id: the number of the import's run.
    """

    def __init__(self, store: Store, run_id: int) -> None:
        self._store = store
        self._run_id = run_id

    def stories(self, sids: Iterable[int]) -> dict[int, StoryRow]:
        """The stored stories of some ids, by sid."""
        return stored_stories.rows(self._store, sids)

    def put(self, made: list[Made]) -> Iterator[str | Left]:
        """Write records; what became of each, in their order."""
        if not made:
            return
        visits = [self._visit(each) for each in made]
        try:
            written = self._store.write(visits, self._run_id)
        except UnfitError:
            for each, visit in zip(made, visits, strict=True):
                yield self._alone(each, visit)
            return
        for visit in visits:
            change = written[visit.sid].change
            assert change is not None, "each visit has a record"
            yield change.kind

    def _alone(self, made: Made, visit: Visit) -> str | Left:
        try:
            change = self._store.write([visit], self._run_id)[visit.sid].change
        except UnfitError as error:
            return Left(made.capture.where, Outcome.FAILED, f"the store cannot hold it: {error}", visit.sid)
        assert change is not None, "the visit has a record"
        return change.kind

    def _visit(self, made: Made) -> Visit:
        capture, record = made.capture, made.record
        url, at = site.story_url(record["sid"]), record["fetched_at"]
        page = self._store.packer.pack(
            capture.data,
            capture.asked or url,
            capture.answered or url,
            capture.status,
            headers=list(capture.headers),
            fetched_at=at,
        )
        return Visit(
            record["sid"],
            at,
            Outcome.STORED,
            status=capture.status or None,
            page=page._replace(origin=record["origin"]),
            record=record,
            is_imported=True,
        )


class NoTarget:
    """Writes nothing, and tells what would become of the records.

    Args:
        store: the store; None if there is none yet.
    """

    def __init__(self, store: Store | None) -> None:
        self._store = store
        self._would_be: dict[int, StoryRow] = {}

    def stories(self, sids: Iterable[int]) -> dict[int, StoryRow]:
        """The stories as they would be by now, by sid."""
        asked = list(sids)
        stored = stored_stories.rows(self._store, asked) if self._store is not None else {}
        return stored | {sid: self._would_be[sid] for sid in asked if sid in self._would_be}

    def put(self, made: list[Made]) -> Iterator[str | Left]:
        """What would become of each record, in their order."""
        stored = self.stories(each.record["sid"] for each in made)
        for each in made:
            record = each.record
            before = stored.get(record["sid"])
            stays = before and precedence.stays(before, record, clock.last(), is_imported=True)
            if not stays:
                self._would_be[record["sid"]] = _row(record)
            yield stays or _change(before, record)


def _change(before: StoryRow | None, record: dict[str, object]) -> str:
    if before is None:
        return "new"
    is_edit = before.content_hash != record["content_hash"] and before.parser_version == PARSER_VERSION
    return "changed" if is_edit and precedence.is_comparable(before, record) else "unchanged"


def _row(record: dict[str, object]) -> StoryRow:
    """What decides about a page that comes later; a record would fill the memory."""
    at = str(record["fetched_at"])
    sid, published = int(str(record["sid"])), str(record["published_at"])
    origin, content_hash = origins.origin(str(record["origin"])), str(record["content_hash"])
    return StoryRow(sid, published, content_hash, PARSER_VERSION, at, at, at, None, "", origin)
