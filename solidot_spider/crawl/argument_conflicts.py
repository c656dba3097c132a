"""Refuses arguments and options that cannot go together, before anything is made or fetched."""

from __future__ import annotations

from pathlib import Path

from solidot_spider.base.devices import is_file
from solidot_spider.base.options import Options
from solidot_spider.base.sids import ArgumentError
from solidot_spider.crawl.arguments import Arguments


def check_store(spider: str, arguments: Arguments, chosen: Options, *, needs_store: bool) -> None:
    """Refuse a crawl that needs a store and has none.

    Raises:
        ArgumentError: which argument or option to change.
    """
    if needs_store and not chosen.has_store:
        raise ArgumentError(f"{spider} works on a store, and SOLIDOT_DATABASE_URL={chosen.database_url}; unset it")
    if arguments.only and not chosen.has_store:
        raise ArgumentError(f"only={arguments.only} asks the store, and there is none; give sids= alone")


def check_whole_answer(arguments: Arguments) -> None:
    """Refuse ``-o`` and ``-O`` for a part of the ids.

    Raises:
        ArgumentError: what to do instead.
    """
    if arguments.only:
        raise ArgumentError(
            f"only={arguments.only} is a part, -o and -O are for a whole answer; `solidot export FILE` makes one"
        )


def report_path(name: str) -> Path | None:
    """Where the report is written; None if no name is given.

    Raises:
        ArgumentError: what is wrong with the path.
    """
    if not name:
        return None
    try:
        is_file(Path(name))
    except IsADirectoryError as error:
        raise ArgumentError(f"--report {name}: a directory; name a file") from error
    except OSError as error:
        raise ArgumentError(f"--report {name}: {error.strerror}; name another file") from error
    if not (directory := Path(name).parent).is_dir():
        raise ArgumentError(f"--report {name}: there is no directory {directory}; make it first")
    return Path(name)
