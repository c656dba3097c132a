"""A disk that is full, as far as a writer can tell."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager

SMALL = 4096


@contextmanager
def small_disk() -> Iterator[None]:
    """No file may grow above SMALL bytes.

    Around as little as can be, never a fixture: pytest's own output may be such a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
