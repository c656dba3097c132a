"""Programs that stand beside this Python, run by the lines of documents."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import pytest

PATIENCE = 60


def program(line: str) -> list[str]:
    """A line of a shell, its program that of this Python; the test is skipped without it."""
    name, *words = shlex.split(line)
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed beside this Python")
    return [found, *words]
