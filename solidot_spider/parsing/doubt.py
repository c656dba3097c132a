"""Names why a page that is proven to be the story is refused all the same."""

from __future__ import annotations


class DoubtError(Exception):
    """A part of the page can be read in more than one way; the message is the reason, as the summary prints it."""
