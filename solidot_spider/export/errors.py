"""Errors of an export: each message says what is wrong, what is allowed, and what to do."""

from __future__ import annotations


class ExportError(ValueError):
    """What is not made, because it cannot be made as it was asked for."""


def missing_extra(what: str, extra: str) -> ExportError:
    """The error for a form whose library is not installed."""
    return ExportError(f"{what} is not installed; pip install 'solidot_spider[{extra}]'")
