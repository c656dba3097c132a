"""Writes the card of a dataset: what it holds, what is missing, how far it can be trusted, and how it is cited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from solidot_spider.export.description import citation, hub, resources, yaml_text
from solidot_spider.export.description.facts import DELTA, GAPS, MISSING, ORIGINS, PARSER_VERSIONS, SELECTION, SITE
from solidot_spider.export.description.resources import Part
from solidot_spider.export.revisions import REVISIONS

CARD = "README.md"

_TITLES = {"stories": "Stories", "comments": "Comments", REVISIONS: "Edits"}
_KEPT = ("fields", "with")
"""Parts of a selection that leave no story out."""

_LOAD = '`datasets.load_dataset("DIRECTORY")` loads the stories with their types. The configs are {}.'
_EDITS = {
    True: """\
The table `revisions` has what edits changed: the story, the time at which the edit was seen, the field, and its old
value. Authors correct themselves in public; the older wording is no more theirs.""",
    False: """\
Edits that were seen between two fetches are not in this dataset; `solidot export --with revisions` adds them as a
table.""",
}


def card(directory: Path, parts: Sequence[Part], described: Mapping[str, Any]) -> str:
    """The card, with its front matter.

    Args:
        directory: the dataset, with all its parts.
        parts: the parts.
        described: the descriptor, without its resources.

    Raises:
        OSError: a part cannot be read.
    """
    front = hub.front_matter(directory, parts)
    template = Template(files("solidot_spider.export.description").joinpath("card.md").read_text(encoding="utf-8"))
    configs = ", ".join(f"`{each['config_name']}`" for each in front.get("configs", ()))
    text = template.substitute(
        title=described["title"],
        description=described["description"],
        files=_table(("file", "rows"), ((f"`{each.path}`", f"{each.rows:,} {each.table}") for each in parts)),
        load=_LOAD.format(configs) if configs else "",
        coverage=_table(("", ""), _coverage(described)),
        missing=_list(_missing(described)),
        filled=_table(
            ("field", "filled"), ((f"`{name}`", f"{share:.2%}") for name, share in described["filled"].items())
        ),
        edits=_EDITS[REVISIONS in described["counts"]],
        citation=citation.sentence(described),
        fields="\n\n".join(_fields(parts)),
    )
    return f"---\n{yaml_text.text(front)}---\n\n{text}"


def _coverage(described: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    counts = described["counts"]
    for name in ("stories", "comments", "withdrawn", REVISIONS):
        if name in counts:
            yield name, f"{counts[name]:,}"
    for name, words in (("sids", "ids"), ("published_at", "published"), ("fetched_at", "fetched")):
        if described.get(name):
            yield words, " to ".join(map(str, described[name]))
    for year, stories in counts.get("by_year", {}).items():
        yield f"stories of {year}", f"{stories:,}"
    if described.get(SITE):
        yield "site", described[SITE]
    if described.get(PARSER_VERSIONS):
        yield "parser versions", ", ".join(described[PARSER_VERSIONS])
    if described.get(ORIGINS):
        yield "origins", ", ".join(f"{count:,} {name}" for name, count in described[ORIGINS].items())


def _missing(described: Mapping[str, Any]) -> Iterator[str]:
    if DELTA in described:
        yield (
            "This is a delta: it holds the stories that have changed. `solidot export NEW --apply DELTA --to OLD` "
            "makes a whole dataset of it."
        )
    chosen = {name: each for name, each in described.get(SELECTION, {}).items() if name not in _KEPT}
    if chosen:
        yield f"Not all stories were selected: {', '.join(f'{name} {each}' for name, each in chosen.items())}."
    if MISSING in described:
        yield (
            f"{described[MISSING]['count']:,} ids between the first and the last story are no stories: the site was "
            f"asked and had none. `datapackage.json` lists them as `{MISSING}`."
        )
    if GAPS in described:
        yield (
            f"{described[GAPS]['count']:,} ids there are gaps: they were not asked, or nothing certain came. "
            f"`datapackage.json` lists them as `{GAPS}`."
        )
    withdrawn = described["counts"].get("withdrawn")
    if withdrawn is not None:
        yield f"{withdrawn:,} stories of the dataset are withdrawn; `datapackage.json` lists them as `withdrawn`."


def _fields(parts: Sequence[Part]) -> Iterator[str]:
    """A table of fields for each table of the dataset."""
    found = hub.tables(parts) or {each.table: [each] for each in parts[:1]}
    for table, (first, *_) in found.items():
        rows = ((f"`{each['name']}`", each["type"], each.get("description", "")) for each in resources.fields(first))
        yield f"### {_TITLES.get(table, table)}\n\n{_table(('field', 'type', 'meaning'), rows)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {each}" for each in lines)
