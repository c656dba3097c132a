"""The package is built of the checkout as it is."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.crawling import copy_of_the_tree

DEPLOYED = (
    *("solidot.service", "solidot.timer", "solidot-worker.service"),
    *("Dockerfile", "Dockerfile.dockerignore", "compose.yaml", "cronjob.yaml"),
)


@pytest.mark.long
def test_what_an_older_build_has_left_is_not_packed(tmp_path: Path) -> None:
    copy_of_the_tree(tmp_path / "clone")
    left = tmp_path / "clone" / "build" / "lib" / "solidot_spider" / "spiders" / "deleted.py"
    left.parent.mkdir(parents=True)
    left.touch()
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(tmp_path / "clone")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "solidot_spider/spiders/story.py" in names
    assert "solidot_spider/spiders/deleted.py" not in names
    assert {f"solidot_spider/deploy/{name}" for name in DEPLOYED} <= set(names)
    assert {f"solidot_spider/report/page{kind}" for kind in (".css", ".html", ".js", "-plots.js", "-search.js")} <= set(
        names
    )
