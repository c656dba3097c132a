"""Redirects stay on the site: not to another host, not to another port, never from https back to http."""

from __future__ import annotations

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from solidot_spider.base import options, site


class RefusedError(IgnoreRequest):
    """The site, or our care for it, forbids the page; the message is the outcome's reason."""


class TooManyRedirectsError(IgnoreRequest):
    """A chain of redirects longer than ``REDIRECT_MAX_TIMES``."""


class SiteRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, asked before each whether it leaves the site."""

    def handle_referer(self, request: Request, response: Any) -> None:
        """Stories are asked without a Referer, and so is what they redirect to."""

    def _engine_started(self) -> None:
        """Without Referers there is no middleware to look for."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override] # no spider
        """The request for the redirect's target, or the answer where it is no redirect.

        Raises:
            RefusedError: it leaves the site, or leads to what is no address.
            TooManyRedirectsError: there were too many already.
        """
        try:
            return super().process_response(request, response)
        except ValueError as error:
            target = (response.headers["Location"] or b"").decode("latin-1")
            raise RefusedError(f"redirect off the site, to {target[:200]}") from error

    def _redirect(self, redirected: Request, request: Request, reason: Any) -> Request:
        base = options.load(self.crawler.settings).site_url
        if not site.may_follow(redirected.url, request.url, base):
            raise RefusedError(f"redirect off the site, to {redirected.url[:200]}")
        try:
            return super()._redirect(redirected, request, reason)
        except IgnoreRequest as error:
            raise TooManyRedirectsError(f"more than {self.max_redirect_times} redirects") from error
