"""Reads ``--to``: which database a copy is made into."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from solidot_spider.base.options import Options
from solidot_spider.store import database, postgres_address
from solidot_spider.store.errors import store_errors

POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
SQLITE = "sqlite:///"
FILES = frozenset({".db", ".sqlite", ".sqlite3"})
"""Suffixes of what is to be a file where nothing is yet; any other name becomes a directory, as of a store."""

_BEGINNING = b"SQLite format 3\0"


class CopyError(ValueError):
    """A copy that is not made; the message says why, and what to do."""


def connected(address: str, chosen: Options) -> tuple[Engine, str]:
    """The engine of the database that an address names, and the database's name for a person.

    Args:
        address: ``postgresql://…``; or a directory or a file, with ``sqlite:///`` before it or not.
        chosen: the program's options, which name the source.

    Raises:
        CopyError: it names no database, or the source itself.
        StoreError: it cannot be looked at, or made.
    """
    if address.startswith(POSTGRES):
        try:
            postgres_address.parsed(address)
        except ValueError as error:
            raise CopyError(f"--to: {error}") from error
        return database.connect(Options(database_url=address), create=True)
    path = address.removeprefix(SQLITE)
    if "://" in path or path in {"", ":memory:"}:
        scheme, mark, _ = path.partition("://")  # the rest may hold a password
        shown = f"{scheme}://…" if mark else repr(path)
        raise CopyError(f"--to {shown}: no store; give postgresql://user@host/database, a directory, or a file.db")
    with store_errors(path):
        file = _file(Path(path))
        if not chosen.database_url:
            _check_other(file, chosen.data_dir / "solidot.db")
        _check_database(file)
        return database.connect_file(file, create=True), str(file)


def _file(path: Path) -> Path:
    """The file of a store at a path."""
    is_file = path.exists() or path.suffix in FILES
    return path if is_file and not path.is_dir() else path / "solidot.db"


def _check_other(file: Path, source: Path) -> None:
    """See that a file is not the source by another name: by a second name SQLite would take a second log.

    Raises:
        CopyError: it is.
    """
    if file.exists() and source.exists() and file.samefile(source):
        raise CopyError(f"{file}: the store itself, {source}; name another target")


def _check_database(path: Path) -> None:
    """See that there is a database, or nothing.

    Raises:
        CopyError: there is something else.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise CopyError(f"{path}: no file; name a directory, or a file.db")
    with path.open("rb") as file:
        begins = file.read(len(_BEGINNING))
    if begins not in {b"", _BEGINNING}:
        raise CopyError(f"{path}: another program's file, no database of SQLite's; name another target")
