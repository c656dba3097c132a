"""Hands a command line to Scrapy's command of that name."""

from __future__ import annotations

import os

from solidot_spider.base.console import refuse
from solidot_spider.base.outcome import USAGE
from solidot_spider.commands import places

SHOWN = "list, shell URL, parse URL, fetch URL, view URL, settings, runspider FILE"
"""What help tells of."""


def run(words: list[str]) -> int:
    """Run one of Scrapy's commands with this project's settings, wherever it is called; the exit status."""
    if why := places.problem():
        return refuse(why, USAGE)
    os.environ.setdefault("SCRAPY_SETTINGS_MODULE", "solidot_spider.settings")
    from solidot_spider.scrapy_commands.execution import execute  # 0.35 s that our own verbs do not pay

    return execute(words)
