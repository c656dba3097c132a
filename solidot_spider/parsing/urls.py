"""Finds addresses in Chinese text and makes them absolute http(s) or ftp URLs; knows archives that mirror a page.

The rules are the dataset's (docs/parsing.md, *How a link is cut*). URLs are never fetched, shortened or stripped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.parsing import hosts
from solidot_spider.parsing.text import strip_zero_width

# Ends an address: white space, the ASCII characters <>"|` and each full-width mark, bracket and quotation mark.
_ENDS = (
    r"\s<>\"|`\u00ab\u00bb\u2014\u2018-\u201f\u2026\u2039\u203a\u3000-\u303f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\u200b-\u200d\u2060\ufeff"
)
# A scheme as written, correct or with a letter lost or doubled (`ttps`, `htps`, `hhttps`), but not `ssh` or `sftp`.
_HTTP = r"(?:h{0,2}t{1,3}p{0,2}s{0,2}|ps)"
_ASCII_CHAR = r"[!#-;=?-_a-{}~]"
_ANY_CHAR = rf"[^{_ENDS}]"
# At most so long as names in the DNS can be; a pattern without a bound takes a hundred bytes for each byte of text.
_HOST_NAME = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,40}(?P<tld>[A-Za-z]{2,24})"

_LABEL = r"(?!xn--)[a-z0-9][a-z0-9_-]{0,62}"  # of a usual host

# In prose, only ASCII belongs to an address, and a host without scheme needs a path.
_SCHEMELESS = rf"(?<![A-Za-z0-9_@/.:%&=?#~+\-\\])(?P<schemeless>{_HOST_NAME}(?::\d+)?/{_ASCII_CHAR}*)"
_IN_PROSE = re.compile(rf"(?P<schemed>https?://{_ASCII_CHAR}+)|{_SCHEMELESS}", re.IGNORECASE)
_IN_PROSE_WITH_FTP = re.compile(  # half as fast, and few stories have one
    rf"(?P<schemed>(?:https?|(?<![a-z])ftp)://{_ASCII_CHAR}+)|{_SCHEMELESS}", re.IGNORECASE
)
# In a line of sources: path characters of any script, schemes that lost or gained a letter, hosts without a path.
_LINE_SCHEMED = re.compile(rf"(?:{_HTTP}|ftp):/{{1,3}}{_ANY_CHAR}+", re.IGNORECASE)
_LINE_SCHEMELESS = re.compile(rf"{_HOST_NAME}(?::\d+)?(?P<path>[/?#]{_ANY_CHAR}*)?(?![^{_ENDS}.,;:!')\]])")

_SCHEME = re.compile(rf"(?P<scheme>{_HTTP}|ftp):/{{1,3}}(?=[^/])", re.IGNORECASE)
_DOUBLED = re.compile(r"https?:/{1,2}(?=https?://)", re.IGNORECASE)
_ARCHIVE = re.compile(r"https?://(?:archive\.(?:ph|is|today|md|li|vn|fo)/|web\.archive\.org/web/)(.*)", re.IGNORECASE)
_INNER = re.compile(r"https?:/{1,2}[^/].*", re.IGNORECASE)
_INNER_SCHEMELESS = re.compile(rf"\d{{4,14}}[a-z_*]*/({_HOST_NAME}(?:[/?#:].*)?)")
_BRACKETS = {")": "(", "]": "["}
_TRAILING = tuple(".,;:!')]")
_WELL_FORMED = re.compile(
    rf"(?:https?|ftp)://(?:{_LABEL}\.){{1,40}}(?=[a-z]){_LABEL}(?::\d{{1,4}})?(?:[/?#](?u:[^\s<>\"])*)?",
    re.ASCII | re.IGNORECASE,  # a host has no letters like the Kelvin sign; white space is any
)
"""Usual addresses; whether others can be is slower to say."""
_UNSAFE = re.compile(r"[\s<>\"]")


MAX_LENGTH = 8192
"""No server takes a longer address, and each is held several times."""


class UrlMatch(Struct, frozen=True, gc=False):
    """An address in a text: as an absolute URL, as written, with or without scheme, and its offsets."""

    url: str
    raw: str
    form: Literal["bare", "schemeless"]
    start: int
    end: int


def absolute(href: str, base: str) -> str:
    """An ``href`` as an absolute http(s) or ftp URL, resolved and repaired; '' if it is none."""
    if len(href) > MAX_LENGTH:
        return ""
    text = strip_zero_width(href).strip()
    if not text or _WELL_FORMED.fullmatch(text):
        return text
    if not _SCHEME.match(text):
        text = site.resolve(text, base)
    return repair(text)


def repair(text: str) -> str:
    """An absolute address with its scheme corrected (``http://https://``, ``ttps://``); '' if it is no address."""
    if _WELL_FORMED.fullmatch(text):
        return text
    text = _DOUBLED.sub("", text, count=1)
    found = _SCHEME.match(text)
    if found is None:
        return ""
    scheme = found["scheme"].lower()
    if scheme != "ftp":
        scheme = "https" if scheme.endswith("s") else "http"
    url = f"{scheme}://{text[found.end() :]}"
    if _UNSAFE.search(url):
        url = _UNSAFE.sub(_escape, url)
    return url if hosts.is_possible(url) else ""


def _escape(found: re.Match[str]) -> str:
    """What a browser does: breaks and tabs go, other characters are escaped."""
    return "" if found[0] in "\t\n\r" else "".join(f"%{byte:02X}" for byte in found[0].encode())


def absolute_image(source: str, base: str) -> str:
    """An image's address, absolute and https; '' for a ``data:`` or ``ftp:`` address or none at all."""
    url = absolute(source, base)
    if url.startswith("ftp:"):
        return ""
    return "https" + url[4:] if url.startswith("http:") else url


def find_in_prose(text: str) -> Iterator[UrlMatch]:
    """The addresses in running text, in order."""
    if "/" not in text:
        return
    pattern = _IN_PROSE_WITH_FTP if "ftp://" in text or "FTP://" in text else _IN_PROSE
    for found in pattern.finditer(text):
        match = _url_match(found["schemed"] or found["schemeless"], found.start(), found["tld"])
        if match:
            yield match


def match_in_line(text: str, start: int = 0) -> UrlMatch | None:
    """The address that begins at ``start`` of a line that may hold nothing but sources; None if none does."""
    found = _LINE_SCHEMED.match(text, start)
    if found:
        return _url_match(found[0], start, None)
    found = _LINE_SCHEMELESS.match(text, start)
    if found is None or not (found["path"] or found[0].islower()):
        return None
    return _url_match(found[0], start, found["tld"])


def _url_match(text: str, start: int, tld: str | None) -> UrlMatch | None:
    raw = strip_punctuation(text)
    if len(raw) > MAX_LENGTH:
        return None
    if tld is None:
        url = repair(raw)
        return UrlMatch(url, raw, "bare", start, start + len(raw)) if url else None
    if not is_top_level_domain(tld) or (tld.isupper() and not raw.lower().startswith("www.")):
        return None  # Node.js, ASP.NET/C#
    return UrlMatch(f"https://{raw}", raw, "schemeless", start, start + len(raw))


def strip_punctuation(text: str) -> str:
    """An address without the marks and the unbalanced brackets at its end, which belong to the sentence."""
    if not text.endswith(_TRAILING):
        return text
    surplus = {closer: text.count(closer) - text.count(opener) for closer, opener in _BRACKETS.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in ".,;:!'":
            break
        end -= 1
    return text[:end]


def is_archive(url: str) -> bool:
    """Whether a URL is an archive's copy of another page."""
    return _ARCHIVE.match(url) is not None


def original_of(url: str) -> str | None:
    """The original's URL inside that of an archive's copy; None if it has none inside."""
    archive = _ARCHIVE.match(url)
    if archive is None:
        return None
    inner = _INNER.search(archive[1])
    if inner:
        return repair(inner[0]) or None
    schemeless = _INNER_SCHEMELESS.fullmatch(archive[1])
    return f"https://{schemeless[1]}" if schemeless else None


def is_top_level_domain(name: str) -> bool:
    """Whether a word is a top-level domain, by the Public Suffix List."""
    return name.lower() in _top_level_domains()


@cache
def _top_level_domains() -> frozenset[str]:
    from tldextract import TLDExtract  # noqa: PLC0415 - takes 0.2 s, and few stories have a host without scheme

    # The list that comes with the library: nothing is fetched, nothing is cached on disk.
    suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    return frozenset(suffix.rpartition(".")[2] for suffix in suffixes)
