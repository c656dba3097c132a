"""Writes plain values as YAML in block style, as people write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_PLAIN = re.compile(
    r"(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z_][\w./+-]*(?: [\w./+-]+)*", re.ASCII | re.IGNORECASE
)
"""Text that means itself in each version of YAML, without quotes."""

_encode = msgspec.json.Encoder().encode


def text(value: Mapping[str, Any]) -> str:
    """A mapping as a document; its values are numbers, texts, true, false, and mappings and lists of them."""
    return "".join(f"{line}\n" for line in _mapping(value))


def _mapping(value: Mapping[str, Any]) -> Iterator[str]:
    for key, each in value.items():
        if each and isinstance(each, Mapping):
            yield f"{_scalar(key)}:"
            yield from (f"  {line}" for line in _mapping(each))
        elif each and isinstance(each, Sequence) and not isinstance(each, str):
            yield f"{_scalar(key)}:"
            yield from _items(each)
        else:
            yield f"{_scalar(key)}: {_scalar(each)}"


def _items(values: Sequence[Any]) -> Iterator[str]:
    for each in values:
        lines = _mapping(each) if isinstance(each, Mapping) else iter([_scalar(each)])
        yield f"- {next(lines)}"
        yield from (f"  {line}" for line in lines)


def _scalar(value: Any) -> str:
    """A value on its own; what is not plain is JSON, which is YAML as well."""
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else _encode(value).decode()
