"""Finds the word that was meant by one that nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def meant(word: str, known: Iterable[str]) -> str:
    """The known word that is most like another; '' if none is."""
    found = get_close_matches(word, list(known), 1)
    return found[0] if found else ""


def question(word: str, known: Iterable[str], prefix: str = "") -> str:
    """``; did you mean …?`` as the end of a sentence; '' if no known word is like this one.

    Args:
        word: what was given.
        known: the words that there are.
        prefix: what stands before the known word where it is used.
    """
    found = meant(word, known)
    return f"; did you mean {prefix}{found}?" if found else ""
