"""Describes the databases of a dataset to Datasette: what tables and columns mean, facets, and ready-made queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from solidot_spider.base import site
from solidot_spider.export.description.descriptions import FIELDS
from solidot_spider.export.forms import sqlite
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.forms.search_words import SEARCH
from solidot_spider.export.revisions import DESCRIPTIONS, REVISIONS

METADATA = "metadata.json"
"""What ``datasette --metadata`` takes."""

TITLE = "Solidot (奇客)"
LICENCE = "Texts © solidot.org and their authors"

_KEY = {"sid": "The story that it belongs to.", "position": "Its place in the story, from 1 on."}
_FACETS = {
    "stories": ("editor_name",),
    "topics": ("name",),
    "links": ("host", "form", "placement"),
    "labels": ("label",),
}
_VIEWS = {
    sqlite.BY_DAY: {"description": "How many stories each day in Beijing has.", "sort_desc": "day"},
    sqlite.BY_HOST: {"description": "How many links go to a host, and from how many stories.", "sort_desc": "stories"},
}
_QUERIES = {
    "search": (
        {"title", "body"},
        "Stories that have all these words; a Chinese one may have any number of characters.",
        SEARCH,
    ),
    "hosts_by_year": (
        {"published_at", "source_links"},
        "The hosts that the stories of a year link to.",
        """\
SELECT host, count(DISTINCT sid) AS stories, count(*) AS links FROM links JOIN stories USING (sid)
WHERE published_at BETWEEN :year AND :year || '-99' GROUP BY host ORDER BY stories DESC, host LIMIT 100""",
    ),
}


def files(databases: Mapping[str, Iterable[Column]], *, has_revisions: bool = False) -> dict[str, bytes]:
    """The file of a dataset that describes its databases, by its path; none if there are none.

    Args:
        databases: the columns of the stories of each database; its name is that of its file without suffix.
        has_revisions: whether they have a table of edits.
    """
    if not databases:
        return {}
    described = {
        "title": TITLE,
        "license": LICENCE,
        "source": site.DOMAIN,
        "source_url": site.CANONICAL,
        "databases": {name: _database(tuple(of), has_revisions=has_revisions) for name, of in databases.items()},
    }
    return {METADATA: msgspec.json.format(msgspec.json.encode(described), indent=2) + b"\n"}


def _database(of: tuple[Column, ...], *, has_revisions: bool) -> dict[str, Any]:
    names = {each.name for each in of}
    tables = {"stories": _stories(of)}
    tables |= {sqlite.LISTS[each.name]: _list(each) for each in of if each.kind is Kind.LIST}
    tables |= {name: _VIEWS[name] for name in sqlite.views(of)}
    if has_revisions:
        tables[REVISIONS] = {"description": "A row is a field that an edit changed.", "columns": dict(DESCRIPTIONS)}
    queries = {
        name: {"description": description, "sql": sql}
        for name, (needed, description, sql) in _QUERIES.items()
        if needed <= names
    }
    return {"tables": tables, **({"queries": queries} if queries else {})}


def _stories(of: tuple[Column, ...]) -> dict[str, Any]:
    described: dict[str, str] = {}
    for each in of:
        if each.kind is Kind.STRUCT:
            described |= {f"{each.name}_{inner.name}": FIELDS[f"{each.name}.{inner.name}"] for inner in each.inner}
        elif each.kind is not Kind.LIST:
            described[each.name] = FIELDS[each.name]
    label = {"label_column": "title"} if "title" in described else {}
    return {"description": "A row is a story.", "sort_desc": "sid", **label, **_columns("stories", described)}


def _list(column: Column) -> dict[str, Any]:
    inner = sqlite.element(column)
    described = {each.name: FIELDS.get(f"{column.name}.{each.name}", FIELDS[column.name]) for each in inner}
    return {"description": FIELDS[column.name], **_columns(sqlite.LISTS[column.name], {**_KEY, **described})}


def _columns(table: str, described: dict[str, str]) -> dict[str, Any]:
    facets = [each for each in _FACETS.get(table, ()) if each in described]
    return {"columns": described, **({"facets": facets} if facets else {})}
