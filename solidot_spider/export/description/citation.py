"""Says how a dataset is cited: a ``CITATION.cff``, and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from solidot_spider.base.site import CANONICAL, DOMAIN
from solidot_spider.export import contents
from solidot_spider.export.description import yaml_text

CITATION = "CITATION.cff"

_MESSAGE = "If you use this dataset, please cite it by these data, and the stories by their addresses."


def citation(described: Mapping[str, Any]) -> str:
    """The file in the Citation File Format 1.2.0.

    Args:
        described: the descriptor of the dataset.
    """
    fetched = described.get("fetched_at")
    return yaml_text.text(
        {
            "cff-version": "1.2.0",
            "message": _MESSAGE,
            "type": "dataset",
            "title": described["title"],
            "abstract": described["description"],
            "authors": [{"name": DOMAIN, "website": CANONICAL}],
            "version": described["version"],
            **({"date-released": fetched[1][:10]} if fetched else {}),
            "url": CANONICAL,
            "keywords": described["keywords"],
            "identifiers": [
                {
                    "type": "other",
                    "value": described["revision"],
                    "description": "SHA-256 of the records as lines of JSON",
                }
            ],
            "references": [
                {
                    "type": "software",
                    "title": contents.PROGRAM["name"],
                    "version": contents.PROGRAM["version"],
                    "authors": [{"name": contents.PROGRAM["name"]}],
                }
            ],
        }
    )


def sentence(described: Mapping[str, Any]) -> str:
    """The citation in a sentence."""
    fetched = described.get("fetched_at")
    when = f", fetched until {fetched[1][:10]}" if fetched else ""
    return f"{DOMAIN}: {described['title']} (dataset), version {described['version']}{when}. {CANONICAL}"
