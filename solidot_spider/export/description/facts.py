"""Gathers what the store knows of a dataset and its records do not tell: the site, the parser, and what is missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from solidot_spider.base.sids import Sids
from solidot_spider.export.selection import Selection
from solidot_spider.store.queries import Snapshot

SELECTION, SITE, PARSER_VERSIONS, ORIGINS = "selection", "site", "parser_versions", "origins"
MISSING, GAPS = "missing", "gaps"
"""Keys of the descriptor: what was selected; the store's site; how many stories each version of the parser has read,
and how many come from each origin; the ids without a story, and those that nobody knows of."""

FACTS = (SELECTION, SITE, PARSER_VERSIONS, ORIGINS, MISSING, GAPS)
"""Keys of what only the store knows of a dataset."""

DELTA = "delta"
"""The descriptor's key for where a delta begins, and where it leads."""


def facts(view: Snapshot, selection: Selection) -> dict[str, Any]:
    """What the store knows, as a descriptor has it.

    ``missing`` are the ids that the site has no story for, ``gaps`` those of which nobody knows; both lie between the
    lowest and the highest story that was published on the selected days and has one of the selected ids.
    """
    provenance, choice = view.provenance, replace(selection.choice, withdrawn=True)
    span = provenance.span(choice)
    asked = Sids([span] if span else []).within(choice.sids or Sids([span] if span else []))
    missing, gaps = (provenance.missing(span), provenance.gaps(span)) if span else (Sids(), Sids())
    return {
        SELECTION: selection.described,
        SITE: provenance.site(),
        PARSER_VERSIONS: selection.parser_versions(view),
        ORIGINS: selection.origins(view),
        MISSING: _ids(missing.within(asked)),
        GAPS: _ids(gaps.within(asked)),
    }


def _ids(sids: Sids) -> dict[str, Any]:
    return {"count": len(sids), "sids": str(sids)}
