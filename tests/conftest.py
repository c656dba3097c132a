"""Settings of the tests."""

from __future__ import annotations

import os

from hypothesis import settings

# CI must not find by chance what a change did not cause; at home each run looks elsewhere.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("home", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "home")
