"""The request log: JSON Lines, each written whole before its request is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self


class Journal:
    """Appends entries to a file, one a line."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8", buffering=1)

    def __call__(self, entry: dict[str, Any]) -> None:
        """Write one entry."""
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def entries(file: Path) -> list[dict[str, Any]]:
    """The entries in a file, without a line that is being written."""
    lines = file.read_text(encoding="utf-8").split("\n") if file.exists() else []
    return [json.loads(line) for line in lines[:-1]]
