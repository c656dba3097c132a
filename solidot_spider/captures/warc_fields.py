"""Names the fields that our own records have beside those of the standard, so that a page comes back as it went."""

from __future__ import annotations

ORIGIN = "Solidot-Origin"
"""Where the page came from before it was written: one of ``origins.ORIGINS``."""

WITHDRAWN = "Solidot-Withdrawn"
"""When the site was first seen to have the story no more; UTC, ISO 8601."""

ASKED = "Solidot-Asked"
"""The address that was asked for, where another one answered."""
