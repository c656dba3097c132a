"""What an export takes: time beside a bare loop, Parquet beside DuckDB alone, and the most memory.

``python -m tests.benchmarks.export [--stories 90000] [--rounds 9]``. Times are of the work alone, by turns in one
process: the least of all rounds, and the median of what each round's are to those of the side compared with. Memory is
that of whole commands, for a tenth of the stories and for all.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from solidot_spider.base.options import Options
from solidot_spider.export import columns, dataset, parquet, reader_schemas
from tests.benchmarks import by_turns
from tests.benchmarks.store import filled
from tests.crawling import measured

NAMES = ("stories.jsonl", "stories.jsonl.zst", "stories.csv", "stories.parquet", "stories.db", "stories.md", "dataset")


def bare(data: Path, out: Path) -> None:
    """Copy the lines out of the store."""
    with closing(sqlite3.connect(data / "solidot.db")) as database, out.open("wb") as file:
        for (record,) in database.execute("SELECT record FROM stories ORDER BY sid"):
            file.write(record.encode() + b"\n")


def duckdb(lines: Path, out: Path) -> None:
    """Make Parquet of JSON Lines, with the settings that an export has."""
    types = ", ".join(
        f"'{name}': '{kind}'" for name, kind in reader_schemas.duckdb_columns(columns.of_stories()).items()
    )
    with parquet.connect() as database:
        database.execute(
            f"COPY (SELECT * FROM read_json('{lines}', format='newline_delimited', columns={{{types}}})) TO '{out}' "
            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {parquet.ROW_GROUP})"
        )


def timed(sides: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            began = time.perf_counter()
            side()
            taken[name].append(time.perf_counter() - began)
    return taken


def times(sides: dict[str, Callable[[], object]], rounds: int) -> list[tuple[object, ...]]:
    """The rows of the times: name, seconds, and the ratio to the side before of each second one."""
    taken = list(timed(sides, rounds).items())
    rows: list[tuple[object, ...]] = []
    for (name, base), (other, compared) in zip(taken[::2], taken[1::2], strict=True):
        ratio = median(one / another for one, another in zip(compared, base, strict=True))
        rows += [(name, f"{min(base):.2f}", ""), (other, f"{min(compared):.2f}", f"{ratio:.2f}")]
    return rows


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.export", description=__doc__)
    words.add_argument("--stories", type=int, default=90_000, help="stories of the store (default 90000)")
    words.add_argument("--rounds", type=int, default=9, help="turns of each side (default 9)")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        few, many, out = Path(scratch, "few", "data"), Path(scratch, "many", "data"), Path(scratch, "out")
        out.mkdir()
        filled(few, given.stories // 10)
        filled(many, given.stories)
        chosen, lines = Options(data_dir=many), out / "stories.jsonl"
        sides: dict[str, Callable[[], object]] = {
            "a bare loop": lambda: bare(many, out / "bare.jsonl"),
            "JSON Lines": lambda: dataset.export(chosen, lines),
            "DuckDB, from JSON Lines": lambda: duckdb(lines, out / "duckdb.parquet"),
            "Parquet": lambda: dataset.export(chosen, out / "stories.parquet"),
        }
        print(by_turns.table(("", "s", "ratio"), times(sides, given.rounds)))
        memory = []
        for name in NAMES:
            peaks = [measured("http://127.0.0.1:9", data, "export", str(out / name), patience=3600)[1] / 1024
                     for data in (few, many)]  # fmt: skip
            memory.append((name, f"{peaks[0]:.0f}", f"{peaks[1]:.0f}", f"{peaks[1] / peaks[0]:.2f}"))
        print(
            by_turns.table(("", f"MiB, {given.stories // 10:,} stories", f"{given.stories:,}", "ratio"), list(memory))
        )


if __name__ == "__main__":
    main()
