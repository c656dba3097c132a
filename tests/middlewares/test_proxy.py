"""A proxy stands before the site, never before this machine."""

from __future__ import annotations

import pytest
from scrapy import Request

from solidot_spider.middlewares.proxy import ProxyMiddleware

PROXY = "http://127.0.0.1:3128"


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://www.solidot.org/", PROXY),
        ("https://www.solidot.org/", PROXY),
        ("http://127.0.0.1.example.org/", PROXY),
        ("http://10.0.0.1/", PROXY),
        ("http://localhost:8000/", None),
        ("http://site.localhost/", None),
        ("http://127.0.0.1:8000/", None),
        ("http://127.8.8.8/", None),
        ("http://[::1]:8000/", None),
    ],
)
def test_the_proxy_of_a_host(monkeypatch: pytest.MonkeyPatch, url: str, proxy: str | None) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, PROXY)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    request = Request(url)
    ProxyMiddleware().process_request(request)
    assert request.meta.get("proxy") == proxy
