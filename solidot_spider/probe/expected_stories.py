"""Loads what is known of a few stories before a store knows any: of the live site, or of a file that is named."""

from __future__ import annotations

from pathlib import Path

from solidot_spider.base.options import OptionError, Options
from solidot_spider.probe import expectations
from solidot_spider.probe.expectations import ExpectationError, KnownStory


def load(chosen: Options) -> list[KnownStory]:
    """The stories of ``SOLIDOT_KNOWN_STORIES``, by default the live site's, which no other site has.

    Raises:
        OptionError: the file cannot be read, or has another form.
    """
    if not chosen.known_stories:
        return expectations.load().stories if chosen.is_live else []
    try:
        return expectations.load(Path(chosen.known_stories)).stories
    except ExpectationError as error:
        raise OptionError(str(error).replace("--expect ", "SOLIDOT_KNOWN_STORIES=", 1)) from error
