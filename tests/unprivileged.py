"""Commands without root's rights, also where the tests run as root."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.crawling import Crawl, environment

WITHOUT_RIGHTS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all") if os.geteuid() == 0 else ()
"""Root's user without its capabilities: what a file's mode forbids is forbidden."""
NOTHING: Mapping[str, str] = {}


def unprivileged(url: str, data: Path, *words: str, cwd: Path | None = None, env: Mapping[str, str] = NOTHING) -> Crawl:
    """``solidot`` with these words, executed by somebody who may do no more than modes say."""
    done = subprocess.run(
        [*WITHOUT_RIGHTS, sys.executable, "-m", "solidot_spider", *words],
        env={**environment(url, data), **env},
        cwd=cwd or data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Crawl(done.returncode, done.stdout, done.stderr, data)
