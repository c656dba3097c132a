"""Makes a store's tables as older versions of the schema had them."""

from __future__ import annotations

from sqlalchemy import Connection

from solidot_spider.store import schema


def as_version_3(connection: Connection) -> None:
    """Make the tables of pages, stories and revisions as version 3 had them, and the records of schema version 1."""
    blob = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    texts = ", ".join(f"{name} TEXT NOT NULL" for name in ("asked", "answered", "headers", "fetched_at", "codec"))
    names = [column.name for column in schema.pages.columns if column.name not in {"dictionary_id", "origin"}]
    for line in (
        "ALTER TABLE pages RENAME TO newer",
        f"CREATE TABLE pages (sid INTEGER, content_hash TEXT, status INTEGER NOT NULL, {texts}, body {blob} NOT NULL)",
        "CREATE UNIQUE INDEX pages_by_key ON pages (sid, content_hash)",
        f"INSERT INTO pages ({', '.join(names)}) SELECT {', '.join(names)} FROM newer",
        "DROP TABLE newer",
        "DROP TABLE dictionaries",
        "ALTER TABLE stories DROP COLUMN origin",
        """UPDATE stories SET record = replace(record, ',"origin":"crawl","schema_version":2}', ',"schema_version":1}')""",
        "DROP TABLE revisions",
        (
            "CREATE TABLE revisions (sid INTEGER NOT NULL, run_id INTEGER NOT NULL, at TEXT NOT NULL, old TEXT NOT NULL, "
            "CONSTRAINT revisions_pkey PRIMARY KEY (sid, run_id), FOREIGN KEY (run_id) REFERENCES runs (id))"
        ),
        "INSERT INTO revisions VALUES (5, 1, '2025-11-08T04:00:00+00:00', '{}')",
    ):
        connection.exec_driver_sql(line)
