"""The store that a copy is made into: which one is meant, whether it may be, and that it is no whole one meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from solidot_spider.base.options import Options
from solidot_spider.store import database, migrations, schema, sites
from solidot_spider.store.errors import store_errors
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.store import Store

POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
SQLITE = "sqlite:///"


class CopyError(ValueError):
    """A copy that is not made; the message says why, and what to do."""


@contextmanager
def opened(address: str, chosen: Options) -> Iterator[Store]:
    """The store that an address names, made if there is none, also one that a killed copy has left.

    Args:
        address: ``postgresql://…``; or a directory, a file that ends with ``.db``, or ``sqlite:///`` with one of them.
        chosen: the program's options.

    Raises:
        CopyError: the address names no database.
        StoreError: it cannot be opened, or is another program's.
    """
    engine, where = _connected(address)
    try:
        migrations.migrate(engine, where, create=True, may_be_unfinished=True)
        yield Store(engine, where, None, chosen.lock_timeout)
    finally:
        engine.dispose()


@contextmanager
def held(target: Store, name: str) -> Iterator[None]:
    """Hold the target's lock inside a ``with`` block; the copy holds the source's under the same name.

    Raises:
        CopyError: the target is the source.
        LockedError: another run holds it.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(target.hold(name))
        except LockedError as error:
            if name in str(error):
                raise CopyError(f"{target.where}: the store itself; name another target") from None
            raise
        yield


def check(source: Connection, target: Connection, where: tuple[str, str]) -> None:
    """See that the target is empty, or an earlier copy of the source.

    Args:
        source: a transaction of the source.
        target: one of the target.
        where: the names of both for a person.

    Raises:
        CopyError: it is another store, or has gone on by itself.
    """
    own, other = sites.owner(source), sites.owner(target)
    if other is not None and other != own:
        raise CopyError(f"{where[1]}: a store of {other}, and {where[0]} is one of {own}; name another target")
    runs = schema.runs.c
    statement = select(runs.id, runs.name, runs.started_at)
    known = {tuple(row) for row in source.execute(statement)}
    for row in target.execute(statement.order_by(runs.id)):
        if tuple(row) not in known:
            raise CopyError(
                f"{where[1]}: no earlier copy of {where[0]}, which has no run {row.name}; name another target, "
                "or copy the other way"
            )


def _connected(address: str) -> tuple[Engine, str]:
    if address.startswith(POSTGRES):
        return database.connect(Options(database_url=address), create=True)
    path = address.removeprefix(SQLITE)
    if not path or "://" in path:
        raise CopyError(f"--to {address}: no store; give postgresql://user@host/database, a directory, or a file.db")
    file = Path(path) if path.endswith(".db") and not Path(path).is_dir() else Path(path) / "solidot.db"
    with store_errors(str(file)):
        return database.connect_file(file, create=True), str(file)
