"""Starts the trial server for a test, and reads its request log."""

from __future__ import annotations

import os
import select
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

from tests import forked
from tests.server.journal import entries

PATIENCE = 60.0
"""Seconds that the server may take to start, and to answer."""


class StartError(RuntimeError):
    """The server did not start; the message holds what it printed."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, which is UTF-8 unless a fault changed it."""
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    url: str
    log: Path
    process: forked.Forked
    errors: IO[bytes]

    def requests(self) -> list[dict[str, Any]]:
        """The log's entries so far, in the order of arrival."""
        return entries(self.log)

    def complaints(self) -> str:
        """What the server wrote to standard error so far."""
        return _printed(self.errors)

    def get(self, path: str, headers: dict[str, str] | None = None, wait: float = PATIENCE) -> Reply:
        """The answer to a plain GET: redirects are not followed, no status is an error."""
        with closing(HTTPConnection(self.url.removeprefix("http://"), timeout=wait)) as connection:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())


@contextmanager
def running(*arguments: str, patience: float = PATIENCE) -> Iterator[Running]:
    """A server with these command line arguments, for the time of a ``with`` block.

    Raises:
        StartError: it ended, or printed no URL within ``patience`` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="trial-") as scratch, tempfile.TemporaryFile() as errors:
        log = Path(scratch, "requests.jsonl")
        env = os.environ | forked.STRICT
        words = ["--log", str(log), "--until-eof", *arguments]
        process = forked.start("tests.server", words, env=env, cwd=forked.ROOT, stderr=errors)
        try:
            yield Running(_url(process, errors, patience), _log(arguments, log), process, errors)
        finally:
            process.kill()  # nothing is lost: its log is whole after each request
            process.communicate()


def _log(arguments: tuple[str, ...], log: Path) -> Path:
    """The log's file: a caller's own ``--log`` comes last on the command line and so wins."""
    return Path(arguments[arguments.index("--log") + 1]) if "--log" in arguments else log


def _url(process: forked.Forked, errors: IO[bytes], patience: float) -> str:
    ready, _, _ = select.select([process.stdout], [], [], patience)
    line = process.stdout.readline() if ready else ""
    if line.startswith("http"):
        return line.strip()
    what = f"exit status {process.wait(patience)}" if ready else f"no URL within {patience:g} s"
    raise StartError(f"the trial server did not start: {what}; it printed: {_printed(errors) or 'nothing'}")


def _printed(file: IO[bytes]) -> str:
    """All of a file that a child appends to; the child's position in it is this process's too."""
    return os.pread(file.fileno(), 1 << 20, 0).decode(errors="replace").strip()
