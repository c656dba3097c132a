"""Settings of the tests, and the databases that a store can be in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from solidot_spider.base.options import Options

# CI must not find by chance what a change did not cause; at home each run looks elsewhere.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")

WAITING = {
    f"test_{name}" for name in "breaker deploy hostile outcomes progress rate_limit stopping store_trouble".split()
}
"""Modules whose tests wait for gaps, time-outs and interpreters that start."""
AT_ONCE = 2
"""Workers for each core: a test waits most of its time, for a gap, a time-out or a commit."""


def pytest_configure() -> None:
    """Have a module compiled once, not by each worker and each command that a test starts."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """How many workers ``-n auto`` of ``pyproject.toml`` starts: none for single tests."""
    if any("::" in name for name in config.args):
        return 0
    return min(AT_ONCE * (os.cpu_count() or 1), 8)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let half of the workers begin with the tests that wait, while the others keep the cores busy."""
    workers = int(getattr(config, "workerinput", {"workercount": 1})["workercount"])
    half = -(-workers // 2)
    waiting = [item for item in items if item.path.stem in WAITING]
    others = iter([item for item in items if item.path.stem not in WAITING])
    ordered: list[pytest.Item] = []
    for number in range(workers):  # xdist gives each worker as many
        ordered += waiting[number::half] if number < half else ()
        ordered += islice(others, max(0, len(items) * (number + 1) // workers - len(ordered)))
    items[:] = [*ordered, *others]


SERVER = os.environ.get("SOLIDOT_TEST_POSTGRES", "")
"""A PostgreSQL server where databases may be made, as ``postgresql://user@host/postgres``."""

needs_postgres = pytest.mark.skipif(not SERVER, reason="SOLIDOT_TEST_POSTGRES names no PostgreSQL server")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data directory that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """The address of a new, empty database."""
    url = make_url(SERVER)
    name = f"solidot_{os.getpid()}_{tmp_path.stat().st_ino}"
    engine = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as server:
        server.execute(text(f"CREATE DATABASE {name}"))
        yield url.set(database=name).render_as_string(hide_password=False)
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=needs_postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """``SOLIDOT_DATABASE_URL`` for each database that there is."""
    return str(request.getfixturevalue("postgres")) if request.param == "postgres" else ""


@pytest.fixture
def chosen(database_url: str, tmp_path: Path) -> Options:
    """Options whose store is new."""
    return Options(data_dir=tmp_path / "data", database_url=database_url)
