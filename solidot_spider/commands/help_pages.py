"""``solidot help``: prints a page of this program's own, or what a verb says of itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from solidot_spider.base import spelling
from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import OK, USAGE
from solidot_spider.commands import output, parser
from solidot_spider.commands.known import Known
from solidot_spider.commands.verb import PROGRAM, Verb

PAGES = Path(__file__).parents[1] / "docs"


def topics() -> dict[str, Path]:
    """The pages by name."""
    return {path.stem: path for path in sorted(PAGES.glob("*.md"))}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the verb's options."""
    parser.add_argument("topic", nargs="?", choices=Known(topics()), help="a page, or a verb; none lists the pages")


def run(arguments: argparse.Namespace) -> int:
    """Print the page; the exit status."""
    pages, topic = topics(), arguments.topic
    verbs: dict[str, Verb] = arguments.verbs
    if topic is None:
        rows = [(name, _title(path)) for name, path in pages.items()]
        return output.lines(["pages, for `solidot help TOPIC`:", parser.table(rows)])
    if topic in pages:
        return output.lines(pages[topic].read_text(encoding="utf-8").splitlines())
    if topic in verbs:
        parser.of(verbs[topic]).print_help()
        return OK
    known = [*pages, *verbs]
    hint = spelling.question(topic, known, "solidot help ")
    return refuse(f"there is no page on {topic}; there is {', '.join(pages)}, and each verb{hint}", USAGE)


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()


VERB = Verb(
    "help",
    "print a page: what a record holds, recipes, and so on",
    "Prints a page of this program's own as Markdown, or what a verb says of itself.",
    "solidot help recipes | less",
    declare,
    run,
    PROGRAM,
)
