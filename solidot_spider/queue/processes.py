"""Runs each job in a process of its own, and takes its exit status.

Not in the worker's own: a run that begins while another program has locked a table stands still for up to 30 s, so no
heartbeat would go out, and others would take the worker for dead; and a reparse in a thread hears no signal.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import solidot_spider
from solidot_spider.base.console import plain
from solidot_spider.base.outcome import TROUBLE

_AT_ONCE = 1 << 16
_KEPT = 4000
"""Bytes of the end of what a job says that are looked through for its last sentence."""
_LONGEST = 500
"""Characters of a sentence that are kept."""


class Ending(NamedTuple):
    """The exit status of a job's process, and the last line that it wrote on standard error."""

    status: int
    sentence: str


class Processes:
    """The processes of a worker's jobs."""

    def __init__(self) -> None:
        self.is_stopping = False
        """Whether the worker is to end: no job begins any more."""
        self._running: set[Process] = set()

    def stop(self) -> None:
        """Let each end in an orderly way: what a crawl has on the wire comes in."""
        self.is_stopping = True
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End each at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        for process in self._running:
            with suppress(ProcessLookupError):
                process.send_signal(number)

    async def run(self, words: Sequence[str]) -> Ending:
        """Run a command of ``solidot`` to its end; where this is cancelled, the process is stopped before."""
        try:
            process = await _started(words)
        except OSError as error:  # no memory, no more processes: another time
            return Ending(TROUBLE, f"its process could not be started: {error.strerror or error}")
        self._running.add(process)
        if self.is_stopping:  # since it was started
            process.terminate()
        said = asyncio.create_task(_forwarded(process))
        try:
            await process.wait()
        except asyncio.CancelledError:
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
            raise
        finally:
            self._running.discard(process)
            end = await said
        assert process.returncode is not None
        if process.returncode < 0:
            name = signal.Signals(-process.returncode).name
            return Ending(128 - process.returncode, f"ended by {name}")
        return Ending(process.returncode, sentence(end))


async def _started(words: Sequence[str]) -> Process:
    # The code that runs here, and not what may lie in the working directory.
    root = str(Path(solidot_spider.__file__).parents[1])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "solidot_spider.queue.child", str(os.getpid()), *words),
        stdin=DEVNULL,
        stderr=PIPE,
        env={**os.environ, "PYTHONPATH": paths},
        process_group=0,  # Ctrl-C goes to the worker alone, which passes it on: twice would mean at once
    )


async def _forwarded(process: Process) -> bytes:
    """Pass on what a process says on standard error; the end of it."""
    assert process.stderr is not None
    kept = b""
    while some := await process.stderr.read(_AT_ONCE):
        kept = (kept + some)[-_KEPT:]
        with suppress(OSError, ValueError, AttributeError):  # what cannot be told must not decide what is done
            sys.stderr.buffer.write(some)
            sys.stderr.buffer.flush()
    return kept


def sentence(end: bytes) -> str:
    """The last line of what a command has said, without its form."""
    lines = [line for line in end.decode(errors="replace").splitlines() if line.strip()]
    last = lines[-1].strip() if lines else ""
    if last.startswith("{"):  # SOLIDOT_LOG=json
        with suppress(ValueError, KeyError, TypeError):
            last = str(json.loads(last)["message"])
    return plain(last.removeprefix("solidot: "))[:_LONGEST]
