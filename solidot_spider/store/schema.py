"""Defines the store's tables: one schema for SQLite and PostgreSQL.

Times are ISO 8601 texts in UTC (``published_at``: Beijing), so that sorting the texts sorts the times. JSON is text as
well: the bytes of an export must not depend on how a database writes JSON.
"""

from __future__ import annotations

from sqlalchemy import Column, Dialect, Double, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, TypeDecorator
from sqlalchemy import Text as AnyText

from solidot_spider import items
from solidot_spider.base import origins
from solidot_spider.items import YEARS


class Text(TypeDecorator[str]):
    """Text without what a database cannot hold: PostgreSQL takes no NUL, and neither one takes half a character."""

    impl = AnyText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text as it is written, or compared with what was."""
        if value is None or (value.isascii() and "\0" not in value):
            return value
        try:
            value.encode()
        except UnicodeEncodeError:
            value = value.encode(errors="replace").decode()
        return value.replace("\0", "\ufffd")


class Record(Text):
    """A record as JSON, read as one of today's schema version, whatever version wrote it."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The record as it is read."""
        return value if value is None else items.upgraded(value.encode()).decode()


metadata = MetaData()

schema = Table("solidot_schema", metadata, Column("version", Integer, primary_key=True))
"""One row: the version of this schema."""

sites = Table(
    "sites",
    metadata,
    Column("url", Text, primary_key=True),  # scheme, host and port
    Column("is_mirror", Integer, nullable=False),  # 0 for the site that the store belongs to
)
"""The site that the store was made for, and its mirrors that runs may ask in its place."""

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("spider", Text, nullable=False),
    Column("arguments", Text, nullable=False),  # JSON, as given
    Column("is_single", Integer, nullable=False),  # 1 for `sid=`, which does not decide where crawling by sid begins
    Column("site", Text, nullable=False),
    Column("program", Text, nullable=False),  # the program's version
    Column("parser_version", Integer, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),  # null while the run lasts, and for good if it was killed
    Column("asked", Integer),
    Column("settled_before", Integer),
    Column("counts", Text),  # JSON: outcome → number of ids
    Column("unasked", Text),  # JSON: [[outcome, reason, ids and ranges]], the ids without a visit, such as `not tried`
    Column("questions", Text),  # JSON: name → why it failed, '' if it passed
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
    Column("parser_version", Integer, nullable=False),  # the version that `unparsed_runs` counts for
    Column("unparsed_runs", Integer, nullable=False),
    Column("missing_since", Text),  # the first `missing` since the id was last stored
    Index("sids_by_outcome", "outcome", "sid"),
)
"""The last outcome of each id."""

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
    Column("record", Record, nullable=False),  # JSON, a line of an export
    Column("origin", Text, nullable=False, server_default=origins.CRAWL),
    Index("stories_by_day", "published_at", "sid", "withdrawn_at"),  # covers all that `status` counts
)

IS_DATED = stories.c.published_at.between(str(YEARS.start), str(YEARS.stop))
"""Whether a story has a time that can be; those of other years were stored by versions that did not look."""

revisions = Table(
    "revisions",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("run_id", ForeignKey(runs.c.id), primary_key=True),
    Column("at", Text, primary_key=True),  # an import may bring several pages of a story
    Column("old", Text, nullable=False),  # JSON: field → its old value
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
"""Stands for the content hash of a sid's latest page that could not be parsed."""

dictionaries = Table(
    "dictionaries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("pages", Integer, nullable=False),  # how many were kept when it was made
    Column("made_at", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""What kept pages share: zstd's dictionaries, by zstd's own numbers."""

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
    Column("dictionary_id", ForeignKey(dictionaries.c.id)),
    Column("origin", Text, nullable=False, server_default=origins.CRAWL),
)

listings = Table(
    "listings",
    metadata,
    Column("day", Text, primary_key=True),
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("run_id", ForeignKey(runs.c.id), nullable=False),
    sqlite_with_rowid=False,
)
"""The ids that each day's page listed when it was last read; a day without stories has no row."""

politeness = Table(
    "politeness",
    metadata,
    Column("site", Text, primary_key=True),
    Column("at", Double, nullable=False),  # when the row was written; all times are seconds since 1970
    Column("asked_at", Double),
    Column("held_until", Double, nullable=False),
    Column("trial_at", Double, nullable=False),
    Column("pause", Double, nullable=False),  # seconds between the trials of an open breaker; 0 while it is shut
    Column("crawl_delay", Double, nullable=False),  # seconds, of the last robots.txt that was read
    Column("robots_at", Double),
)
"""What all runs keep to when they ask the site, or a mirror of it."""

unproven = Table(
    "unproven",
    metadata,
    Column("sid", Integer, primary_key=True, autoincrement=False),
    Column("since_run", ForeignKey(runs.c.id), nullable=False),  # the first run that stored it since the last proof
    Column("run_id", ForeignKey(runs.c.id), nullable=False),  # the last one
    Column("kind", Text, nullable=False),  # what the last one made of it: new, changed or unchanged
    Column("old", Text),  # JSON: the row of `stories` as it was; null if there was none
    Column(
        "moved_page", Text
    ),  # the content hash under which the page of `old` is kept now, if by another than its own
)
"""The stories stored since the last proof, each with what it replaced."""
