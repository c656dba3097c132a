"""Reads a line such as ``5 4 * * * daily date=yesterday``: when, in UTC, and which job."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from typing import NamedTuple

from croniter import croniter

from solidot_spider.base.sids import ArgumentError
from solidot_spider.queue.job import Job

FIELDS = 5
EXAMPLE = "20 * * * * latest"

Check = Callable[[Sequence[str], Sequence[str]], Job]
"""Makes a checked job of words and of texts NAME=VALUE, or raises ``ArgumentError``."""


class CronLine(NamedTuple):
    """A job, and when it is put into the queue: minute, hour, day, month, day of the week, in UTC."""

    fields: str
    job: Job


def parse(line: str, check: Check) -> CronLine:
    """The line of a text.

    Args:
        line: the text; values with spaces are quoted as in a shell.
        check: makes the job.

    Raises:
        ArgumentError: what is wrong with it, with the line in front.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise ArgumentError(f"--cron {line!r}: {error}") from error
    fields, rest = " ".join(words[:FIELDS]), words[FIELDS:]
    if len(words) < FIELDS or not _comes(fields):
        raise ArgumentError(
            f"--cron {line!r}: {fields!r} is no time; give minute, hour, day, month and day of the week, then the "
            f"spider and its arguments, such as {EXAMPLE!r}"
        )
    names = [word for word in rest if "=" not in word]
    try:
        return CronLine(fields, check(names, [word for word in rest if "=" in word]))
    except ArgumentError as error:
        raise ArgumentError(f"--cron {line!r}: {error}") from error


def _comes(fields: str) -> bool:
    """Whether these are fields of cron, and their time comes: the 30th of February does not."""
    try:
        return bool(croniter.is_valid(fields) and croniter(fields).get_next())
    except ValueError:
        return False
