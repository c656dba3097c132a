"""Passes connections on, and counts the bytes: what goes over the wire to a site or to a database."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class Counts:
    """The bytes that went out and came back, so far."""

    def __init__(self) -> None:
        self.out = 0
        self.back = 0
        self._lock = threading.Lock()

    def add(self, out: int, back: int) -> None:
        with self._lock:
            self.out += out
            self.back += back


@contextmanager
def counted(connect: Callable[[], socket.socket]) -> Iterator[tuple[int, Counts]]:
    """A port on loopback whose connections are passed on to what ``connect`` opens, and their bytes."""
    counts = Counts()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, connect, counts), daemon=True).start()
        yield int(listener.getsockname()[1]), counts
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, connect: Callable[[], socket.socket], counts: Counts) -> None:
    with suppress(OSError):  # it is closed
        while True:
            near, _ = listener.accept()
            far = connect()
            threading.Thread(target=_pass_on, args=(near, far, counts, True), daemon=True).start()
            threading.Thread(target=_pass_on, args=(far, near, counts, False), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket, counts: Counts, is_out: bool) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            counts.add(len(data) if is_out else 0, 0 if is_out else len(data))
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
