"""Builds the package from the checkout as it is: all else that a build needs is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class FreshBuild(build_py):
    """Copies modules into an empty directory: what an older build left there would come back in the package."""

    def run(self) -> None:
        """Copy the modules."""
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib) / "solidot_spider", ignore_errors=True)
        super().run()


setup(cmdclass={"build_py": FreshBuild})
