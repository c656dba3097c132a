"""The store that a copy is made into: that it may be, and is no whole one meanwhile. And the locks of both."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection, select

from solidot_spider.base.options import Options
from solidot_spider.store import migrations, schema, sites
from solidot_spider.store.copy.address import CopyError, connected
from solidot_spider.store.errors import ForeignError, StoreError
from solidot_spider.store.lock.errors import LockedError
from solidot_spider.store.store import Store

_UNWRITABLE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@contextmanager
def opened(address: str, chosen: Options) -> Iterator[Store]:
    """The store that an address names, made if there is none, also one that a killed copy has left.

    Args:
        address: ``postgresql://…``; or a directory or a file, with ``sqlite:///`` before it or not.
        chosen: the program's options, which name the source.

    Raises:
        CopyError: the address names no database, the source itself, or another program's.
        StoreError: it cannot be opened.
    """
    engine, where = connected(address, chosen)
    try:
        migrations.migrate(engine, where, create=True, is_copy=True)
        yield Store(engine, where, None, chosen.lock_timeout)
    except ForeignError as error:
        raise CopyError(f"{where}: {error.why}; name another target") from error
    finally:
        engine.dispose()


@contextmanager
def held(source: Store, target: Store, name: str) -> Iterator[None]:
    """Hold the locks of both inside a ``with`` block.

    A source that can only be read here, such as a backup on a read-only disk, is read without: what a copy reads is
    the store at one moment anyhow.

    Raises:
        CopyError: the target is the source.
        LockedError: another run holds one of them.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(source.hold(name))
        except StoreError as error:
            cause = error.__cause__
            if not isinstance(cause, OSError) or cause.errno not in _UNWRITABLE:
                raise
        try:
            stack.enter_context(target.hold(name))
        except LockedError as error:
            if name in str(error):
                raise CopyError(f"{target.where}: the store itself, {source.where}; name another target") from None
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
