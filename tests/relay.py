"""A server on IPv6's loopback that passes each connection on to one on IPv4's."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def on_ipv6(port: int) -> Iterator[int]:
    """The port on ``::1``, for the time of a ``with`` block, of a server on 127.0.0.1.

    Raises:
        OSError: this machine has no IPv6.
    """
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        threading.Thread(target=_serve, args=(listener, port), daemon=True).start()
        yield int(listener.getsockname()[1])
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, port: int) -> None:
    with suppress(OSError):  # it is closed
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for each in (one, other):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()
