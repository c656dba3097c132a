"""Makes the front matter of a dataset's card, by which dataset hubs find its files and know their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from solidot_spider.export.description.resources import Part, columns_of, rows_of
from solidot_spider.export.forms.columns import Column, Kind
from solidot_spider.export.revisions import REVISIONS
from solidot_spider.export.selection import COMMENTS

TABLES = ("stories", COMMENTS, REVISIONS)
"""The tables that are a config each."""

FORMS = ("parquet", "jsonl", "csv")
"""The forms that hubs read, the best first: the types of Parquet are in the file."""

_SIZES = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
_ABOUT = {
    "pretty_name": "Solidot (奇客)",
    "language": ["zh"],
    "license": "other",
    "license_name": "all-rights-reserved",
    "license_link": "https://www.solidot.org/",
    "multilinguality": ["monolingual"],
    "language_creators": ["found"],
    "annotations_creators": ["no-annotation"],
    "source_datasets": ["original"],
    "task_categories": ["text-classification", "summarization", "text-retrieval"],
    "tags": ["news", "technology", "science", "citations"],
}
_DTYPES = {Kind.INTEGER: "int64", Kind.TEXT: "string", Kind.TIME: "timestamp[us, tz=UTC]"}


def front_matter(directory: Path, parts: Sequence[Part]) -> dict[str, Any]:
    """The front matter of a dataset that has these parts.

    Raises:
        OSError: a part cannot be read.
    """
    stories = rows_of(parts, "stories")
    size = next((name for below, name in _SIZES.items() if stories < below), "n>1M")
    made: dict[str, Any] = {**_ABOUT, "size_categories": [size]}
    configs = tables(parts)
    if configs:
        made["configs"] = [_config(name, found) for name, found in configs.items()]
        made["dataset_info"] = [_info(directory, name, found) for name, found in configs.items()]
    return made


def tables(parts: Sequence[Part]) -> dict[str, list[Part]]:
    """Each table with its files in the form that hubs read best; empty if they read none."""
    return dict(_tables(parts))


def _tables(parts: Sequence[Part]) -> Iterator[tuple[str, list[Part]]]:
    for table in TABLES:
        for form in FORMS:
            found = [each for each in parts if each.table == table and each.output.form.name == form]
            if found:
                yield table, [each for each in found if each.output == found[0].output]
                break


def _config(name: str, parts: Sequence[Part]) -> dict[str, Any]:
    paths = [each.path for each in parts]
    path = paths[0] if len(paths) == 1 else f"{name}-*{parts[0].output.suffix}"
    default = {"default": True} if name == "stories" else {}
    return {"config_name": name, **default, "data_files": [{"split": "train", "path": path}]}


def _info(directory: Path, name: str, parts: Sequence[Part]) -> dict[str, Any]:
    size = sum(each.size for each in parts)
    return {
        "config_name": name,
        "features": features(columns_of(parts[0]), is_text=parts[0].output.form.name == "csv"),
        "splits": [{"name": "train", "num_bytes": size, "num_examples": sum(each.rows for each in parts)}],
        "download_size": sum((directory / each.path).stat().st_size for each in parts),
        "dataset_size": size,
    }


def features(of: Iterable[Column], *, is_text: bool = False) -> list[dict[str, Any]]:
    """The features of columns, as ``dataset_info`` has them.

    Args:
        of: the columns.
        is_text: whether lists and times are text, as in CSV.
    """
    return [{"name": each.name, **_feature(each, is_text=is_text)} for each in of]


def _feature(column: Column, *, is_text: bool) -> Mapping[str, Any]:
    if is_text and column.kind in {Kind.LIST, Kind.TIME}:
        return {"dtype": "string"}
    if column.kind is Kind.STRUCT:
        return {"struct": features(column.inner)}
    if column.kind is Kind.LIST:
        (element,) = column.inner
        return {"list": features(element.inner) if element.inner else _DTYPES[element.kind]}
    return {"dtype": _DTYPES[column.kind]}
