"""Downloader middleware that keeps redirects on the site: its hosts, its port, and never from https back to http.

Settings: ``SOLIDOT_SITE_URL`` and Scrapy's ``REDIRECT_MAX_TIMES``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings

from solidot_spider.base import options, site

REDIRECTS = frozenset({301, 302, 303, 307, 308})
"""HTTP statuses whose ``Location`` is followed."""


class RefusedError(IgnoreRequest):
    """The site, or our care for it, forbids the page; the message is the outcome's reason."""


class TooManyRedirectsError(IgnoreRequest):
    """A chain of redirects longer than ``REDIRECT_MAX_TIMES``."""


class SiteRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, each checked first: does it leave the site?"""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self.base = options.load(settings).site_url

    def handle_referer(self, request: Request, response: Any) -> None:
        """Stories are asked without a Referer, and so are the targets of their redirects."""

    def _engine_started(self) -> None:
        """Scrapy looks here for its Referer middleware, which is off."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # no spider
        """The request for the redirect's target, or the answer if it is no redirect.

        Raises:
            RefusedError: it leaves the site, or leads to no address.
            TooManyRedirectsError: there were too many already.
        """
        location = (response.headers.get("Location") or b"").decode("latin-1")
        try:
            answer = super().process_response(request, response)
            leads_nowhere = answer is response and _is_redirect(request, response) and not _is_http(request, location)
        except ValueError:
            leads_nowhere = True
        if leads_nowhere:
            raise RefusedError(f"redirect off the site, to {location[:200]}")
        return answer

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        if not site.may_follow(redirected.url, request.url, self.base):
            raise RefusedError(f"redirect off the site, to {redirected.url[:200]}")
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise TooManyRedirectsError(f"more than {self.max_redirect_times} redirects") from error


def _is_redirect(request: Request, response: Response) -> bool:
    """Whether an answer is a redirect that somebody wants to be followed: `shell` shows it as it is."""
    wanted = not any(request.meta.get(name) for name in ("dont_redirect", "handle_httpstatus_all"))
    return wanted and response.status in REDIRECTS and "Location" in response.headers


def _is_http(request: Request, location: str) -> bool:
    return urlsplit(urljoin(request.url, location)).scheme in ("http", "https")
