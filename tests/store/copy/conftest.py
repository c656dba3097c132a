"""Places for stores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests.conftest import SERVER
from tests.store.copy.places import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[[str, str], Place]]:
    """Makes places of a kind and a name: of PostgreSQL each is a database of its own."""
    made: list[str] = []
    url = make_url(SERVER or "postgresql://nowhere")
    server = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")

    def make(kind: str, name: str) -> Place:
        data = tmp_path / name
        data.mkdir()
        if kind == "sqlite":
            return Place(data, {}, str(data))
        database = f"solidot_copy_{os.getpid()}_{tmp_path.stat().st_ino}_{name}"
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {database}"))
        made.append(database)
        address = url.set(database=database, drivername="postgresql").render_as_string(hide_password=False)
        return Place(data, {"SOLIDOT_DATABASE_URL": address}, address)

    yield make
    for database in made:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {database} WITH (FORCE)"))
    server.dispose()
