"""Runs Python modules for tests, each in a fork of one process that has imported everything already.

Most of a short command is its imports. This process makes them once, without installing a reactor and without a thread.
It then forks for each request that comes over its control socket, and the child becomes ``python -m MODULE WORDS``.
``tests.forked`` is the side of the tests, and says in what such a command differs from one that is executed.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import pkgutil
import resource
import runpy
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from types import TracebackType
from typing import NamedTuple, NoReturn, TypedDict

from tests import ending

IMPORTED = ("scrapy", "solidot_spider", "tests.server")
"""Packages of which every module is imported."""
ALSO = (
    "duckdb",
    "markdownify",
    "psycopg",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "stringprep",
)
NEVER = ("__main__", "conftest", "test_")
NOT_YET = {"solidot_spider.settings"}
"""Modules that read the environment when they are imported: the child imports them."""
HEAD = struct.Struct("=I")
"""The length of a request, which comes with the descriptors."""
NUMBER = struct.Struct("=i")
"""What comes back on a command's own pipe: its pid, then its wait status."""


class Request(TypedDict):
    """What a command is made of."""

    module: str
    words: list[str]
    environment: dict[str, str]
    directory: str
    limits: dict[str, int]
    """Resource limits by name, such as ``RLIMIT_FSIZE``."""


class Descriptors(NamedTuple):
    """A command's standard streams, and the pipe that reports its pid and its end."""

    stdin: int
    stdout: int
    stderr: int
    status: int


def main(control: int) -> NoReturn:
    """Serve until the other end of this socket is closed; its children become commands."""
    import_all()
    gc.collect()
    gc.freeze()  # else a third of a second at each end, to look at what was imported
    with socket.socket(fileno=control) as connection:
        request, descriptors = serve(connection)
    become(request, descriptors)


def import_all() -> None:
    for name in (*chain.from_iterable(map(modules, IMPORTED)), *ALSO):
        with suppress(Exception):  # a command that needs it says why it cannot be had
            importlib.import_module(name)
    assert not NOT_YET & sys.modules.keys(), "something imports what only a command may import"
    assert "twisted.internet.reactor" not in sys.modules
    assert threading.active_count() == 1


def modules(package: str) -> Iterator[str]:
    """The names of a package's modules, but for those that are run or collected."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.rpartition(".")[2].startswith(NEVER) and module.name not in NOT_YET:
            yield module.name


def serve(control: socket.socket) -> tuple[Request, Descriptors]:
    """Fork for each request; returns in the child."""
    children: dict[int, int] = {}
    signal.signal(signal.SIGCHLD, lambda *_: report_ended(children))
    while message := receive(control):
        request, descriptors = message
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # none ends before it is known
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            for status in (descriptors.status, *children.values()):
                os.close(status)
            return request, descriptors
        children[pid] = descriptors.status
        tell(descriptors.status, pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for descriptor in descriptors[:3]:
            os.close(descriptor)
    return end(list(children))


def receive(control: socket.socket) -> tuple[Request, Descriptors] | None:
    head, descriptors, _, _ = socket.recv_fds(control, HEAD.size, len(Descriptors._fields))
    if not head:
        return None
    (length,) = HEAD.unpack(head)
    with control.makefile("rb", buffering=0) as stream:
        text = b""
        while len(text) < length:
            text += stream.read(length - len(text)) or b""
    return json.loads(text), Descriptors(*descriptors)


def report_ended(children: dict[int, int]) -> None:
    """Report the wait status of each child that has ended."""
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        pipe = children.pop(pid)
        tell(pipe, status)
        os.close(pipe)


def tell(pipe: int, number: int) -> None:
    with suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(pipe, NUMBER.pack(number))


def end(children: list[int]) -> NoReturn:
    """The tests have ended: so do the commands, and what they have started."""
    for pid in children:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    sys.exit()


def become(request: Request, descriptors: Descriptors) -> NoReturn:
    """Run the command as ``python -m`` does; an exception goes up to the interpreter, as it does there."""
    os.setpgid(0, 0)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["directory"])
    for name, limit in request["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    take_streams(descriptors)
    sys.path[0] = os.getcwd()  # noqa: PTH109 - what `python -m` does
    sys.argv = ["-m", *request["words"]]
    sys.excepthook = print_exception
    imported = sys.modules.keys() - {"__main__"}
    try:
        runpy._run_module_as_main(request["module"])  # type: ignore[attr-defined] # what `python -m` calls
        status = 0
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        status = ended.code or 0
    ending.end(status & 0xFF, imported)
    sys.exit(status)


def take_streams(descriptors: Descriptors) -> None:
    """Make these descriptors 0, 1 and 2, and Python's streams of them as an interpreter does that starts."""
    for number, (name, descriptor) in enumerate(zip(("stdin", "stdout", "stderr"), descriptors[:3], strict=True)):
        os.dup2(descriptor, number)
        os.close(descriptor)
        old: io.TextIOWrapper = getattr(sys, name)
        buffer = open(number, "wb" if number else "rb", 0 if old.write_through else -1, closefd=False)  # noqa: SIM115
        new = io.TextIOWrapper(
            buffer,
            old.encoding,
            old.errors,
            line_buffering=buffer.isatty() or (name == "stderr" and not old.write_through),
            write_through=old.write_through,
        )
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def print_exception(kind: type[BaseException], error: BaseException, frames: TracebackType | None) -> None:
    """Print what ``python -m`` prints: the frames from its own first one on."""
    while frames and frames.tb_next and "runpy" not in frames.tb_frame.f_code.co_filename:
        frames = frames.tb_next
    sys.__excepthook__(kind, error.with_traceback(frames), frames)
