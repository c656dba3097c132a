"""Addresses in a story: cut out of Chinese text, mended, made absolute; archive mirrors; what is a link at all.

The rules are the dataset's (README, *How a link is cut*). URLs are never fetched, shortened or stripped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

from msgspec import Struct

from solidot_spider.base import site
from solidot_spider.parsing.text import visible

# What ends an address: white space, the ASCII characters <>"|` and every full-width mark, bracket and quotation mark.
_ENDS = (
    r"\s<>\"|`\u00ab\u00bb\u2014\u2018-\u201f\u2026\u2039\u203a\u3000-\u303f\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\u200b-\u200d\u2060\ufeff"
)
# A scheme as written, sound or with a letter lost or doubled (`ttps`, `htps`, `hhttps`), but not `ssh` or `sftp`.
_WEB = r"(?:h{0,2}t{1,3}p{0,2}s{0,2}|ps)"
_ASCII_CHAR = r"[!#-;=?-_a-{}~]"
_ANY_CHAR = rf"[^{_ENDS}]"
_LABELS = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+(?P<tld>[A-Za-z]{2,24})"

# In prose: only ASCII belongs to an address, and a host without scheme needs a path.
_IN_PROSE = re.compile(
    rf"(?P<schemed>https?://{_ASCII_CHAR}+)"
    rf"|(?<![A-Za-z0-9_@/.:%&=?#~+\-\\])(?P<schemeless>{_LABELS}(?::\d+)?/{_ASCII_CHAR}*)",
    re.IGNORECASE,
)
# On a line of its own: path characters of any script, schemes that lost or gained a letter, hosts alone.
_ALONE_SCHEMED = re.compile(rf"{_WEB}:/{{1,3}}{_ANY_CHAR}+", re.IGNORECASE)
_ALONE_SCHEMELESS = re.compile(rf"{_LABELS}(?::\d+)?(?P<path>[/?#]{_ANY_CHAR}*)?(?![^{_ENDS}.,;:!')\]])")

_SCHEME = re.compile(rf"(?P<scheme>{_WEB}):/{{1,3}}(?=[^/])", re.IGNORECASE)
_DOUBLED = re.compile(r"https?:/{1,2}(?=https?://)", re.IGNORECASE)
_MIRROR = re.compile(r"https?://(?:archive\.(?:ph|is|today|md|li|vn|fo)/|web\.archive\.org/web/)(.*)", re.IGNORECASE)
_INNER = re.compile(r"https?:/{1,2}[^/].*", re.IGNORECASE)
_INNER_SCHEMELESS = re.compile(rf"\d{{4,14}}[a-z_*]*/({_LABELS}(?:[/?#:].*)?)")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_CLOSERS = {")": "(", "]": "["}
_SOUND = re.compile(r"https?://(?!https?:)[^\s<>\"/?#:@\[\].]+\.[^\s<>\"/?#:@\[\].][^\s<>\"]*")
_UNSAFE = re.compile(r"[\s<>\"]")


class Found(Struct, frozen=True, gc=False):
    """An address in a text: made usable, as written, with or without a scheme, and where it ends."""

    url: str
    raw: str
    form: Literal["bare", "schemeless"]
    start: int
    end: int


def usable(href: str, base: str) -> str:
    """An ``href`` as an absolute http(s) URL, resolved and mended; '' where it is none or its host has no dot."""
    text = visible(href).strip()
    if not text or _SOUND.fullmatch(text):
        return text
    if not _SCHEME.match(text):
        text = site.resolve(text, base)
    return mended(text)


def mended(text: str) -> str:
    """An absolute address with its scheme set right (``http://https://``, ``ttps://``); '' where it is none."""
    if _SOUND.fullmatch(text):
        return text
    text = _DOUBLED.sub("", text, count=1)
    found = _SCHEME.match(text)
    if found is None:
        return ""
    scheme = "https" if found["scheme"].lower().endswith("s") else "http"
    url = f"{scheme}://{text[found.end() :]}"
    if _UNSAFE.search(url):
        url = _UNSAFE.sub(_escaped, url)
    return url if _has_host(url) else ""


def _escaped(found: re.Match[str]) -> str:
    """A browser drops breaks and tabs from an address, and escapes the rest."""
    return "" if found[0] in "\t\n\r" else "".join(f"%{byte:02X}" for byte in found[0].encode())


def _has_host(url: str) -> bool:
    """Whether an address has a host with a dot (``http://https//…`` has none), or a bracketed IPv6 one."""
    name = site.host(url)
    return "." in name.strip(".") or _IPV6.fullmatch(name) is not None


def picture_url(source: str, base: str) -> str:
    """An ``img``'s address, absolute and https; '' for one that is written into the page or none at all."""
    url = usable(source, base)
    return "https" + url[4:] if url.startswith("http:") else url


def in_prose(text: str) -> Iterator[Found]:
    """The addresses that stand in running text, in order."""
    if "/" not in text:
        return
    for found in _IN_PROSE.finditer(text):
        made = _cut(found["schemed"] or found["schemeless"], found.start(), found["tld"])
        if made:
            yield made


def alone(text: str, start: int = 0) -> Found | None:
    """The address that begins at ``start`` of a line that may hold nothing but sources."""
    found = _ALONE_SCHEMED.match(text, start)
    if found:
        return _cut(found[0], start, None)
    found = _ALONE_SCHEMELESS.match(text, start)
    if found is None or not (found["path"] or found[0].islower()):
        return None
    return _cut(found[0], start, found["tld"])


def _cut(text: str, start: int, tld: str | None) -> Found | None:
    raw = trimmed(text)
    if tld is None:
        url = mended(raw)
        return Found(url, raw, "bare", start, start + len(raw)) if url else None
    if not is_top_level(tld) or (tld.isupper() and not raw.lower().startswith("www.")):
        return None  # Node.js, ASP.NET/C#
    return Found(f"https://{raw}", raw, "schemeless", start, start + len(raw))


def trimmed(text: str) -> str:
    """An address without the marks and the unbalanced brackets at its end that belong to the sentence."""
    while text:
        last = text[-1]
        opener = _CLOSERS.get(last)
        if last in ".,;:!'" or (opener and text.count(last) > text.count(opener)):
            text = text[:-1]
        else:
            break
    return text


def is_mirror(url: str) -> bool:
    """Whether a URL is a page of an archive that stands for another one."""
    return _MIRROR.match(url) is not None


def archived(url: str) -> str | None:
    """The original's URL that an archive mirror carries inside its own; None where it carries none."""
    mirror = _MIRROR.match(url)
    if mirror is None:
        return None
    inner = _INNER.search(mirror[1])
    if inner:
        return mended(inner[0]) or None
    schemeless = _INNER_SCHEMELESS.fullmatch(mirror[1])
    return f"https://{schemeless[1]}" if schemeless else None


def is_top_level(name: str) -> bool:
    """Whether a word is a top-level domain, by the Public Suffix List."""
    return name.lower() in _top_level_domains()


@cache
def _top_level_domains() -> frozenset[str]:
    from tldextract import TLDExtract  # noqa: PLC0415 - costs 0.2 s, and few stories have a host without scheme

    # The list that the library ships: nothing is fetched, nothing is cached on disk.
    suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None).tlds
    return frozenset(suffix.rpartition(".")[2] for suffix in suffixes)
