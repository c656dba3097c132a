"""``python -m MODULE`` as a fork of a process that has imported everything already: ``subprocess.Popen`` for tests.

Such a command is a process of its own. Its pid, environment, directory, streams, signals, resource limits, warnings,
exit status and uncaught exceptions are those of an executed one; ``test_forked.py`` proves it. It differs in these:

- Its modules were imported before, with the environment of the tests; the warning filters that they add are there.
- Its memory begins with that of its parent, and ``/proc/PID/cmdline`` and ``sys.orig_argv`` are its parent's.
- Its parent is not the test, and it leads a process group of its own.
- At its end, what was imported before is not taken apart (``tests.ending``): an object that a library keeps for ever is
  not told of as left open.

A test of one of these executes its command, and so do those of cron, systemd and README's commands.

Each process of pytest starts its own fork server, one for each set of variables that only a new interpreter reads. It ends
with the tests, even killed ones, and ends what it has started.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO

from tests.fork_server import HEAD, NUMBER, Request

ROOT = Path(__file__).parents[1]
READ_AT_START = ("PYTHON", "LC_", "LANG")
"""What the names of variables begin with that only a new interpreter follows."""
STRICT = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
"""Variables for this checkout's modules, with each warning an exception."""
NO_LIMITS: Mapping[str, int] = {}


class Forked:
    """A command that runs, or has ended, as ``subprocess.Popen`` with ``text=True`` presents it."""

    def __init__(self, pid: int, status: IO[bytes], stdin: int, stdout: int, stderr: int | None) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin = os.fdopen(stdin, "w")
        self.stdout = os.fdopen(stdout)
        self.stderr = None if stderr is None else os.fdopen(stderr)
        self._status = status

    def poll(self) -> int | None:
        """The exit status, or None while the command runs."""
        try:
            return self.wait(0)
        except subprocess.TimeoutExpired:
            return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status; minus a signal's number where one ended the command.

        Raises:
            subprocess.TimeoutExpired: it runs still.
        """
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._status, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            with self._status:
                self.returncode = os.waitstatus_to_exitcode(read_number(self._status))
        return self.returncode

    def communicate(self, given: str = "", timeout: float | None = None) -> tuple[str, str]:
        """What the command prints on its standard output and error until it ends; ``given`` is its standard input.

        Raises:
            subprocess.TimeoutExpired: it runs still.
        """
        deadline = time.monotonic() + timeout if timeout is not None else None
        left, out, err = given.encode(), bytearray(), bytearray()
        with selectors.DefaultSelector() as selector:
            for stream, printed in ((self.stdout, out), (self.stderr, err)):
                if stream:
                    selector.register(stream, selectors.EVENT_READ, printed)
            if not self.stdin.closed:
                selector.register(self.stdin, selectors.EVENT_WRITE)
            while selector.get_map():
                ready = selector.select(_left(deadline))
                if not ready:
                    late = subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0, bytes(out), bytes(err))
                    late.add_note(f"it printed so far: {out.decode()}\n{err.decode()}")
                    raise late
                for key, _ in ready:
                    if key.data is None:
                        left = some = self._write(left)
                    else:
                        some = os.read(key.fd, 65536)
                        key.data.extend(some)
                    if not some:
                        selector.unregister(key.fileobj)
                        key.fileobj.close()  # type: ignore[union-attr]
        self.wait(_left(deadline))
        return out.decode(), err.decode()

    def _write(self, given: bytes) -> bytes:
        """Write what a pipe takes at once; what is left."""
        try:
            return given[os.write(self.stdin.fileno(), given[: select.PIPE_BUF]) :] if given else given
        except BrokenPipeError:  # it reads no more
            return b""

    def send_signal(self, number: int) -> None:
        """Send a signal to the command, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def _left(deadline: float | None) -> float | None:
    return None if deadline is None else max(0.0, deadline - time.monotonic())


def start(  # noqa: PLR0913 - what a process is made of
    module: str,
    words: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    stderr: IO[bytes] | None = None,
    limits: Mapping[str, int] = NO_LIMITS,
) -> Forked:
    """Start ``python -m MODULE WORDS``.

    Args:
        module: what to run.
        words: its command line.
        env: its whole environment.
        cwd: its directory.
        stderr: a file for its standard error; by default a pipe.
        limits: resource limits by their names, such as ``RLIMIT_FSIZE``.
    """
    request = Request(module=module, words=[*words], environment={**env}, directory=str(cwd), limits={**limits})
    server = _server(tuple(sorted(each for each in env.items() if each[0].startswith(READ_AT_START))))
    (stdin, ours_in), (ours_out, stdout), (ours_status, status) = os.pipe(), os.pipe(), os.pipe()
    ours_err, error = (None, stderr.fileno()) if stderr else os.pipe()
    server.send(request, [stdin, stdout, error, status])
    for descriptor in (stdin, stdout, status, *(() if stderr else (error,))):
        os.close(descriptor)
    ended = os.fdopen(ours_status, "rb", buffering=0)
    return Forked(read_number(ended), ended, ours_in, ours_out, ours_err)


def read_number(status: IO[bytes]) -> int:
    """What a fork server reports of a command: its pid, then its wait status."""
    told = status.read(NUMBER.size)
    if not told:
        raise RuntimeError("the fork server has ended")
    return int(NUMBER.unpack(told)[0])


class _Server:
    """A fork server with these variables."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._control, theirs = socket.socketpair()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(READ_AT_START)}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"__import__('tests.fork_server').fork_server.main({theirs.fileno()})"],
                env={**kept, **variables},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for pytest, which then ends this
            )
        atexit.register(self.end)

    def send(self, request: Request, descriptors: list[int]) -> None:
        """Have a command started on these descriptors."""
        text = json.dumps(request).encode()
        socket.send_fds(self._control, [HEAD.pack(len(text))], descriptors)
        self._control.sendall(text)

    def end(self) -> None:
        """End the server, and what it has started."""
        self._control.close()
        self._process.wait()


@cache
def _server(variables: tuple[tuple[str, str], ...]) -> _Server:
    return _Server(dict(variables))
