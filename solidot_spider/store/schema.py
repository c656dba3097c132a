"""The store's tables: one schema for SQLite and PostgreSQL.

Times are ISO 8601 texts in UTC (``published_at``: Beijing), which sort as they are. JSON is text as well: the bytes of
an export must not depend on how a database writes JSON.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Column, Connection, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()

schema = Table("solidot_schema", metadata, Column("version", Integer, primary_key=True))
"""One row: the version of this schema."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("spider", Text, nullable=False),
    Column("arguments", Text, nullable=False),  # JSON, as given
    Column("is_single", Integer, nullable=False),  # 1 for `sid=`, which says nothing of where the walk by sid begins
    Column("site", Text, nullable=False),
    Column("program", Text, nullable=False),  # the version of this program
    Column("parser_version", Integer, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),  # null while it runs, and for ever when it was killed
    Column("asked", Integer),
    Column("settled_before", Integer),
    Column("counts", Text),  # JSON: outcome → ids
    Column("unasked", Text),  # JSON: [outcome, reason, ids and ranges]: what ended without a visit, as `not tried`
    Column("questions", Text),  # JSON: name → why not, or null
    Column("exit_status", Integer),
    Column("verdict", Text),
)

sids = Table(
    "sids",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    Column("parser_version", Integer, nullable=False),  # that `unparsed_runs` were counted under
    Column("unparsed_runs", Integer, nullable=False),
    Column("missing_since", Text),  # the first `missing` since it was last stored
    Index("sids_by_outcome", "outcome", "sid"),
)
"""What was last heard of each id."""

stories = Table(
    "stories",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("published_at", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("parser_version", Integer, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("last_changed", Text, nullable=False),
    Column("withdrawn_at", Text),
    Column("record", Text, nullable=False),  # the line of an export
    Index("stories_by_day", "published_at", "sid", "withdrawn_at"),  # covers what `status` counts
)

revisions = Table(
    "revisions",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("run_id", ForeignKey(runs.c.id), primary_key=True),
    Column("at", Text, nullable=False),
    Column("old", Text, nullable=False),  # JSON: field → its value before
    sqlite_with_rowid=False,
)

visits = Table(
    "visits",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("run_id", ForeignKey(runs.c.id), primary_key=True),
    Column("at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Integer),
    sqlite_with_rowid=False,
)

UNPARSED = ""
"""In place of a content hash: the latest page of a sid that could not be read."""

pages = Table(
    "pages",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("content_hash", Text, primary_key=True),
    Column("asked", Text, nullable=False),
    Column("answered", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("fetched_at", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

listings = Table(
    "listings",
    metadata,
    Column("day", Text, primary_key=True),
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    sqlite_with_rowid=False,
)
"""What each day's page listed when it was last read; an empty day has no row."""

Migration = Callable[[Connection], None]

MIGRATIONS: tuple[Migration, ...] = ()
"""The first leads from version 1 to 2, and so on; a store is brought forward when it is opened to be written."""

FIRST = 1


def version() -> int:
    """The version of the schema that this program writes."""
    return FIRST + len(MIGRATIONS)
