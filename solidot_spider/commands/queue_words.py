"""What the verbs of the queue have in common: what they need, and how its absence is told."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from solidot_spider.base import options
from solidot_spider.base.console import refuse
from solidot_spider.base.options import NO_STORE, OptionError, Options
from solidot_spider.base.outcome import CANNOT_WRITE, USAGE
from solidot_spider.commands import places

if TYPE_CHECKING:
    from sqlalchemy import Engine

Checked = TypeVar("Checked")
Settings = dict[str, str]
"""Those of ``-s``."""


def add_setting(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Add ``-s NAME=VALUE``."""
    parser.add_argument("-s", "--set", dest="settings", action="append", default=[], metavar="NAME=VALUE", help=meaning)


def run(
    arguments: argparse.Namespace,
    check: Callable[[Settings], Checked],
    work: Callable[[Options, Engine, Settings, Checked], int],
) -> int:
    """Do a verb's work where all that the queue needs is there; the exit status.

    Args:
        arguments: the verb's, with those of ``add_setting``.
        check: checks the rest of them, before the database is opened, and makes of them what the work needs.
        work: does it.
    """
    if find_spec("procrastinate") is None:
        return refuse("the queue needs an extra: pip install 'solidot_spider[queue]'", USAGE)
    if why := places.problem():
        return refuse(why, USAGE)
    from solidot_spider.base.sids import ArgumentError
    from solidot_spider.queue import tables
    from solidot_spider.store import database, sites
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.store import Store

    try:
        settings = _settings(arguments.settings)
        chosen = _options(settings)
        checked = check(settings)
        with Store.opened(chosen, create=True) as store:  # brings it forward, too
            sites.known(store, chosen.site_url, chosen.mirror_of)
            engine, where = database.connect(chosen, create=True)
        try:
            tables.prepare(engine, where)
            return work(chosen, engine, settings, checked)
        finally:
            engine.dispose()
    except (OptionError, ArgumentError) as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)


def _settings(given: list[str]) -> Settings:
    for each in given:
        if each[:1] == "=" or "=" not in each:
            raise OptionError(f"-s {each}: no NAME=VALUE")
    return {name: value for name, _, value in (each.partition("=") for each in given)}


def _options(settings: Settings) -> Options:
    chosen = options.load({**os.environ, **settings})
    if chosen.database_url in ("", NO_STORE):
        raise OptionError(
            "the queue is in PostgreSQL, beside the store; give SOLIDOT_DATABASE_URL=postgresql://user@host/database"
        )
    return chosen
