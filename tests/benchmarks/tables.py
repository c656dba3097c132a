"""The tables that benchmarks make, as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_ALONE = ("processor", "cores", "memory")
"""What a value says without its name."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of one benchmark, all of it from one run.

    Attributes:
        name: what a page's marker calls it.
        title: what was measured, in a sentence.
        header: the names of the columns; that of the first is often empty.
        rows: a row a side, as shown.
    """

    name: str
    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """The table with its title above it."""
        lines = [self.header, ("---",) * len(self.header), *self.rows]
        return f"{self.title}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


@dataclass(frozen=True, slots=True)
class Results:
    """What one state of the code gave on one machine, on one day.

    Attributes:
        program: the program's version and the commit of the code.
        date: the day, ISO 8601.
        machine: processor, number of cores, memory, system, and the versions of what was measured with.
        tables: the tables.
    """

    program: str
    date: str
    machine: dict[str, str]
    tables: list[Table]

    def sentence(self) -> str:
        """Where and when the tables were made."""
        told = ", ".join(value if name in _ALONE else f"{name} {value}" for name, value in self.machine.items())
        return f"Measured on {self.date} with {self.program}: {told}."

    def written(self, file: Path) -> None:
        """Write them as JSON."""
        file.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Results:
        """Those of a JSON file."""
        raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        tables = [
            Table(each["name"], each["title"], tuple(each["header"]), [tuple(row) for row in each["rows"]])
            for each in raw.pop("tables")
        ]
        return cls(**raw, tables=tables)
