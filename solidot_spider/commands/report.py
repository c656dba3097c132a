"""``solidot report``: writes one page of HTML that shows what the store holds."""

from __future__ import annotations

import argparse
import signal
from pathlib import Path

from solidot_spider.base.console import Console, refuse
from solidot_spider.base.outcome import CANNOT_WRITE, OK, TROUBLE, USAGE
from solidot_spider.commands.verb import LOOK, Verb, add_settings, store_options


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("out", type=Path, metavar="OUT.html", help="the file to make or to replace")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Make the report; the exit status."""
    from solidot_spider.export.errors import ExportError
    from solidot_spider.report import report
    from solidot_spider.store.errors import StoreError
    from solidot_spider.store.store import Store

    out: Path = arguments.out
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Store.opened(store_options(arguments)) as store:
            stories = report.write(store, out)
    except ExportError as error:
        return refuse(str(error), USAGE)
    except StoreError as error:
        return refuse(str(error), CANNOT_WRITE)
    except OSError as error:
        return refuse(f"{out}: {error.strerror or error}", CANNOT_WRITE)
    except KeyboardInterrupt:
        return refuse(f"interrupted; {out} is as it was", TROUBLE)
    Console().print(f"{out}: {stories:,} stories; open it in a browser")
    return OK


VERB = Verb(
    "report",
    "make one page of HTML that shows what the store holds",
    "Makes a page that needs nothing else: days, ids, topics, sources, runs, edits, and a search for titles. Needs "
    "pip install 'solidot_spider[report]'.",
    "solidot report solidot.html",
    declare,
    run,
    LOOK,
)
