"""What an export takes: time beside a bare loop, Parquet beside DuckDB alone, bytes a story, and the most memory.

Times are of the work alone, by turns in one process: the least of all rounds, and the median of what each round's are
to those of the side compared with. Memory is that of whole commands, for a tenth of the stories and for all.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from solidot_spider.base.options import Options
from solidot_spider.export import dataset
from solidot_spider.export.description import reader_schemas
from solidot_spider.export.forms import columns, parquet
from tests.benchmarks import by_turns
from tests.benchmarks.scale import Scale
from tests.benchmarks.store import filled
from tests.benchmarks.tables import Table
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


def times(data: Path, out: Path, scale: Scale) -> Table:
    """JSON Lines beside a bare loop, and Parquet beside DuckDB."""
    chosen, lines = Options(data_dir=data), out / "stories.jsonl"
    sides: dict[str, Callable[[], object]] = {
        "a bare loop that copies the lines": lambda: bare(data, out / "bare.jsonl"),
        "JSON Lines": lambda: dataset.export(chosen, lines),
        "DuckDB alone, from JSON Lines": lambda: duckdb(lines, out / "duckdb.parquet"),
        "Parquet": lambda: dataset.export(chosen, out / "stories.parquet"),
    }
    taken = list(by_turns.seconds(sides, scale.rounds).items())
    rows: list[tuple[str, ...]] = []
    for (name, base), (other, compared) in zip(taken[::2], taken[1::2], strict=True):
        rows += [
            (name, f"{min(base):.2f}", "1"),
            (other, f"{min(compared):.2f}", f"{by_turns.ratio(compared, base):.2f}"),
        ]
    title = f"An export of {scale.stories:,} made-up stories: the least and the median ratio of {scale.rounds} rounds."
    return Table("export", title, ("", "s", "beside the line above"), rows)


def forms(few: Path, many: Path, out: Path, scale: Scale) -> Table:
    """Bytes and memory of each form."""
    rows = []
    for name in NAMES:
        peaks = [
            measured("http://127.0.0.1:9", data, "export", "--force", str(out / name), patience=3600)[1] / 1024
            for data in (few, many)
        ]
        size = sum(each.stat().st_size for each in [out / name, *(out / name).rglob("*")] if each.is_file())
        rows.append(
            (
                f"`{name}`",
                f"{size / scale.stories:,.0f}",
                f"{peaks[0]:.0f}",
                f"{peaks[1]:.0f}",
                f"{peaks[1] / peaks[0]:.2f}",
            )
        )
    title = f"Bytes a story by form, and the most memory of an export of {scale.stories // 10:,} and of {scale.stories:,} stories."
    return Table("forms", title, ("", "bytes a story", "MiB, a tenth", "MiB, all", "ratio"), rows)


def tables(scale: Scale) -> list[Table]:
    """Time, bytes and memory."""
    with tempfile.TemporaryDirectory() as scratch:
        few, many, out = Path(scratch, "few", "data"), Path(scratch, "many", "data"), Path(scratch, "out")
        out.mkdir()
        filled(few, scale.stories // 10)
        filled(many, scale.stories)
        return [times(many, out, scale), forms(few, many, out, scale)]
