"""A trial site that fails by a plan, and what it was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.crawling import NOW
from tests.server.client import Running, running


@contextmanager
def faulty(
    directory: Path,
    *faults: dict[str, Any],
    stories: str = "builtin",
    robots: str | bytes | None = None,
    words: Sequence[str] = (),
) -> Iterator[Running]:
    """A site with these faults, for the time of a ``with`` block; its plan is a file in the directory."""
    plan = directory / "faults.json"
    plan.write_text(json.dumps(faults))
    given = ["--clock", NOW, "--stories", stories, "--faults", str(plan), *words]
    if robots is not None:
        (directory / "robots.txt").write_bytes(robots.encode() if isinstance(robots, str) else robots)
        given += ["--robots", str(directory / "robots.txt")]
    with running(*given) as server:
        yield server


def heal(directory: Path) -> None:
    """Let the site fail no more."""
    aside = directory / "healed.json"
    aside.write_text("[]\n")
    aside.replace(directory / "faults.json")


def asked_paths(server: Running) -> list[str]:
    """What was asked, in order."""
    return [each["path"] for each in server.requests()]


def asked_sids(server: Running) -> list[int]:
    """The stories that were asked, in order and as often as they were."""
    return [each["sid"] for each in server.requests() if each["sid"]]
