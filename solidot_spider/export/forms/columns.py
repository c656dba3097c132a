"""Gives each table of the dataset its typed columns, made from the types of the record.

Types never depend on what the first stories hold: a column that is null in all of them has its type, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from solidot_spider.items import BeijingTime, Comment, Sid, Story, UtcTime

PUBLISHED_AT = "published_at"
CHANGE = "change"
"""What a delta says of a story, behind its record: ``new``, ``changed`` and so on."""
BEIJING_TEXT = "published_at_beijing"
"""``published_at`` as the record has it, beside the instant, in tables whose instants are in UTC."""


class Kind(StrEnum):
    """The type of a column; a ``time`` is an instant, written in the record as ISO 8601 with its offset."""

    INTEGER = "integer"
    TEXT = "text"
    TIME = "time"
    STRUCT = "struct"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: its name; that of a list's element is empty.
        kind: its type.
        nullable: whether it may be null.
        inner: the columns of a struct, or the one element of a list.
    """

    name: str
    kind: Kind
    nullable: bool
    inner: tuple[Column, ...] = ()


class CommentRow(Comment, kw_only=True):
    """A row of the table of comments: the story that it belongs to, and the comment."""

    sid: Sid


class ChangedStory(Story, kw_only=True):
    """A story of a delta: the record, and what became of it."""

    change: str


@cache
def of_stories(names: tuple[str, ...] | None = None) -> tuple[Column, ...]:
    """The columns of stories: the fields of the record, or those that are named, in the record's order."""
    return tuple(
        each for each in _of(ChangedStory) if each.name in (Story.__struct_fields__ if names is None else names)
    )


@cache
def of_comments() -> tuple[Column, ...]:
    """The columns of the table of comments; ``sid`` comes first."""
    made = _of(CommentRow)
    return (*made[-1:], *made[:-1])


def flat(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Columns for tables without nesting: a struct becomes one column for each of its fields (``editor_name``)."""
    made: list[Column] = []
    for column in columns:
        if column.kind is Kind.STRUCT:
            made += [Column(f"{column.name}_{each.name}", each.kind, each.nullable) for each in column.inner]
        else:
            made.append(column)
    return tuple(made)


def flat_values(columns: Iterable[Column], values: dict[str, Any]) -> list[Any]:
    """The values of a row in the order of ``flat(columns)``."""
    made: list[Any] = []
    for column in columns:
        value = values[column.name]
        if column.kind is Kind.STRUCT:
            made += [value[each.name] for each in column.inner]
        else:
            made.append(value)
    return made


def _of(struct: type[Struct]) -> tuple[Column, ...]:
    return tuple(_column(name, hint) for name, hint in get_type_hints(struct, include_extras=True).items())


def _column(name: str, hint: Any) -> Column:
    nullable = False
    if get_origin(hint) in (Union, UnionType):
        hint, *others = (each for each in get_args(hint) if each is not NoneType)
        nullable = True
        assert not others, name
    if hint in (BeijingTime, UtcTime):
        return Column(name, Kind.TIME, nullable)
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    if get_origin(hint) is list:
        return Column(name, Kind.LIST, nullable, (_column("", *get_args(hint)),))
    if get_origin(hint) is Literal:
        hint = type(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Struct):
        return Column(name, Kind.STRUCT, nullable, _of(hint))
    return Column(name, {int: Kind.INTEGER, str: Kind.TEXT}[hint], nullable)
