"""Writes a table as Parquet by DuckDB: typed columns with nested lists, instants in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from solidot_spider.export.description.reader_schemas import duckdb_columns
from solidot_spider.export.errors import missing_extra
from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import BEIJING_TEXT, Column, Kind
from solidot_spider.export.forms.pipes import Pipes
from solidot_spider.export.forms.table import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW_GROUP = 2048
"""Rows of a group, which are in memory at once: about five megabytes of stories."""

MEMORY = "512MB"


def write(table: Table, file: IO[bytes], beside: Path) -> None:
    """Write a table into a file.

    Args:
        table: the table.
        file: the file.
        beside: a directory with room for the file and for what DuckDB puts aside.

    Raises:
        ExportError: DuckDB is not installed.
        OSError: DuckDB cannot write its files.
    """
    with TemporaryDirectory(prefix="parquet.", dir=beside) as scratch, connect() as database:
        database.execute("SET temp_directory = ?", [scratch])
        made = Path(scratch, "rows.parquet")
        with Pipes() as pipes:
            statement = _statement(pipes.paths, made, table.columns)
            pipes.feed(table.rows, lambda: database.execute(statement))
        with made.open("rb") as done:
            copyfileobj(done, file, 1 << 20)


def parquet_columns(of: Iterable[Column]) -> tuple[Column, ...]:
    """The columns of a table in Parquet: ``published_at`` is there as text as well, right behind the instant."""
    made: list[Column] = []
    for column in of:
        made.append(column)
        if column.name == columns.PUBLISHED_AT:
            made.append(Column(BEIJING_TEXT, Kind.TEXT, nullable=False))
    return tuple(made)


def connect() -> DuckDBPyConnection:
    """A DuckDB in memory that asks nothing of the network.

    One thread: with more, the rows of a group, and so the bytes, depend on chance.

    Raises:
        ExportError: DuckDB is not installed.
    """
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_extra("DuckDB, which writes Parquet,", "parquet") from error
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": "false",
    }
    database = duckdb.connect(":memory:", config=settings)
    database.execute("SET enable_progress_bar = false")  # it goes to standard output, whatever that is
    return database


def _statement(paths: Iterable[str], made: Path, of: tuple[Column, ...]) -> str:
    types = {**duckdb_columns(of), **({columns.PUBLISHED_AT: "VARCHAR"} if _has_published_at(of) else {})}
    selected = ", ".join(_selected(each) for each in of)
    read = ", ".join(f"{_quoted(name)}: {_quoted(kind)}" for name, kind in types.items())
    return (
        f"COPY (SELECT {selected} FROM read_json([{', '.join(map(_quoted, paths))}], format='newline_delimited', "  # noqa: S608
        f"columns={{{read}}})) TO {_quoted(str(made))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )


def _has_published_at(of: Iterable[Column]) -> bool:
    return any(each.name == columns.PUBLISHED_AT for each in of)


def _selected(column: Column) -> str:
    if column.name == columns.PUBLISHED_AT:
        return f"{column.name}::TIMESTAMPTZ AS {column.name}, {column.name} AS {BEIJING_TEXT}"
    return _name(column.name)


def _name(name: str) -> str:
    return f'"{name}"'


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
