"""What can become of an id, and the exit statuses of a command."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of an id; ``stored`` and ``missing`` settle it."""

    STORED = "stored"
    MISSING = "missing"
    REFUSED = "refused"
    FAILED = "failed"
    UNPARSED = "unparsed"
    NOT_TRIED = "not tried"


SETTLED = frozenset({Outcome.STORED, Outcome.MISSING})
NOT_TRIED, GAPS = "not-tried", "gaps"
KINDS = ("failed", "refused", "unparsed", "missing", NOT_TRIED, GAPS)
"""What ``only=`` can choose ids by; a gap lies between the lowest and the highest story and is not settled."""

HOME_FOR_ALL = "home-page-for-all"
"""The reason of an ``unparsed``: the site answers its home page to stories that it has."""

MANY_MISSING = "many-missing"
"""The reason of an ``unparsed``: many stories that the store has are missing at once."""

SITE_ILL = frozenset({HOME_FOR_ALL, MANY_MISSING})
"""Reasons that tell of the site, not of the page: every run asks such an id again."""

CHANGED_SITE = "site-changed"
"""The reason of an ``unparsed``: stories that are known came out differently, so what was stored is taken back."""

NOT_CONFIRMED = "not confirmed"
"""The reason of a ``failed``: it looked missing, but no control answered."""

NOT_WRITTEN = "not written"
"""The reason of a ``failed``: the store or the feed could not be written."""

_LONGEST = 200
"""Characters of an error's message in a reason."""


def fault(where: str, error: BaseException) -> str:
    """What broke, as a reason: the place, the kind of the error and its message, in one line."""
    message = " ".join(str(error).split())[:_LONGEST]
    return f"fault in {where} ({type(error).__name__}{': ' if message else ''}{message})"


OK, TROUBLE, USAGE, SITE_CHANGED, CANNOT_WRITE, HELD = 0, 1, 2, 3, 4, 75
"""The exit statuses (docs/outcomes.md, *Exit status*)."""
