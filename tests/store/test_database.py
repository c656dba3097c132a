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
from tests.old_tables import as_version_3
from tests.stores import fields, heard, page, run, small, stored

THIS = migrations.version()


def add_note(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE runs ADD COLUMN note TEXT"))


def fail(_: Connection) -> None:
    raise OSError(28, "No space left on device")


def version(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(select(schema.schema.c.version)).scalar_one())


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
