"""Finds the pages of stories among the records of a WARC file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from solidot_spider.base import origins, site
from solidot_spider.base.outcome import Outcome
from solidot_spider.captures import http_answer, http_body, warc_file
from solidot_spider.captures.capture import CUT_SHORT, LARGEST, SKIPPED, TOO_LARGE, Capture, Fate, Left
from solidot_spider.captures.http_answer import Answer, AnswerError
from solidot_spider.captures.http_body import BodyError
from solidot_spider.captures.warc_fields import ASKED, ORIGIN, WITHDRAWN
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


def read(
    path: Path,
    sites: frozenset[str],
    fetched_at: datetime | None,
    passed: Callable[[int], object] = lambda _: None,
) -> Iterator[Capture | Left]:
    """The pages of stories in a file, and what else is in it.

    Args:
        path: the file.
        sites: the sites whose stories are meant, as ``site.identity`` names them.
        fetched_at: when a page was fetched whose record does not say.
        passed: called with the place in the file of each record.

    Raises:
        OSError: the file cannot be read.
    """
    for found in warc_file.records(path):
        passed(found.offset)
        where = f"{path}, at byte {found.offset}"
        if isinstance(found, Damage):
            yield Left(where, Outcome.FAILED, found.reason)
            continue
        made = _of_record(found.record, where, sites, fetched_at)
        if made is not None:
            yield made


def _of_record(record: Record, where: str, sites: frozenset[str], fetched_at: datetime | None) -> Capture | Left | None:
    kind = record.rec_type
    if kind is None:
        return Left(where, Outcome.FAILED, "damaged: a record of no type")
    if kind not in _PAGES and kind not in {"revisit", "continuation"}:
        return None
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip()
    sid = site.story_sid(url)
    if site.identity_of(url) not in sites:
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
    if head("WARC-Truncated"):
        raise _LeftError(Outcome.FAILED, f"{CUT_SHORT}: WARC-Truncated: {head('WARC-Truncated')}")
    if own is None:  # ours are decoded
        answer = _decoded(answer)
    at = _time(head("WARC-Date") or "") or fetched_at
    if at is None:
        raise _LeftError(Outcome.FAILED, f"no time: WARC-Date: {head('WARC-Date')}; give --fetched-at")
    asked = head(ASKED) if own and head(ASKED) else url
    withdrawn_at = head(WITHDRAWN) if own else None
    origin = own or _origin(record)
    return Capture(where, origin, answer.body, sid, at, asked, url, answer.status, answer.headers, withdrawn_at)


def _own_origin(name: str | None) -> origins.Origin | None:
    """The origin that a record of ours names; None if it is another archiver's."""
    try:
        return origins.origin(name) if name else None
    except ValueError:
        return None


def _origin(record: Record) -> origins.Origin:
    is_markdown = record.rec_type == "resource" and "markdown" in (record.content_type or "").lower()
    return origins.MARKDOWN if is_markdown else origins.WARC


def _answer(record: Record) -> Answer:
    """The answer of a record; a resource is a body alone.

    Raises:
        _LeftError: it is not there whole, or none of HTTP.
    """
    data = _block(record)
    if record.rec_type == "resource":
        return Answer(0, (), data)
    try:
        return http_answer.parse(data)
    except AnswerError as error:
        raise _LeftError(Outcome.FAILED, str(error)) from error


def _decoded(answer: Answer) -> Answer:
    """The answer with its body as it was before it was sent, and without the headers that tell of that.

    Raises:
        _LeftError: it cannot be decoded whole.
    """
    try:
        body = http_body.decoded(answer.body, answer.by_name)
    except BodyError as error:
        raise _LeftError(Outcome.FAILED, str(error)) from error
    headers = (each for each in answer.headers if each[0].lower() not in http_body.CODING_HEADERS)
    return Answer(answer.status, tuple(headers), body)


def _check_status(answer: Answer, url: str, sid: int) -> None:
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


def _block(record: Record) -> bytes:
    """The bytes of a record.

    Raises:
        _LeftError: they are not there whole, or too many.
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
