"""Downloader middleware that takes the proxy of ``http_proxy`` and ``https_proxy``, but for this machine itself."""

from __future__ import annotations

from ipaddress import ip_address

from scrapy import Request
from scrapy.downloadermiddlewares.httpproxy import HttpProxyMiddleware
from scrapy.utils.httpobj import urlparse_cached

LOCAL_NAMES = frozenset({"localhost", "ip6-localhost", "ip6-loopback"})


class ProxyMiddleware(HttpProxyMiddleware):
    """Scrapy's middleware; a proxy cannot reach our loopback, whatever ``no_proxy`` says."""

    def process_request(self, request: Request) -> None:  # type: ignore[override] # no spider
        """Set the proxy of a request."""
        if "proxy" in request.meta or not is_loopback(urlparse_cached(request).hostname or ""):
            super().process_request(request)


def is_loopback(host: str) -> bool:
    """Whether a host, a name or an address without brackets, is this machine."""
    if host in LOCAL_NAMES or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
