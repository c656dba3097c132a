"""The outcome of an answer that is no page: each HTTP status and each network error has one, with a reason."""

from __future__ import annotations

from http import HTTPStatus

from scrapy import exceptions
from scrapy.exceptions import IgnoreRequest
from twisted.internet import error as network

from solidot_spider.base.outcome import Outcome, fault
from solidot_spider.middlewares.redirects import RefusedError
from solidot_spider.middlewares.whole_body import BodyError
from solidot_spider.middlewares.wire import NotTriedError

Ending = tuple[Outcome, str]
"""An outcome and its reason."""

REFUSED = frozenset({401, 403, 451})
"""HTTP statuses of a site that shuts us out."""

MISSING = frozenset({404, 410})
"""HTTP statuses of a page that the site does not have."""

_DECOMPRESSORS = frozenset(
    {"zlib", "gzip", "brotli", "_brotli", "brotlicffi", "backports.zstd", "compression.zstd", "_zstd"}
)
_NETWORK = frozenset({"twisted", "scrapy", "OpenSSL", "service_identity"})
"""Packages whose errors are the network's; any other error is a fault of a component."""

_NETWORK_ERRORS: tuple[tuple[type[BaseException], str], ...] = (
    (exceptions.DownloadTimeoutError, "time-out"),
    (network.TimeoutError, "time-out"),
    (exceptions.CannotResolveHostError, "host name not found"),
    (exceptions.DownloadConnectionRefusedError, "connection refused"),
    (exceptions.ResponseDataLossError, "body cut short"),
    (network.SSLError, "certificate not verified"),
    (exceptions.DownloadFailedError, "connection lost"),
    (network.ConnectionDone, "connection lost"),
    (network.ConnectionLost, "connection lost"),
    (network.ConnectError, "no connection"),
)


def is_answer(status: int) -> bool:
    """Whether a status shows that the site is up and lets us ask, whatever it says of the page."""
    return status < 400 or status in MISSING


def of_status(status: int) -> Ending | None:
    """The outcome of an HTTP status; None for a page, whose content decides."""
    if 200 <= status < 300:
        return None
    if status in MISSING:
        return Outcome.MISSING, f"answered {status}"
    return (Outcome.REFUSED if status in REFUSED else Outcome.FAILED), f"answered {named(status)}"


def named(status: int) -> str:
    """A status with its standard phrase, if it has one."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def of_error(error: BaseException) -> Ending:
    """The outcome of a request that got no answer."""
    if isinstance(error, RefusedError):
        return Outcome.REFUSED, str(error)
    if isinstance(error, NotTriedError):
        return Outcome.NOT_TRIED, str(error)
    return Outcome.FAILED, _failure(error)


def _failure(error: BaseException) -> str:
    """The error in words for a person."""
    text = str(error)
    if "DOWNLOAD_MAXSIZE" in text or isinstance(error, exceptions.DownloadCancelledError):
        return "body over the limit of DOWNLOAD_MAXSIZE"
    if "HeadersTooLongError" in text:
        return "headers over the limit of 256 KB"
    if isinstance(error, BodyError | IgnoreRequest):
        return text or "request dropped"
    if "certificate verify failed" in text or "CertificateError" in text:
        return "certificate not verified (DOWNLOAD_VERIFY_CERTIFICATES=False would skip the check)"
    if type(error).__module__ in _DECOMPRESSORS:
        return "body broken: its compression does not unpack"
    return next((name for kind, name in _NETWORK_ERRORS if isinstance(error, kind)), _unnamed(error))


def _unnamed(error: BaseException) -> str:
    if isinstance(error, OSError) or type(error).__module__.partition(".")[0] in _NETWORK:
        return f"no answer ({type(error).__name__})"
    return fault("a component", error)
