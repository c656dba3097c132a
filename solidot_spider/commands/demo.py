"""``solidot demo``: the real spider, as a real crawl, over the trial server on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from solidot_spider.base.outcome import TROUBLE
from solidot_spider.trial.client import StartError, running
from solidot_spider.trial.stories import builtin_stories


def main(*, serve: bool = False) -> int:
    """Crawl the trial site into a fresh directory; the crawl's exit status."""
    data = Path(tempfile.mkdtemp(prefix="solidot-demo-"))
    try:
        with running("--clock", "2026-01-15T12:00:00+08:00") as server:
            print(f"a small Solidot of invented stories is at {server.url}")
            status = crawl(server.url, data)
            for feed in sorted(data.glob("runs/*.jsonl")):
                print(f"the records are in {feed}")
            if serve:
                _wait(server.url)
    except StartError as error:
        print(f"solidot: {error}", file=sys.stderr)
        return TROUBLE
    return status


def crawl(url: str, data: Path) -> int:
    """Crawl all sids from the trial site's first story to its last; the exit status."""
    sids = sorted(builtin_stories())
    chosen = ",".join(_ranges(sids))
    # The site is our own and on this machine: nobody is hurt without the delay.
    command = [
        sys.executable,
        "-m",
        "solidot_spider",
        "crawl",
        "story",
        "-a",
        f"sids={chosen}",
        "-s",
        "DOWNLOAD_DELAY=0",
    ]
    environment = {**os.environ, "SOLIDOT_SITE_URL": url, "SOLIDOT_DATA_DIR": str(data)}
    print(f"$ SOLIDOT_SITE_URL={url} SOLIDOT_DATA_DIR={data} solidot {' '.join(command[3:])}", flush=True)
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - our own command


def _ranges(sids: list[int]) -> list[str]:
    """The stories with the few ids around each, so that the gaps are asked too."""
    out: list[list[int]] = []
    for sid in sids:
        if out and sid - out[-1][1] <= 4:
            out[-1][1] = sid
        else:
            out.append([sid, sid])
    return [f"{first}-{last}" if last > first else str(first) for first, last in out]


def _wait(url: str) -> None:
    print(f"{url} stays open; Ctrl-C ends it", flush=True)
    try:
        signal.pause()
    except KeyboardInterrupt:
        print()
