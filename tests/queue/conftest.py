"""A queue in a database of its own, and commands that use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import forked
from tests.crawling import NOTHING, NOW, Crawl, finish, start

SPEED = ("-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0")


@dataclass(frozen=True)
class Queue:
    """A database, and the data directory of whoever works on it."""

    database: str
    data: Path

    def start(self, url: str, *words: str, env: Mapping[str, str] = NOTHING) -> forked.Forked:
        """A command that runs, on the site at ``url``."""
        given = {"SOLIDOT_DATABASE_URL": self.database, "SOLIDOT_CLOCK": NOW, **env}
        return start(url, self.data, *words, env=given)

    def run(self, url: str, *words: str, env: Mapping[str, str] = NOTHING) -> Crawl:
        """A command, run to its end."""
        return finish(self.start(url, *words, env=env), self.data)

    def enqueue(self, url: str, *words: str) -> int:
        """A job that is put into the queue; its number."""
        done = self.run(url, "enqueue", *words)
        assert (done.status, done.err) == (0, "")
        return int(done.out)

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(self.database) as connection:
            return connection.execute(query.encode()).fetchall()

    def change(self, statement: str) -> None:
        with psycopg.connect(self.database) as connection:
            connection.execute(statement.encode())

    def jobs(self) -> dict[int, str]:
        """The status of each job by its number."""
        return dict(self.rows("SELECT id, status::text FROM procrastinate_jobs WHERE task_name <> 'upkeep'"))


@pytest.fixture
def queue(postgres: str, data: Path) -> Queue:
    return Queue(postgres, data)
