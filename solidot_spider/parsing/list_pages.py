"""List pages: the home page, sections and days hold a ``div.block_m`` a story, its title a link; and the feed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider.base import site
from solidot_spider.parsing import dateline
from solidot_spider.parsing.document import BLOCK, has_class, tree
from solidot_spider.parsing.story_header import Head


def story_sids(data: bytes) -> list[int]:
    """The stories of a list page in page order, each once; [] where it has none.

    Only the heading's last link with a story's address counts: the first may be the section, and side boxes name
    stories of any age.
    """
    return list(dict.fromkeys(sid for block in _blocks(_page(data)) if (sid := _title_sid(block))))


def day_sids(data: bytes, day: date) -> list[int] | None:
    """The stories that the page of a day lists, in page order, each once; None where it is not the page of that day.

    A site that is not well answers its home page to everything, which shows two or three days: more than half of the
    blocks must be of the day, by their datelines. An empty day has no block, and is known by what stands round them.
    """
    page = _page(data)
    blocks = list(_blocks(page))
    found = {sid: _day(block) for block in blocks if (sid := _title_sid(block))}
    if not blocks:
        return [] if _frame_signs(page) >= 2 else None
    dated = [at for at in found.values() if at]
    if dated.count(day) * 2 <= len(dated):
        return None
    return [sid for sid, at in found.items() if at in (None, day)]


def _page(data: bytes) -> Element:
    return tree(data.decode(errors="replace").encode())


def _blocks(page: Element) -> Iterator[Element]:
    return (each for each in page.iter("div") if has_class(each, BLOCK))


def _day(block: Element) -> date | None:
    line = dateline.read(Head(block).text)
    return line.at.date() if line else None


def _frame_signs(page: Element) -> int:
    """How many signs there are that a page without stories is the site's all the same."""
    names = {each.get("id") for each in page.iter("div")}
    return sum(
        (
            "center" in names,
            "footer" in names,
            any(has_class(each, "block_r") for each in page.iter("div")),
            any("issue=" in (each.get("href") or "") for each in page.iter("a")),
        )
    )


def _title_sid(block: Element) -> int | None:
    heading = next(block.iter("h2"), None)
    if heading is None:
        return None
    found = (site.linked_sid(site.resolve(a.get("href") or "", site.CANONICAL)) for a in heading.iter("a"))
    return next((sid for sid in reversed(list(found)) if sid), None)


_FEED_PARSER = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False)


def feed_sids(data: bytes) -> list[int]:
    """The stories of the feed's items in their order, each once; [] where it has none.

    A link may lack its scheme.
    """
    try:
        root: Element | None = etree.fromstring(data.strip(), _FEED_PARSER)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        return []
    items = root.iter("{*}item", "{*}entry")
    links = (link.text or link.get("href") or "" for item in items for link in item.iter("{*}link"))
    found = (site.linked_sid(site.resolve(link.strip(), site.CANONICAL)) for link in links)
    return list(dict.fromkeys(sid for sid in found if sid))
