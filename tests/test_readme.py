"""README names what there is: each option and each spider argument, no other."""

from __future__ import annotations

import re
from pathlib import Path

from solidot_spider.base import options
from solidot_spider.base.options import Options
from solidot_spider.spiders.daily import DailySpider
from solidot_spider.spiders.latest import LatestSpider
from solidot_spider.spiders.story import StorySpider

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
OPTIONS = README.partition("### Options")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| `(\w+)` \| (\S.*?) \| (.+) \|$", re.MULTILINE)


def test_each_option_has_a_row_with_its_default() -> None:
    rows = {name: default.strip("`") for name, default, _ in ROW.findall(OPTIONS)}
    assert rows.pop("SOLIDOT_CLOCK") == "the time"  # which is read by the clock, from the environment alone
    assert set(rows) == set(options.MEANINGS)
    assert all(options.MEANINGS.values())
    given = options.load({name: "" if default == "none" else default for name, default in rows.items()})
    assert given == Options() == options.load({})


def test_each_argument_is_named() -> None:
    for argument in {*StorySpider.takes, *LatestSpider.takes, *DailySpider.takes}:
        assert f"{argument.name}=" in README
        assert argument.meaning
