"""Makes the index of a WARC file: a line of CDXJ for each page, sorted by its address, as replay tools read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import IO, Self
from urllib.parse import urlsplit

import msgspec

SUFFIX = ".cdxj"

_PORTS = {"http": 80, "https": 443}
_LINES_AT_ONCE = 1000


class Index:
    """The lines of an index while their file grows; they are on the disk, since they must be sorted in the end."""

    def __enter__(self) -> Self:
        self._lines = sqlite3.connect("", isolation_level=None)
        self._lines.execute("CREATE TABLE lines (line TEXT)")
        self._lines.execute("BEGIN")
        return self

    def __exit__(self, *_: object) -> None:
        self._lines.close()

    def add(self, url: str, at: str, **about: str) -> None:
        """Add a page.

        Args:
            url: its address.
            at: when it was fetched, UTC, ISO 8601.
            about: ``mime``, ``status``, ``digest``, ``length``, ``offset`` and ``filename``.
        """
        moment = "".join(char for char in at[:19] if char.isdecimal())
        line = f"{key(url)} {moment} {msgspec.json.encode({'url': url, **about}).decode()}\n"
        self._lines.execute("INSERT INTO lines VALUES (?)", (line,))

    def write(self, file: IO[bytes]) -> None:
        """Write the lines, sorted.

        Raises:
            OSError: the file cannot be written.
        """
        for line in self._sorted():
            file.write(line.encode())

    def _sorted(self) -> Iterator[str]:
        with closing(self._lines.execute("SELECT line FROM lines ORDER BY line")) as found:
            while lines := found.fetchmany(_LINES_AT_ONCE):
                yield from (line for (line,) in lines)


def key(url: str) -> str:
    """The address as indexes sort it (SURT): ``org,solidot)/story?sid=79532``."""
    parts = urlsplit(url.lower())
    host = (parts.hostname or "").removeprefix("www.")
    name = host if ":" in host or host.replace(".", "").isdecimal() else ",".join(reversed(host.split(".")))
    port = f":{parts.port}" if parts.port not in (None, _PORTS.get(parts.scheme)) else ""
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{name}{port}){parts.path or '/'}{'?' if query else ''}{query}"
