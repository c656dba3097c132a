"""A simulated year of ``latest``, held against a plain reckoning of what its policy asks and what the site showed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base import clock
from solidot_spider.crawl.known_answers import EVERY
from solidot_spider.crawl.known_stories import TRIES
from tests.crawling import environment, solidot
from tests.server.client import running
from tests.server.generated import lively

COUNT, PER_DAY = 3700, 9
START = datetime.fromisoformat("2023-01-04T00:30:00+08:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIMES = [
    *(START + at * HOUR for at in range(60 * 24)),
    *(START + at * DAY for at in range(60, 360)),
    *(START + at * DAY for at in range(390, 393)),  # after a month's pause
]
REAL = {TIMES[30], TIMES[1600], TIMES[-3]}
"""Runs that a process of their own does."""
DOWN = [(START + 20 * DAY, START + 22 * DAY), (START + 150 * DAY, START + 153 * DAY)]
ILL = (START + 40 * DAY - HOUR / 2, START + 40 * DAY + 5.5 * HOUR)
"""Six hours in which the home page answers everything."""
STORIES = lively(COUNT, per_day=PER_DAY)


@dataclass
class Known:
    """What the reckoning knows of an id."""

    asked: datetime
    first_missing: datetime | None = None
    seen: datetime | None = None
    is_missing: bool = False
    is_open: bool = False
    """Asked in vain: due at the next run."""


@dataclass
class Reckoning:
    """What an ideal crawler asks and learns, run by run."""

    lowest: int = 0
    ids: dict[int, Known] = field(default_factory=dict)
    withdrawn: dict[int, datetime] = field(default_factory=dict)

    def run(self, now: datetime, *, is_ill: bool) -> set[int]:
        shown = [story.sid for story in STORIES.newest(now, 20)]
        due = set(shown) if not self.lowest else self._due(now, max(shown))
        self.lowest = self.lowest or min(shown)
        for sid in due:
            self._learn(sid, now, is_ill=is_ill)
        return due

    def _due(self, now: datetime, top: int) -> set[int]:
        stored = [sid for sid, known in self.ids.items() if known.seen]
        newest = max(stored)
        border = STORIES[newest].published - 62 * DAY
        recent = max((sid for sid in stored if STORIES[sid].published < border), default=0) + 1
        return {sid for sid in range(self.lowest, top + 1) if self._is_due(sid, now, newest, recent)}

    def _is_due(self, sid: int, now: datetime, newest: int, recent: int) -> bool:
        known = self.ids.get(sid)
        if known is None or known.is_open:
            return True
        ago = now - known.asked
        if known.is_missing:
            assert known.first_missing
            if sid > newest:
                return True
            if sid >= recent:
                return ago >= 7 * DAY
            return now - known.first_missing >= 30 * DAY > known.asked - known.first_missing
        age = now - STORIES[sid].published
        return age < DAY or (age < 7 * DAY and ago >= DAY) or (age < 62 * DAY and ago >= 7 * DAY)

    def _learn(self, sid: int, now: datetime, *, is_ill: bool) -> None:
        known = self.ids.setdefault(sid, Known(now))
        known.asked, known.is_open = now, is_ill
        if is_ill:
            return
        known.is_missing = sid not in STORIES or STORIES[sid].as_of(now) is None
        if not known.is_missing:
            known.seen, known.first_missing = now, None
            self.withdrawn.pop(sid, None)
        elif known.first_missing is None:
            known.first_missing = now
        elif known.seen and now - known.first_missing >= DAY:
            self.withdrawn.setdefault(sid, known.first_missing)


def runs(tmp_path: Path) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Each run's end, and the stories that it asked for."""
    now, plan = tmp_path / "clock", tmp_path / "faults.json"
    now.write_text(TIMES[0].isoformat())
    windows = [
        (a.isoformat(), (b - timedelta(minutes=1)).isoformat()) for a, b in [*DOWN, ILL]
    ]  # which include both ends
    plan.write_text(
        json.dumps(
            [
                *({"action": "status", "status": 503, "between": window} for window in windows[:-1]),
                {"action": "home", "between": windows[-1]},
            ]
        )
    )
    words = ("--stories", f"lively:{COUNT}", "--per-day", str(PER_DAY), "--clock", str(now), "--faults", str(plan))
    with running(*words) as server:
        done = subprocess.run(
            [sys.executable, "-m", "tests.year_of_runs", server.url, str(tmp_path / "data"), str(now), str(server.log)],
            input="".join(f"{moment.isoformat()} {'*' if moment in REAL else ''}\n" for moment in TIMES),
            env={**environment(server.url, tmp_path / "data"), "PYTHONUNBUFFERED": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        ends = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(ends) == len(TIMES), done.stderr[-2000:]
        with server.log.open("rb") as log:
            for end in ends:
                log.seek(end["first"])
                entries = [json.loads(line) for line in log.read(end["last"] - end["first"]).splitlines()]
                yield end, [each["sid"] for each in entries if each["sid"]]
        assert solidot(server.url, tmp_path / "data", "export", str(tmp_path / "all.jsonl")).status == 0


@pytest.mark.long
def test_a_year(tmp_path: Path) -> None:
    ideal, wanted, made = Reckoning(), 0, 0
    for end, asked in runs(tmp_path):
        now = datetime.fromisoformat(end["at"])
        is_down, is_ill = any(a <= now < b for a, b in DOWN), ILL[0] <= now < ILL[1]
        due = set() if is_down else ideal.run(now, is_ill=is_ill)
        assert end["status"] == (1 if is_down else 3 if is_ill else 0), end
        assert due <= set(asked) or is_ill, end  # which stops where a control fails
        stored = sorted((sid for sid, known in ideal.ids.items() if known.seen), reverse=True)
        controls = stored[:20] if len(asked) > len(due) or is_ill else ()
        others = set(asked) - due - set(controls)
        assert len(others) <= len(due) // EVERY * TRIES, end  # known answers
        border = STORIES[stored[0]].published - 62 * DAY if others else now
        assert others <= {sid for sid in stored if STORIES[sid].published < border}, end
        wanted, made = wanted + len(due), made + len(asked)
    assert wanted * 0.9 <= made <= wanted * 1.1
    records = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["sid"] for each in records] == sorted(sid for sid, known in ideal.ids.items() if known.seen)
    for each in records:
        assert_is_what_was_last_seen(each, ideal.ids[each["sid"]].seen, ideal.withdrawn.get(each["sid"]))
    assert_nothing_public_is_lost({each["sid"] for each in records}, ideal.lowest)


def assert_is_what_was_last_seen(record: dict[str, Any], seen: datetime | None, withdrawn: datetime | None) -> None:
    assert seen
    story = STORIES[record["sid"]].as_of(seen)
    assert story
    assert record["fetched_at"] == clock.iso(seen)
    assert record["title"] == story.title
    assert record["comment_count"] == len(story.comments)
    assert record["withdrawn_at"] == (clock.iso(withdrawn) if withdrawn else None)
    assert not withdrawn or STORIES[record["sid"]].is_withdrawn(withdrawn)


def assert_nothing_public_is_lost(stored: set[int], lowest: int) -> None:
    """Told from the stories alone, without the reckoning."""
    well = [now for now in TIMES if not any(a <= now < b for a, b in [*DOWN, ILL])]
    for sid in STORIES:
        story = STORIES[sid]
        if sid >= lowest and any(story.as_of(now) for now in well if now >= story.published):
            assert sid in stored
