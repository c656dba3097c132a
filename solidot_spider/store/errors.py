"""The store's errors, and the sentences for a person that errors of the database and of its files become."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

_HINTS = {
    "disk is full": "make room, then run it again: it goes on where it was",
    "disk I/O error": "see whether the disk is full or failing, then run it again: it goes on where it was",
    "readonly database": "it cannot be written here; see who owns it and how the disk is mounted",
    "unable to open database file": "see that the directory is there and can be written",
    "not a database": "move it away, or name another directory by SOLIDOT_DATA_DIR",
    "malformed": "the file is damaged; bring back a copy, or move it away and crawl again",
    "locked": "another program writes to it and does not end",
    "lock timeout": "another program has locked a table of it and does not end",
}
_BUSY_SIGNS = ("is locked", "lock timeout")


class StoreError(RuntimeError):
    """The store cannot be opened, read or written; the message says where, why, and what to do."""


class UnfitError(StoreError):
    """A value fits no column, or breaks a rule of its table: the store itself is well."""


class BusyError(StoreError):
    """Another program's transaction holds the store; nothing was written."""


class NoStoreError(StoreError):
    """There is no store, and none was to be made."""


class ForeignError(StoreError):
    """A database is another program's; ``why`` says by what that is seen."""

    def __init__(self, where: str, table: str) -> None:
        self.why = f"this database is another program's: it has the table {table}"
        super().__init__(f"{where}: {self.why}; name another by SOLIDOT_DATA_DIR or SOLIDOT_DATABASE_URL")


@contextmanager
def database_errors(where: str) -> Iterator[None]:
    """Turn each error of the database inside the block into a ``StoreError`` of one sentence."""
    try:
        yield
    except (DataError, IntegrityError) as error:
        raise UnfitError(f"{where}: {_sentence(str(error.orig or error))}") from error
    except DBAPIError as error:
        sentence = _sentence(str(error.orig or error))
        kind = BusyError if any(sign in sentence for sign in _BUSY_SIGNS) else StoreError
        raise kind(f"{where}: {sentence}") from error
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(f"{where}: {_sentence(str(error))}") from error


@contextmanager
def store_errors(where: str) -> Iterator[None]:
    """Turn errors of the database and of its files inside the block into a ``StoreError`` of one sentence."""
    try:
        with database_errors(where):
            yield
    except OSError as error:
        raise StoreError(f"{error.filename or where}: {error.strerror or error}") from error


def no_store(where: str) -> NoStoreError:
    """The error for a database that has no store yet, and must not be made into one."""
    return NoStoreError(f"{where}: there is no store here yet; `solidot crawl` makes one")


def _sentence(message: str) -> str:
    line = message.strip().partition("\n")[0]
    hint = next((hint for words, hint in _HINTS.items() if words in line), "")
    return f"{line}; {hint}" if hint else line
