"""Knows the site's addresses: which URL is a story, which is internal, which redirect may be followed.

Pure functions over strings. Requests go to the base that ``SOLIDOT_SITE_URL`` names; records always hold the
canonical address.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

CANONICAL = "https://www.solidot.org"
DOMAIN = "solidot.org"
MAX_SID = 99_999_999

_MAX_SHARE = 8192
"""So much of a share link's address is unescaped."""

_SID = re.compile(r"[1-9]\d{0,7}", re.ASCII)
_HOST = re.compile(r"(?:https?|ftp)://(?:[^/?#@]*@)?(\[[^]]*\]|[^/?#:]*)", re.ASCII | re.IGNORECASE)
_STORY = re.compile(
    r"https?://[^/?#]+/+story(?:\.php)?/?\?(?:[^#]*&)?sid=([1-9]\d{0,7})(?=[&#]|$)", re.ASCII | re.IGNORECASE
)
_SHARED = re.compile(r"/story/?\?sid=([1-9]\d{0,7})(?!\d)", re.ASCII)
_COMMENTS = re.compile(r"\s*(?:(?:https?:)?//(?:[\w-]+\.){0,10}solidot\.org)?/+comments/?\?", re.ASCII | re.IGNORECASE)
_QUERY_SID = re.compile(r"[?&]sid=([^&]*)")


def story_url(sid: int, base: str = CANONICAL) -> str:
    """The address of a story; ``https://www.solidot.org/story?sid=N`` unless another base is given."""
    return f"{base}/story?sid={sid}"


def identity(base: str) -> str:
    """The base of a site as one name: every address of solidot.org is the same site, and a usual port is not told."""
    if is_internal(base):
        return CANONICAL
    parts = urlsplit(base)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{name}{port}"


def identity_of(url: str) -> str:
    """The site of an absolute URL, as ``identity`` names it; '' if it is none of http."""
    try:
        parts = urlsplit(url)
        return identity(f"{parts.scheme}://{parts.netloc}") if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def host(url: str) -> str:
    """The host of an absolute http(s) or ftp URL: lower case, without port, user or ``www.``; '' if it has none."""
    found = _HOST.match(url)
    return found[1].lower().removeprefix("www.") if found else ""


def is_internal(url: str) -> bool:
    """Whether an absolute URL is on ``solidot.org`` or one of its subdomains."""
    return is_internal_host(host(url))


def is_internal_host(name: str) -> bool:
    """Whether a host, as ``host`` gives it, is the site's."""
    return name == DOMAIN or name.endswith("." + DOMAIN)


def linked_sid(url: str) -> int | None:
    """The sid of the story that an absolute URL leads to, on any host of the site; None for all else.

    ``/comments?sid=`` and the ``article.pl`` of before 2012 are no story addresses.
    """
    found = _STORY.match(url)
    return int(found[1]) if found and is_internal(url) else None


def story_sid(url: str) -> int | None:
    """The sid of the story whose address an absolute URL is, on whatever host; None for all else."""
    return asked_sid(url) if _STORY.match(url) else None


def asked_sid(url: str) -> int | None:
    """The ``sid=`` of a URL's query, on whatever host or mirror; None if it has none."""
    values = _QUERY_SID.findall(url.partition("#")[0])
    return int(values[0]) if len(values) == 1 and _SID.fullmatch(values[0]) else None


def shared_sid(href: str) -> int | None:
    """The sid that a share link names: it carries the story's whole address, escaped or not."""
    found = _SHARED.search(href) or _SHARED.search(unquote(href[:_MAX_SHARE]))
    return int(found[1]) if found else None


def commented_sid(href: str) -> int | None:
    """The sid that a reply or comment link (``/comments?sid=N…``) names; None for other links."""
    return asked_sid(href) if _COMMENTS.match(href) else None


def resolve(href: str, base: str) -> str:
    """An attribute's address made absolute against ``base``, or '' if it cannot be."""
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


def may_follow(target: str, source: str, base: str) -> bool:
    """Whether a redirect from ``source`` to ``target`` stays on the site that ``base`` names.

    On solidot.org: any of its hosts on the scheme's own port, https, or http on the way to https. Under another
    base: that host and port. Never from https back to http.
    """
    there, here, home = urlsplit(target), urlsplit(source), urlsplit(base)
    if there.scheme not in ("http", "https") or (here.scheme == "https" and there.scheme == "http"):
        return False
    if not is_internal(base):
        return _netloc(there) == _netloc(home)
    return is_internal(target) and there.port in (None, {"http": 80, "https": 443}[there.scheme])


def _netloc(parts: SplitResult) -> tuple[str | None, int | None]:
    return parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
