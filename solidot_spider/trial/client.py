"""The trial server as a child of this process, for tests and demonstrations."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from solidot_spider.trial.journal import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0
"""Seconds that the server may take to start, and to stop."""


class StartError(RuntimeError):
    """The server did not come up; the sentence holds what it said."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body, which is UTF-8 wherever no fault made it otherwise."""
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    def requests(self) -> list[dict[str, Any]]:
        """The log's entries so far, in the order of arrival."""
        return entries(self.log)

    def complaints(self) -> str:
        """What the server wrote to standard error so far."""
        return _said(self.errors)

    def get(self, path: str, headers: dict[str, str] | None = None, wait: float = PATIENCE) -> Reply:
        """The answer to a plain GET: no redirect is followed, no status is an error."""
        with closing(HTTPConnection(self.url.removeprefix("http://"), timeout=wait)) as connection:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())


@contextmanager
def running(*arguments: str, patience: float = PATIENCE) -> Iterator[Running]:
    """A server with these command line arguments, for the time of a ``with`` block.

    Raises:
        StartError: it ended, or told no URL within ``patience`` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="trial-") as scratch, tempfile.TemporaryFile() as errors:
        log = Path(scratch, "requests.jsonl")
        process = _started(["--log", str(log), *arguments], errors)
        try:
            yield Running(_url(process, errors, patience), _log(arguments, log), process, errors)
        finally:
            _stop(process)


def _started(arguments: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
        [sys.executable, "-m", "solidot_spider.trial", "--until-eof", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path},
    )


def _log(arguments: tuple[str, ...], log: Path) -> Path:
    """The log's file: a caller's own ``--log`` comes last on the command line and so wins."""
    return Path(arguments[arguments.index("--log") + 1]) if "--log" in arguments else log


def _url(process: subprocess.Popen[bytes], errors: IO[bytes], patience: float) -> str:
    assert process.stdout
    ready, _, _ = select.select([process.stdout], [], [], patience)
    line = process.stdout.readline() if ready else b""
    if line.startswith(b"http"):
        return line.decode().strip()
    said = _said(errors) or "nothing"
    what = f"no URL within {patience:g} s" if not ready else f"exit status {process.wait(patience)}"
    raise StartError(f"the trial server did not start: {what}; it said: {said}")


def _said(errors: IO[bytes]) -> str:
    """All of a file that the child appends to; the child's place in it is this process's too."""
    return os.pread(errors.fileno(), 1 << 20, 0).decode(errors="replace").strip()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the server by SIGTERM, or by force when that was not heard."""
    process.terminate()
    try:
        process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
