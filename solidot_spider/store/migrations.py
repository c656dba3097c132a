"""Makes the tables of a new store, and brings an older store forward to this program's schema version."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine, func, insert, inspect, select, text, update

from solidot_spider.base import origins, site
from solidot_spider.store import schema
from solidot_spider.store.database import writing
from solidot_spider.store.errors import ForeignError, StoreError, no_store, store_errors

Migration = Callable[[Connection], None]


def _add_unproven(connection: Connection) -> None:
    """What was stored since the last proof is kept aside from version 2 on."""
    schema.unproven.create(connection)


def _add_sites(connection: Connection) -> None:
    """A store belongs to one site from version 3 on; an older one to that of its first run."""
    schema.sites.create(connection, checkfirst=True)
    first = connection.execute(select(schema.runs.c.site).order_by(schema.runs.c.id).limit(1)).scalar()
    if first is not None:
        connection.execute(insert(schema.sites), {"url": site.identity(first), "is_mirror": 0})


def _add_dictionaries(connection: Connection) -> None:
    """Pages may be packed with a dictionary from version 4 on."""
    schema.dictionaries.create(connection)
    connection.execute(text("ALTER TABLE pages ADD COLUMN dictionary_id INTEGER REFERENCES dictionaries (id)"))


def _add_origins(connection: Connection) -> None:
    """Stories and pages have an origin from version 5 on, and a run may leave several revisions of a story.

    Records are not written again: a million of them would take minutes, and each is read as one of today's schema.
    """
    for table in ("stories", "pages"):
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN origin TEXT NOT NULL DEFAULT '{origins.CRAWL}'")
    old = "revisions_before_5"
    connection.exec_driver_sql(f"ALTER TABLE revisions RENAME TO {old}")
    if connection.dialect.name == "postgresql":  # the name of its key is taken until then
        connection.exec_driver_sql(f"ALTER TABLE {old} DROP CONSTRAINT revisions_pkey")
    schema.revisions.create(connection)
    connection.exec_driver_sql(f"INSERT INTO revisions SELECT sid, run_id, at, old FROM {old}")  # noqa: S608 - our own names
    connection.exec_driver_sql(f"DROP TABLE {old}")


def _add_politeness(connection: Connection) -> None:
    """Runs share their requests' turns from version 6 on."""
    schema.politeness.create(connection, checkfirst=True)


MIGRATIONS: tuple[Migration, ...] = (_add_unproven, _add_sites, _add_dictionaries, _add_origins, _add_politeness)
"""The first leads from version 1 to 2, and so on; all run in one transaction, whatever the store is opened for."""

FIRST_VERSION = 1

UNFINISHED = 1000
"""Is added to the version of a copy that is not finished: programs that know nothing of copies refuse it, too."""

_SCHEMA_LOCK = 0x501D07


def version() -> int:
    """The schema version that this program writes."""
    return FIRST_VERSION + len(MIGRATIONS)


def migrate(engine: Engine, where: str, *, create: bool, is_copy: bool = False) -> None:
    """Give a database this program's schema version.

    Args:
        engine: the database.
        where: the database's name for a person.
        create: make the tables if the database is empty.
        is_copy: take a copy that is not finished, too, and leave its mark; a new one gets it.

    Raises:
        StoreError: the database is empty and must stay so, is another program's, is newer than this program, has
            another encoding than UTF-8, is an unfinished copy, or cannot be read or written.
    """
    with store_errors(where):
        with engine.connect() as connection:
            _check_encoding(connection, where)
            if not is_copy:
                check_whole(connection, where)
            found = version_of(connection, where)
        if found == version():
            return
        if found is None and not create:
            raise no_store(where)
        if found is None and engine.dialect.name == "sqlite":
            _set_file_format(engine)
        with writing(engine) as connection:
            _bring_forward(connection, where, is_copy=is_copy)


def _bring_forward(connection: Connection, where: str, *, is_copy: bool) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_SCHEMA_LOCK)))
    found = version_of(connection, where)  # again: another program may have been faster
    if found is None:
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.schema), {"version": version() + (UNFINISHED if is_copy else 0)})
        return
    for migration in MIGRATIONS[found - FIRST_VERSION :]:
        migration(connection)
    ahead = 0 if is_whole(connection) else UNFINISHED
    connection.execute(update(schema.schema).values(version=version() + ahead))


def is_whole(connection: Connection) -> bool:
    """Whether a database is no copy that is not finished."""
    found = _written_version(connection)
    return found is None or found < UNFINISHED


def check_whole(connection: Connection, where: str) -> None:
    """See that a database is no copy that is not finished.

    Raises:
        StoreError: it is one.
    """
    if not is_whole(connection):
        raise StoreError(f"{where}: a copy of a store that is not finished; run the same `solidot copy` again")


def mark(connection: Connection, *, is_whole: bool) -> None:
    """Mark a store of this program's version as a finished copy, or as one that is not."""
    connection.execute(update(schema.schema).values(version=version() + (0 if is_whole else UNFINISHED)))


def _written_version(connection: Connection) -> int | None:
    if not inspect(connection).has_table(schema.schema.name):
        return None
    return int(connection.execute(select(schema.schema.c.version)).scalar_one())


def _set_file_format(engine: Engine) -> None:
    """Set a new file's page size and journal; with 16 KB pages a story takes a quarter less than with SQLite's 4 KB."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA page_size=16384")
        raw.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        raw.close()


def _check_encoding(connection: Connection, where: str) -> None:
    """Refuse a database that cannot hold the site's texts.

    Raises:
        StoreError: it has another encoding than UTF-8.
    """
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise StoreError(
            f"{where}: its encoding is {encoding}, and the texts need UTF8; "
            "make another: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0"
        )


def version_of(connection: Connection, where: str) -> int | None:
    """The database's schema version; None if it is empty.

    Raises:
        StoreError: the database is another program's, or newer than this one.
    """
    names = set(inspect(connection).get_table_names())
    if schema.schema.name not in names:
        taken = names if connection.dialect.name == "sqlite" else names & set(schema.metadata.tables)
        if taken:
            raise ForeignError(where, min(taken))
        return None
    found = (_written_version(connection) or 0) % UNFINISHED
    if found > version():
        raise StoreError(
            f"{where}: its schema version {found} is newer than this program's {version()}; "
            "upgrade solidot_spider to use it"
        )
    return int(found)
