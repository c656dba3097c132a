"""Runs a command under what a unit forbids it, as far as a process can forbid itself: system calls and memory.

``python -m tests.confined UNIT COMMAND…``
"""

from __future__ import annotations

import ctypes
import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ALLOW = 0x7FFF0000  # SCMP_ACT_ALLOW
REFUSE = 0x00050000 | errno.EPERM  # SCMP_ACT_ERRNO(EPERM)
PR_SET_MDWE = 65

Unit = dict[str, list[str]]


def unit(path: Path) -> Unit:
    """The lines of a unit: the values of each name, in their order."""
    values: Unit = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";")):
            values.setdefault(name, []).append(value)
    return values


def main(words: Sequence[str]) -> None:
    forbids = unit(Path(words[0]))
    allowed = calls(forbids["SystemCallFilter"])
    if forbids.get("MemoryDenyWriteExecute") == ["yes"]:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_MDWE, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "this kernel cannot forbid memory that is written and run")
    confine(allowed)
    os.execv(words[1], list(words[1:]))


def calls(filters: Sequence[str]) -> set[str]:
    """The system calls that are left by ``SystemCallFilter=`` lines, the first of which is a list of what is allowed."""
    allowed = members("@default")  # systemd adds it to each such list
    for each in filters:
        named = set[str]().union(*(members(name) for name in each.removeprefix("~").split()))
        allowed = allowed - named if each.startswith("~") else allowed | named
    return allowed


def members(name: str) -> set[str]:
    """The system calls of a group, and of the groups in it."""
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    listed = (line.strip() for line in told.stdout.splitlines()[1:])
    return set[str]().union(*(members(line) for line in listed if line and not line.startswith("#")))


def confine(allowed: set[str]) -> None:
    """Let this process, and what it becomes, make these calls only."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(library.seccomp_init(REFUSE))
    for name in sorted(allowed):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # others are of other machines
            assert library.seccomp_rule_add_array(rules, ALLOW, number, 0, None) == 0
    assert library.seccomp_load(rules) == 0


if __name__ == "__main__":
    main(sys.argv[1:])
