"""``python -m solidot_spider.queue.child PARENT WORDS``: a job's process, ``solidot WORDS``, that ends with PARENT.

A worker that is killed must not leave a crawl that nobody knows.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Let the kernel send SIGTERM to this process when its parent dies; Linux only.

    Args:
        parent: the parent's number, to see that it did not die before.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(f"solidot: the worker {parent} is gone")


def main() -> int:
    """Run the command; its exit status."""
    parent, *words = sys.argv[1:]
    end_with(int(parent))
    from solidot_spider import cli  # noqa: PLC0415 - the parent may die while it is imported

    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main())
