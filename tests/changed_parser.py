"""``solidot`` with a parser that was changed on purpose: ``python -m tests.changed_parser WORDS``.

``SOLIDOT_TEST_PARSER`` names the changes, with commas: ``title`` and ``department`` give other values, ``choosy`` finds
no body in a third of the pages. Its version is one more than that of the real one.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from solidot_spider import items

items.PARSER_VERSION += 1  # before other modules take it

from solidot_spider import cli  # noqa: E402
from solidot_spider.parsing import page  # noqa: E402
from solidot_spider.parsing.page import StoryPage, Unparsed  # noqa: E402

CHANGES = frozenset(os.environ["SOLIDOT_TEST_PARSER"].split(","))
_parsed = page._story_page


def _changed(*given: Any) -> StoryPage | Unparsed:
    found = _parsed(*given)
    if isinstance(found, Unparsed):
        return found
    if "choosy" in CHANGES and found.sid % 3 == 0:
        return Unparsed("no-body")
    if "title" in CHANGES:
        found.title += "（更正）"
    if "department" in CHANGES and found.sid % 2:
        found.department = None
    return found


vars(page)["_story_page"] = _changed

if __name__ == "__main__":
    sys.exit(cli.main())
