"""Writes the reference page of faults: ``python -m tests.fault_table`` runs each one and measures its time and memory."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crawling import PLENTY, Crawl, measured, solidot
from tests.faults import FAULTS, SID, Fault
from tests.faulty_site import faulty

PAGE = Path(__file__).parents[1] / ".readme" / "faults.md"
HEAD = """\
# Faults

What a site, a page or the surroundings of a run may do, and what becomes of it: the words of the summary, the exit
status, and what the whole run of three stories took on one machine. Each line is a test (`tests/faults.py`);
`python -m tests.fault_table` writes this page.

| what happens | what the run says | status | seconds | MiB |
| --- | --- | --- | --- | --- |
"""
WORDS = ("-s", "DOWNLOAD_DELAY=0", "-s", "SOLIDOT_BACKOFF=0", "-s", "RETRY_TIMES=1", "-s", "DOWNLOAD_TIMEOUT=2")
Measure = Callable[..., tuple[Crawl, int]]


def run(fault: Fault, scratch: Path) -> Crawl:
    """A run that meets a fault."""
    return _run(fault, scratch, lambda *words, env: (solidot(*words, env=env), 0))[0]


def _run(fault: Fault, scratch: Path, measure: Measure) -> tuple[Crawl, int]:
    data = scratch / "data"
    rules = [{"path": "/story", "sids": [SID], **fault.rule}] if fault.rule else []
    env = {name: value.format(data=data) for name, value in fault.env.items()}
    with faulty(scratch, *rules) as server:
        return measure(server.url, data, "crawl", "story", "-a", f"sids={PLENTY}", *WORDS, *fault.words, env=env)


def row(fault: Fault, seconds: str = "", peak: str = "") -> str:
    """The line of a fault."""
    name = fault.name.replace("|", "\\|")
    return f"| {name} | `{fault.outcome.strip()}` | {fault.status} | {seconds} | {peak} |\n"


def written() -> str:
    """The page without what the runs took."""
    return HEAD + "".join(row(fault) for fault in FAULTS)


def without_costs(text: str) -> str:
    """A page without what the runs took."""
    return re.sub(r"\| [0-9.]+ \| [0-9]+ \|$", "|  |  |", text, flags=re.MULTILINE)


def main() -> None:
    """Run each fault, and write the page."""
    lines = []
    for fault in FAULTS:
        with TemporaryDirectory() as scratch:
            began = time.monotonic()
            done, peak = _run(fault, Path(scratch), measured)
            seconds = time.monotonic() - began
        if done.status != fault.status or fault.outcome not in done.err:
            raise SystemExit(f"{fault.name}: exit status {done.status}, {done.err}")
        lines.append(row(fault, f"{seconds:.1f}", f"{peak / 1024:.0f}"))
        sys.stderr.write(lines[-1])
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
