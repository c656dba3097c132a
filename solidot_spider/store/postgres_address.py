"""Reads the address of a PostgreSQL database, and names it for a person without its secrets."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

SHOWN = frozenset({"host", "hostaddr", "port", "user", "dbname", "service"})
"""Names in the query of an address that say which database it is; others may be secrets, and are left out."""


def parsed(address: str) -> URL:
    """The parts of an address.

    Raises:
        ValueError: it cannot be read; the message holds nothing of it.
    """
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or ""):
        raise ValueError(
            "it cannot be read; give postgresql://user:password@host:port/database, "
            "with %40 for @, %3A for : and %2F for / in the password"
        )
    return url


def named(url: URL) -> str:
    """The database for a person: where it is, and who opens it."""
    query = {name: value for name, value in url.query.items() if name in SHOWN}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=True)
