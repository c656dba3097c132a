"""The site that a store belongs to: written when the store is made, and no other one may fill it."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from solidot_spider.base import site
from solidot_spider.base.options import OptionError
from solidot_spider.store import database, schema
from solidot_spider.store.store import Store


def owner(connection: Connection) -> str | None:
    """The site that the store belongs to; None before its first run."""
    sites = schema.sites.c
    return connection.execute(select(sites.url).where(sites.is_mirror == 0)).scalar()


def is_of(store: Store, asked: str) -> bool:
    """Whether a store may hold stories of a site: it belongs to that one, or to none yet.

    Raises:
        StoreError: the store cannot be read.
    """
    with store.reading() as connection:
        return owner(connection) is None or _is_known(connection, site.identity(asked), "")


def known(store: Store, asked: str, mirror_of: str = "") -> frozenset[str]:
    """The sites whose pages a store may hold, as ``site.identity`` names them.

    Args:
        store: the store.
        asked: the base of a site that it may hold pages of.
        mirror_of: the site that it is a mirror of; '' if it is none, or a known one.

    Raises:
        OptionError: the store belongs to another site; the message names both.
        StoreError: the store cannot be read.
    """
    address, original = site.identity(asked), site.identity(mirror_of or asked)
    with store.reading() as connection:
        own = owner(connection)
        if own not in (None, original) and not _is_known(connection, address, mirror_of and original):
            raise OptionError(_refusal(store.where, own or "", address, original))
        return frozenset(connection.execute(select(schema.sites.c.url)).scalars()) | {address, original}


def claim(store: Store, asked: str, mirror_of: str = "") -> None:
    """See that the store belongs to the site that a run asks; a new store belongs to it from now on.

    Args:
        store: the store.
        asked: the base of the site that is asked.
        mirror_of: the site that it is a mirror of; the store remembers that. '' if it is none, or a known one.

    Raises:
        OptionError: the store belongs to another site; the message names both.
        StoreError: the store cannot be read or written.
    """
    address, original = site.identity(asked), site.identity(mirror_of or asked)
    with store.reading() as connection:
        if _is_known(connection, address, mirror_of and original):
            return
    with store.writing() as connection:
        own = owner(connection)
        if own is None:
            own = original
            connection.execute(insert(schema.sites), {"url": own, "is_mirror": 0})
        if _is_known(connection, address, mirror_of and original):
            return
        if original != own:
            raise OptionError(_refusal(store.where, own, address, original))
        statement = database.upsert(connection.dialect.name, schema.sites)
        connection.execute(statement, {"url": address, "is_mirror": 1})


def _is_known(connection: Connection, address: str, mirror_of: str) -> bool:
    sites = schema.sites.c
    is_known = connection.execute(select(sites.url).where(sites.url == address)).first() is not None
    return is_known and mirror_of in ("", owner(connection))


def _refusal(where: str, own: str, address: str, original: str) -> str:
    asked = address if address == original else f"{address}, a mirror of {original}"
    return (
        f"{where}: this store belongs to {own}, and the run would ask {asked}; name another directory by "
        f"SOLIDOT_DATA_DIR, or, if {address} is a mirror of that site, say so once by SOLIDOT_MIRROR_OF={own}"
    )
