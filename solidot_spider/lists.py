"""List pages: the home page, sections and days hold a ``div.block_m`` a story, its title a link; and the feed."""

from __future__ import annotations

from lxml import etree
from lxml.etree import _Element as Element

from solidot_spider import site
from solidot_spider.document import BLOCK, has_class, tree


def story_sids(data: bytes) -> list[int]:
    """The stories of a list page in page order, each once; [] where it has none.

    Only the heading's last link with a story's address counts: the first may be the section, and side boxes name
    stories of any age.
    """
    page = tree(data.decode(errors="replace").encode())
    blocks = (each for each in page.iter("div") if has_class(each, BLOCK))
    return list(dict.fromkeys(sid for block in blocks if (sid := _title_sid(block))))


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
