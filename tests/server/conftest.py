"""A server whose fault plan a test writes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.client import Reply, Running, running

NOW = "2025-11-08T12:00:00+08:00"
STORY = "/story?sid=79517"
TITLE = "手机厂商联合制定电池更换标准"


class Hostile:
    """A server whose plan a test writes."""

    def __init__(self, server: Running, file: Path) -> None:
        self.server = server
        self._file = file

    def plan(self, *rules: dict[str, Any]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(rules))
        fresh.replace(self._file)

    def fails(self, action: str, **parameters: Any) -> None:
        self.plan({"action": action, **parameters})

    def get(self, path: str = STORY, **headers: str) -> Reply:
        return self.server.get(path, headers)

    def statuses(self, *paths: str) -> list[int]:
        return [self.get(path).status for path in paths]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    file = tmp_path_factory.mktemp("faults") / "plan.json"
    file.write_text("[]")
    with running("--clock", NOW, "--faults", str(file), "--gzip") as server:
        yield Hostile(server, file)


@pytest.fixture
def hostile(served: Hostile) -> Hostile:
    served.plan()
    assert TITLE in served.get().text
    return served


def raw(server: Running, path: str = STORY, timeout: float = 5) -> socket.socket:
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    return connection
