"""Decides whether an address has a host that can be one: no label empty, nothing escaped, numbers in their range.

Such as browsers and sanitisers refuse are no links, so that a record's HTML passes a sanitiser unchanged.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_AUTHORITY = re.compile(
    r"[a-z]{3,5}://(?:[^/?#\\]*@)?(?P<host>\[[^\[\]]*\]|[^/?#\\:@\[\]]*)(?::(?P<port>[0-9]{0,5}))?(?=[/?#\\]|$)",
    re.IGNORECASE,
)
_MAX_PORT = 65535
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f%<>^|`{}\"']")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


def is_possible(url: str) -> bool:
    """Whether an absolute address has a host with a dot, or IPv6 in brackets, and a port that there can be.

    ``http://https//…``, ``http://.example.com/`` and ``http://name<AT>host`` have none.
    """
    found = _AUTHORITY.match(url)
    if found is None or int(found["port"] or 0) > _MAX_PORT:
        return False
    host = found["host"]
    if host.startswith("["):
        return _is_ipv6(host[1:-1])
    labels = host.removesuffix(".").split(".")
    if len(labels) < 2 or _FORBIDDEN.search(host) or not all(any(map(str.isalnum, label)) for label in labels):
        return False
    if _NUMBER.fullmatch(labels[-1]):
        return _is_ipv4(host)
    return _is_international(host) if not host.isascii() or "xn--" in host.lower() else True


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def _is_ipv6(host: str) -> bool:
    try:
        IPv6Address(host)
    except AddressValueError:
        return False
    return "%" not in host


def _is_international(host: str) -> bool:
    """Whether the DNS can have a name with letters of other scripts."""
    import idna  # noqa: PLC0415 - its tables are large, and few stories have such a host

    try:
        idna.encode(host, uts46=True)
    except (idna.IDNAError, UnicodeError):
        return False
    return True
