"""The program's own options: ``SOLIDOT_*``, from the environment or Scrapy's ``-s``, checked in one place."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solidot_spider import __version__
from solidot_spider.base import clock, site

NAMES = (
    "SOLIDOT_SITE_URL",
    "SOLIDOT_DATA_DIR",
    "SOLIDOT_DATABASE_URL",
    "SOLIDOT_KEEP_FEEDS",
    "SOLIDOT_CONTACT",
    "SOLIDOT_BACKOFF",
    "SOLIDOT_PATIENCE",
    "SOLIDOT_LOG",
    "SOLIDOT_REVISIT",
)
"""The options there are; the table in README tells what each means."""

REVISIT = "1:0,7:1,62:7"
"""Days of age and days between two looks: younger than a day at each run, than a week daily, than 62 days weekly."""

LOGS = ("text", "json")
MOST = 100_000
NO_STORE = "none"

_SITE_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?/?")
_DATABASE_URL = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://\S+")
_CONTACT = re.compile(r"[\x21-\x7e]{3,200}")


class OptionError(ValueError):
    """An option holds a value that cannot be used; the message names both and what is allowed."""


@dataclass(frozen=True, slots=True)
class Options:
    """The checked options.

    Attributes:
        site_url: where requests go, without a slash at its end.
        data_dir: where runs leave their files.
        database_url: a PostgreSQL database; '' for SQLite in ``data_dir``, ``none`` for no store.
        keep_feeds: how many of the runs' own feeds are kept beside a store.
        contact: a URL or address for the User-Agent; '' for none.
        backoff: seconds before the first retry; each further one waits twice as long.
        patience: minutes that the site may not answer before the run gives up.
        log: the form of the log's lines, ``text`` or ``json``.
        revisit: pairs of days, ascending: stories younger than the first are looked at again after the second.
    """

    site_url: str = site.CANONICAL
    data_dir: Path = Path("data")
    database_url: str = ""
    keep_feeds: int = 50
    contact: str = ""
    backoff: float = 2.0
    patience: float = 10.0
    log: str = "text"
    revisit: tuple[tuple[float, float], ...] = ((1, 0), (7, 1), (62, 7))

    @property
    def user_agent(self) -> str:
        """The honest User-Agent: what this is, which version, and whom to write to."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"Mozilla/5.0 (compatible; solidot_spider/{__version__}{contact})"

    @property
    def has_store(self) -> bool:
        """Whether what a run finds is kept beyond its feed."""
        return self.database_url != NO_STORE

    @property
    def is_live(self) -> bool:
        """Whether requests go to solidot.org itself."""
        return site.is_internal(self.site_url)


def read(get: Mapping[str, Any] | Callable[[str], Any] | None = None) -> Options:
    """The options, from the environment unless another mapping (Scrapy's settings) is given.

    Raises:
        OptionError: a value cannot be used.
    """
    values: Any = os.environ if get is None else get
    try:
        clock.now()
    except clock.ClockError as error:
        raise OptionError(str(error)) from error
    return Options(
        site_url=_site_url(values.get("SOLIDOT_SITE_URL") or site.CANONICAL),
        data_dir=Path(values.get("SOLIDOT_DATA_DIR") or "data"),
        database_url=_database_url(values.get("SOLIDOT_DATABASE_URL") or ""),
        keep_feeds=int(_number("SOLIDOT_KEEP_FEEDS", values.get("SOLIDOT_KEEP_FEEDS"), 50, "files")),
        contact=_contact(values.get("SOLIDOT_CONTACT") or ""),
        backoff=_number("SOLIDOT_BACKOFF", values.get("SOLIDOT_BACKOFF"), 2.0, "seconds"),
        patience=_number("SOLIDOT_PATIENCE", values.get("SOLIDOT_PATIENCE"), 10.0, "minutes"),
        log=_log(values.get("SOLIDOT_LOG") or "text"),
        revisit=_revisit(values.get("SOLIDOT_REVISIT") or REVISIT),
    )


def _site_url(value: str) -> str:
    if not _SITE_URL.fullmatch(value):
        raise OptionError(
            f"SOLIDOT_SITE_URL={value}: not the base of a site; give scheme, host and port only, "
            "such as http://127.0.0.1:8000"
        )
    return value.rstrip("/")


def _database_url(value: str) -> str:
    if value and value != NO_STORE and not _DATABASE_URL.fullmatch(value):
        raise OptionError(
            f"SOLIDOT_DATABASE_URL={value.partition(':')[0]}…: no database that can be used; give "
            f"postgresql://user@host/database, {NO_STORE} for no store, or nothing for SQLite in SOLIDOT_DATA_DIR"
        )
    return value


def _number(name: str, value: Any, default: float, unit: str) -> float:
    if value is None or value == "":
        return default
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:
        raise OptionError(f"{name}={value}: give a number of {unit} from 0 to {MOST:,}")
    return number


def _revisit(value: str) -> tuple[tuple[float, float], ...]:
    try:
        pairs = tuple(
            (float(age), float(every)) for age, _, every in (part.partition(":") for part in value.split(","))
        )
    except ValueError:
        pairs = ()
    ages = [age for age, _ in pairs]
    if not pairs or ages != sorted(set(ages)) or not all(0 <= each <= MOST for pair in pairs for each in pair):
        raise OptionError(
            f"SOLIDOT_REVISIT={value}: not a policy; give pairs of age and distance in days, the ages ascending, "
            f"such as {REVISIT}"
        )
    return pairs


def _log(value: str) -> str:
    if value not in LOGS:
        raise OptionError(f"SOLIDOT_LOG={value}: no form of log lines; there is {', '.join(LOGS)}")
    return value


def _contact(value: str) -> str:
    if value and not _CONTACT.fullmatch(value):
        raise OptionError(f"SOLIDOT_CONTACT={value}: give an address in plain ASCII, such as mailto:you@example.org")
    return value
