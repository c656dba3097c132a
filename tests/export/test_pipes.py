"""Rows that DuckDB reads while they are written."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from solidot_spider.export.forms import pipes
from solidot_spider.export.forms.pipes import Pipes


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipes, "PIPES", 3)
    monkeypatch.setattr(pipes, "PIPE_BYTES", 100)
    monkeypatch.setattr(pipes, "ROWS_AT_ONCE", 2)


@pytest.fixture
def opened() -> Iterator[None]:
    """No descriptor is left open."""
    before = list(Path("/proc/self/fd").iterdir())
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) == len(before)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("count", [0, 1, 7, 5000])
def test_rows_come_in_their_order(count: int) -> None:
    read: list[bytes] = []
    rows = [b"%030d" % number for number in range(count)]
    with Pipes() as made:
        made.feed(rows, lambda: read.extend(Path(path).read_bytes() for path in made.paths))
    assert b"".join(read) == b"".join(row + b"\n" for row in rows)
    assert len(read) == 3
    assert len(read[0]) <= 100


@pytest.mark.usefixtures("opened")
def test_a_reader_that_fails_ends_the_writer() -> None:
    def fail() -> None:
        raise ValueError("first line\nsecond line")

    with pytest.raises(OSError, match=r"first line$"), Pipes() as made:
        made.feed((b"x" * 1000 for _ in range(1000)), fail)


@pytest.mark.usefixtures("opened")
def test_rows_that_fail_end_the_reader() -> None:
    def rows() -> Iterator[bytes]:
        yield b"1"
        yield b"2"
        raise KeyError

    read: list[bytes] = []
    with pytest.raises(KeyError), Pipes() as made:
        made.feed(rows(), lambda: read.extend(Path(path).read_bytes() for path in made.paths))
    assert b"".join(read) == b"1\n2\n"


def test_a_signal_costs_no_byte() -> None:
    read: list[bytes] = []
    rows = [b"%d" % number * 10_000 for number in range(1_000, 1_400)]
    reader, writer = os.pipe()
    thread = Thread(target=lambda: read.extend(iter(lambda: os.read(reader, 4096), b"")))
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    try:
        thread.start()
        pipes._write(writer, rows, sum(map(len, rows)))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        os.close(writer)
        thread.join()
        os.close(reader)
    assert b"".join(read) == b"".join(rows)
