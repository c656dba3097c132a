"""Reads an answer of HTTP as it was sent: its status, its headers, and its body."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})(?!\d)", re.IGNORECASE)
_LONGEST_LINE = 64 * 1024


class AnswerError(ValueError):
    """Bytes that are no answer; the message says why."""


class Answer(NamedTuple):
    """An answer.

    Attributes:
        status: its status; 0 if there is none, as of a page without an answer.
        headers: its headers in their order; what is no ASCII is given as Latin-1.
        body: its body as it was sent.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def by_name(self) -> Mapping[str, str]:
        """The headers by their names in lower case."""
        return {name.lower(): value for name, value in self.headers}


def parse(data: bytes) -> Answer:
    """The answer that these bytes are.

    Raises:
        AnswerError: they are none.
    """
    file = BytesIO(data)
    line = file.readline(_LONGEST_LINE)
    found = _STATUS.match(line)
    if found is None:
        raise AnswerError(f"damaged: no answer of HTTP begins with {line[:20]!r}")
    try:
        message = http.client.parse_headers(file)
    except (http.client.HTTPException, ValueError) as error:
        raise AnswerError(f"damaged: headers that cannot be read ({type(error).__name__})") from error
    headers = tuple((name, " ".join(value.split())) for name, value in message.items())
    return Answer(int(found[1]), headers, file.read())
