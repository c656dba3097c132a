"""Finds the pages of stories among the records of a WARC file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from solidot_spider import items
from solidot_spider.base import site
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures import http_body, warc_file
from solidot_spider.captures.capture import CUT_SHORT, LARGEST, SKIPPED, TOO_LARGE, Capture, Fate, Left
from solidot_spider.captures.http_body import BodyError
from solidot_spider.captures.warc_fields import ASKED, ORIGIN
from solidot_spider.captures.warc_file import Damage, Record

OTHER_SITE, OTHER_ADDRESS = "another site", "no address of a story"
REVISIT = "revisit: its page is in another record"
REDIRECT = "redirect to the same story"

_LARGEST_AS_SENT = 4 * LARGEST
_PAGES = frozenset({"response", "resource"})
_GONE, _FORBIDDEN = frozenset({404, 410}), frozenset({401, 403, 451})


class _LeftError(Exception):
    """A record that gives no page."""

    def __init__(self, fate: Fate, reason: str) -> None:
        super().__init__(reason)
        self.fate: Fate = fate
        self.reason = reason


class _Answer(NamedTuple):
    """What a server said before the body; of a page without that status 200 and no headers."""

    status: int
    headers: tuple[tuple[str, str], ...]

    @property
    def by_name(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers}


def read(path: Path, sites: frozenset[str], fetched_at: datetime | None) -> Iterator[Capture | Left]:
    """The pages of stories in a file, and what else is in it.

    Args:
        path: the file.
        sites: the sites whose stories are meant, as ``site.identity`` names them.
        fetched_at: when a page was fetched whose record does not say.

    Raises:
        OSError: the file cannot be read.
    """
    for found in warc_file.records(path):
        where = f"{path}, at byte {found.offset}"
        if isinstance(found, Damage):
            yield Left(where, Outcome.FAILED, found.reason)
            continue
        made = _of_record(found.record, where, sites, fetched_at)
        if made is not None:
            yield made


def _of_record(record: Record, where: str, sites: frozenset[str], fetched_at: datetime | None) -> Capture | Left | None:
    kind = record.rec_type
    if kind not in _PAGES and kind not in {"revisit", "continuation"}:
        return None
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip()
    sid = site.story_sid(url)
    if _identity(url) not in sites:
        return Left(where, SKIPPED, OTHER_SITE)
    if sid is None:
        return Left(where, SKIPPED, OTHER_ADDRESS)
    try:
        return _page(record, where, url, sid, fetched_at)
    except _LeftError as left:
        return Left(where, left.fate, left.reason, sid)


def _page(record: Record, where: str, url: str, sid: int, fetched_at: datetime | None) -> Capture:
    """The page of a record of a story's address.

    Raises:
        _LeftError: it has none that can be read.
    """
    head = record.rec_headers.get_header
    if record.rec_type == "revisit":
        raise _LeftError(SKIPPED, REVISIT)
    if record.rec_type == "continuation" or head("WARC-Segment-Number"):
        raise _LeftError(Outcome.FAILED, "in segments, which are not read")
    own = _own_origin(head(ORIGIN))
    answer = _answer(record)
    _check_status(answer, url, sid)
    data = _body(record)
    if head("WARC-Truncated"):
        raise _LeftError(Outcome.FAILED, f"{CUT_SHORT}: WARC-Truncated: {head('WARC-Truncated')}")
    headers = answer.headers
    if own is None:
        try:
            data = http_body.decoded(data, answer.by_name)
        except BodyError as error:
            raise _LeftError(Outcome.FAILED, str(error)) from error
        headers = tuple(each for each in headers if each[0].lower() not in http_body.CODING_HEADERS)
    at = _time(head("WARC-Date") or "") or fetched_at
    if at is None:
        raise _LeftError(Outcome.FAILED, f"no time: WARC-Date: {head('WARC-Date')}; give --fetched-at")
    asked = head(ASKED) if own and head(ASKED) else url
    return Capture(where, own or _origin(record), data, sid, at, asked, url, answer.status, headers)


def _own_origin(name: str | None) -> items.Origin | None:
    """The origin that a record of ours names; None if it is another archiver's."""
    try:
        return items.origin(name) if name else None
    except ValueError:
        return None


def _origin(record: Record) -> items.Origin:
    is_markdown = record.rec_type == "resource" and "markdown" in (record.content_type or "").lower()
    return items.MARKDOWN if is_markdown else items.WARC


def _answer(record: Record) -> _Answer:
    """The answer of a record; a resource has none.

    Raises:
        _LeftError: it is none of HTTP.
    """
    http: Any = record.http_headers
    if record.rec_type == "resource":
        return _Answer(0, ())
    if http is None:
        raise _LeftError(Outcome.FAILED, "damaged: it has no headers of HTTP")
    code = http.get_statuscode() or ""
    if not (code.isascii() and code.isdecimal()):
        raise _LeftError(Outcome.FAILED, f"damaged: its status is {code!r}")
    return _Answer(int(code), tuple((str(name), str(value)) for name, value in http.headers))


def _check_status(answer: _Answer, url: str, sid: int) -> None:
    """Refuse what is not answered by a page.

    Raises:
        _LeftError: it is a redirect, or another status than 2xx says so.
    """
    status = answer.status
    if not status or status == 200:
        return
    if 300 <= status < 400 and "location" in answer.by_name:
        _check_target(site.resolve(answer.by_name["location"], url), sid)
    if status in _GONE:
        raise _LeftError(Outcome.MISSING, f"status {status}")
    raise _LeftError(Outcome.REFUSED if status in _FORBIDDEN else Outcome.FAILED, f"status {status}")


def _check_target(target: str, sid: int) -> None:
    found = site.asked_sid(target)
    if found == sid:
        raise _LeftError(SKIPPED, REDIRECT)
    if found is None:
        raise _LeftError(Outcome.MISSING, "redirected")
    raise _LeftError(Outcome.UNPARSED, "other-story")


def _body(record: Record) -> bytes:
    """The body as it was kept.

    Raises:
        _LeftError: it is not there whole, or too large.
    """
    data: bytes = record.raw_stream.read(_LARGEST_AS_SENT + 1)
    if len(data) > _LARGEST_AS_SENT:
        raise _LeftError(Outcome.FAILED, TOO_LARGE)
    if warc_file.is_cut(record):
        raise _LeftError(Outcome.FAILED, f"{CUT_SHORT}: the record is not whole")
    return data


def _time(text: str) -> datetime | None:
    """The time of a record, to the second; without an offset it is UTC, as the standard has it. None if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if "T" not in text:  # a day is no time
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC, microsecond=0)


def _identity(url: str) -> str:
    """The site of an address, as ``site.identity`` names it; '' if it has none."""
    try:
        parts = urlsplit(url)
        return site.identity(f"{parts.scheme}://{parts.netloc}") if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""
