"""Describes a dataset: its ``datapackage.json`` (Data Package 2), the schemas of its records, its card and citation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from solidot_spider import items
from solidot_spider.base.site import CANONICAL, DOMAIN
from solidot_spider.export import contents, pages_file
from solidot_spider.export.deltas.changes import KINDS, REMOVED
from solidot_spider.export.description import card, citation, datasette, reader_schemas, resources
from solidot_spider.export.description.facts import PARSER_VERSIONS, SITE
from solidot_spider.export.description.profile import Profile
from solidot_spider.export.description.resources import Part
from solidot_spider.export.forms.columns import CHANGE
from solidot_spider.export.outputs import PAGES

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
SCHEMA = "schemas/record.json"
"""The JSON Schema of the records, with the fields that are kept."""

CHECKSUM = "checksum"
"""The descriptor's last key: the SHA-256 of what stands before it."""

_PACKAGE = {
    "$schema": PROFILE,
    "name": "solidot",
    "title": "Solidot (奇客)",
    "description": (
        "Stories of Solidot (奇客), a Chinese site of news about technology and science, one a row: the text, its "
        "topics, and the sources that it links to or names."
    ),
    "homepage": CANONICAL,
    "keywords": ["solidot", "news", "technology", "science", "chinese"],
    "licenses": [{"name": "other-closed", "path": CANONICAL, "title": "© solidot.org and the authors"}],
    "contributors": [
        {"title": DOMAIN, "path": CANONICAL, "roles": ["author"]},
        {"title": contents.PROGRAM["name"], "roles": ["wrangler"]},
    ],
}


def write(directory: Path, parts: Sequence[Part], profile: Profile, about: Mapping[str, Any]) -> None:
    """Write what describes a dataset and its files, the descriptor last.

    Args:
        directory: the dataset, with all its parts.
        parts: the parts.
        profile: what its records hold.
        about: what only the store knows of it.

    Raises:
        OSError: a file cannot be read or written.
    """
    described = _described(profile, about)
    made = [resources.of_part(directory, part) for part in parts]
    indexes = [pages_file.index_of(part.path) for part in parts if part.table == PAGES]
    made += [resources.of_file(directory, each) for each in indexes]
    written = {
        SCHEMA: _json(_schema(profile.fields)),
        **_reader_schemas(parts),
        **_datasette(parts, has_revisions=profile.revisions is not None),
        citation.CITATION: citation.citation(described).encode(),
        card.CARD: card.card(directory, parts, described).encode(),
    }
    for path, data in written.items():
        (directory / path).parent.mkdir(exist_ok=True)
        (directory / path).write_bytes(data)
        made.append(resources.of_file(directory, path))
    (directory / contents.DESCRIPTOR).write_bytes(with_checksum({**described, "resources": made}))


def with_checksum(described: Mapping[str, Any]) -> bytes:
    """The bytes of a descriptor, with its checksum."""
    bare = {name: value for name, value in described.items() if name != CHECKSUM}
    return _json({**bare, CHECKSUM: f"sha256:{sha256(_json(bare)).hexdigest()}"})


def _described(profile: Profile, about: Mapping[str, Any]) -> dict[str, Any]:
    """The descriptor without its resources."""
    told = profile.described()
    version = _version(max(map(int, about.get(PARSER_VERSIONS, ())), default=0), profile.digest)
    source = about.get(SITE) or CANONICAL
    return {
        **_PACKAGE,
        "version": version,
        "sources": [{"title": _PACKAGE["title"], "path": source}],
        "program": contents.PROGRAM,
        "schema_version": items.SCHEMA_VERSION,
        **about,
        **told,
    }


def _version(parser_version: int, digest: str) -> str:
    return f"{items.SCHEMA_VERSION}.{parser_version}.0+{digest[:12]}"


def _schema(fields: Sequence[str]) -> dict[str, Any]:
    """The JSON Schema of records that keep these fields only."""
    made = items.schema()
    story = made["$defs"]["Story"]
    story["properties"] = {name: each for name, each in story["properties"].items() if name in fields}
    story["required"] = [name for name in story["required"] if name in fields]
    if CHANGE in fields:
        story["properties"][CHANGE] = {"enum": [each for each in KINDS if each != REMOVED]}
        story["required"].append(CHANGE)
    return made


def _reader_schemas(parts: Iterable[Part]) -> dict[str, bytes]:
    lines = next((each for each in parts if each.output.form.name == "jsonl" and each.table == "stories"), None)
    return reader_schemas.files(lines.columns) if lines else {}


def _datasette(parts: Iterable[Part], *, has_revisions: bool) -> dict[str, bytes]:
    databases = {
        each.path.removesuffix(each.output.suffix): each.columns for each in parts if each.output.form.name == "sqlite"
    }
    return datasette.files(databases, has_revisions=has_revisions)


def _json(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
