"""List pages: the home page, sections and days hold a ``div.block_m`` a story, its title a link."""

from __future__ import annotations

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
