"""Tells what the benchmarks ran on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from solidot_spider import __version__
from tests import forked

MEASURED_WITH = ("lxml", "Scrapy", "SQLAlchemy", "duckdb")


def told() -> dict[str, str]:
    """Processor, cores, memory, system and versions."""
    libraries = {name: version(name) for name in MEASURED_WITH}
    return {
        "processor": _processor(),
        "cores": f"{os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "Linux": platform.release().split("-")[0],
        "Python": platform.python_version(),
        **libraries,
    }


def program() -> str:
    """The version and the commit; with ``+`` if files were changed since."""
    words = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    commit = subprocess.run(words, cwd=forked.ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return f"solidot_spider {__version__}" + (f" ({commit})" if commit else "")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
