"""Defines what is known of a run at its start and at its end: columns of the table ``runs``."""

from __future__ import annotations

from typing import NamedTuple, TypedDict


class RunStart(NamedTuple):
    """What is known of a run at its start.

    Attributes:
        name: the run's name.
        spider: the name of its spider.
        arguments: the arguments as given, as JSON.
        site: the address of the site.
        started_at: UTC, ISO 8601.
        is_single: 1 for a run that asks one story, settled or not.
    """

    name: str
    spider: str
    arguments: str
    site: str
    started_at: str
    is_single: int = 0


class RunEnd(TypedDict, total=False):
    """What is known of a run at its end: columns of ``runs``; ``counts``, ``unasked`` and ``questions`` are JSON."""

    ended_at: str
    asked: int
    settled_before: int
    counts: str
    unasked: str | None
    questions: str
    exit_status: int
    verdict: str
