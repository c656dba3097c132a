"""The database behind the store."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text, update

from solidot_spider import items
from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.store import migrations, schema
from solidot_spider.store.errors import StoreError
from solidot_spider.store.records import ALL
from solidot_spider.store.rows import PageRow
from solidot_spider.store.store import Store
from tests.conftest import needs_postgres
from tests.stores import fields, heard, page, run, small, stored

THIS = migrations.version()


def add_note(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT"))


def fail(_: Connection) -> None:
    raise OSError(28, "No space left on device")


def version(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(schema.schema.c.version)).scalar_one())


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


def test_an_older_store_is_brought_forward_once(chosen: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.opened(chosen, create=True) as store:
        run(store, stored(5), heard(6, Outcome.MISSING))
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add_note))
    for _ in range(2):
        with Store.opened(chosen) as store, store.reading() as connection:
            assert connection.execute(text("SELECT note FROM runs")).all() == [(None,)]
            assert connection.execute(text("SELECT count(*) FROM stories")).scalar_one() == 1
    with Store.opened(chosen) as store:
        assert version(store) == THIS + 1


def test_a_store_of_version_1_keeps_aside_from_now_on(chosen: Options) -> None:
    with Store.opened(chosen, create=True) as store:
        run(store, stored(5))
        with store.writing() as connection:
            schema.unproven.drop(connection)
            as_version_3(connection)
            connection.execute(update(schema.schema).values(version=1))
    with Store.opened(chosen) as store:
        assert version(store) == THIS
        store.write([stored(6)], 1, keeps_aside=True)
        with store.reading() as connection:
            assert [row.sid for row in connection.execute(select(schema.unproven))] == [6]
        run(store, *(stored(sid) for sid in range(7, 40)))
        run(store, small(store, 40))
        with store.snapshot() as view, store.reading() as connection:
            kept = [PageRow(**row._asdict()) for row in connection.execute(select(schema.pages))]
            assert {row.sid: view.pages.data(row.page) for row in kept} == {sid: page(sid) for sid in range(5, 41)}
            assert [row.sid for row in kept if row.dictionary_id] == [40]
            assert {row.origin for row in kept} == {"crawl"}
            assert next(view.records()) == items.line(fields(5))
            assert view.provenance.origins(ALL) == {"crawl": 36}
            assert [row.at for row in connection.execute(select(schema.revisions))] == ["2025-11-08T04:00:00+00:00"]
            written = connection.execute(text("SELECT record FROM stories WHERE sid = 5")).scalar_one()
            assert written.endswith(',"schema_version":1}'), "a million records must not be written again"


def test_a_step_forward_that_fails_leaves_the_store_as_it_was(chosen: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.opened(chosen, create=True) as store:
        run(store, stored(5))
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add_note, fail))
        with pytest.raises(StoreError, match="No space left"), Store.opened(chosen):
            pass
    with Store.opened(chosen) as store:
        assert version(store) == THIS
        run(store, stored(6))


def test_a_newer_store_is_refused_with_both_versions(chosen: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, add_note))
        with Store.opened(chosen, create=True):
            pass
    with (
        pytest.raises(StoreError, match=rf"version {THIS + 1} is newer than this program's {THIS}; upgrade"),
        Store.opened(chosen),
    ):
        pass


def test_a_store_that_is_not_there_is_made_by_a_crawl_only(tmp_path: Path) -> None:
    chosen = Options(data_dir=tmp_path / "none")
    with pytest.raises(StoreError, match="no store here yet"), Store.opened(chosen):
        pass
    assert not chosen.data_dir.exists()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    chosen = Options(data_dir=tmp_path / "file" / "data")
    with pytest.raises(StoreError, match="file/data: Not a directory"), Store.opened(chosen, create=True):
        pass


@needs_postgres
def test_another_programs_tables_may_stand_beside_ours_but_not_in_their_place(postgres: str) -> None:
    chosen = Options(database_url=postgres)
    with Store.opened(chosen, create=True) as store, store.reading() as connection:
        connection.execute(text("CREATE TABLE notes (text TEXT)"))
        connection.execute(text("ALTER TABLE solidot_schema RENAME TO gone"))
        connection.commit()
    with (
        pytest.raises(StoreError, match="another program's: it has the table dictionaries"),
        Store.opened(chosen, create=True),
    ):
        pass
