"""Builds the package without what an older build has left: deleted modules would come back from ``build/``."""

from __future__ import annotations

import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

build_py: Any = import_module("setuptools.command.build_py").build_py


class FreshBuild(build_py):  # type: ignore[misc] # setuptools has no types in each version
    """Copies modules into an empty directory."""

    def run(self) -> None:
        """Copy the modules."""
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib) / "solidot_spider", ignore_errors=True)
        super().run()
