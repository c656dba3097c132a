"""The stories and fields that an export holds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.base.sids import Sids
from solidot_spider.export import dataset
from solidot_spider.export.selection import FIELDS, Selection
from solidot_spider.store import records as stored_records
from solidot_spider.store.store import Store
from tests.stores import NOW, fields, heard, run, stored

EVERY = (1, 8000, 8001, 40_000, 99_000)


def chosen_sids(chosen: Options, out: Path, selection: Selection) -> list[int]:
    dataset.export(chosen, out, selection, force=True)
    return [json.loads(line)["sid"] for line in out.read_text(encoding="utf-8").split("\n")[:-1]]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "stories.jsonl"


def day(sid: int) -> date:
    return date.fromisoformat(fields(sid)["published_at"][:10])


@pytest.mark.parametrize(
    ("selection", "sids"),
    [
        (Selection(), EVERY),
        (Selection(since=day(8000)), EVERY[1:]),
        (Selection(since=day(8000) + timedelta(days=1)), EVERY[3:]),
        (Selection(until=day(8000)), EVERY[:3]),
        (Selection(until=day(8000) - timedelta(days=1)), EVERY[:1]),
        (Selection(since=day(8000), until=day(8000)), (8000, 8001)),
        (Selection(sids=Sids([(2, 8000), (40_000, 40_000), (77, 77)])), (8000, 40_000)),
        (Selection(period=str(day(1))[:4]), EVERY[:4]),
        (Selection(period=str(day(1))[:7]), (1,)),
        (Selection(period=str(day(1))[:7], since=date(2024, 1, 1)), ()),
        (Selection(topic="19"), tuple(sid for sid in EVERY if sid % 5 == 0)),
        (Selection(topic="科学"), tuple(sid for sid in EVERY if sid % 5 == 0)),
        (Selection(topic="互联网", sids=Sids([(1, 1)])), (1,)),
        (Selection(topic="1"), ()),
        (Selection(editor="42865"), tuple(sid for sid in EVERY if sid % 3 == 0)),
        (Selection(editor="wilson"), tuple(sid for sid in EVERY if sid % 3 == 0)),
        (Selection(editor="Wils"), ()),
    ],
)
def test_stories_are_selected(
    store: Store, chosen: Options, out: Path, selection: Selection, sids: tuple[int, ...]
) -> None:
    run(store, *(stored(sid) for sid in EVERY))
    assert chosen_sids(chosen, out, selection) == list(sids)


def test_a_period_ends_where_the_next_begins(store: Store, chosen: Options, out: Path) -> None:
    december = next(sid for sid in range(1, 100_000, 40) if str(day(sid)).startswith("2023-12"))
    january = next(sid for sid in range(december, 100_000, 40) if str(day(sid)).startswith("2024-01"))
    run(store, stored(december), stored(january))
    with store.snapshot() as view:
        periods = {by: [each.period for each in Selection().split(view, by)] for by in ("year", "month")}
    assert periods == {"year": ["2023", "2024"], "month": ["2023-12", "2024-01"]}
    for period in ("2023", "2023-12"):
        assert chosen_sids(chosen, out, Selection(period=period)) == [december]


def test_withdrawn_stories_are_left_out(store: Store, chosen: Options, out: Path) -> None:
    run(store, stored(5), stored(6))
    for hours in (1, 25):
        run(store, heard(5, Outcome.MISSING, at=NOW + timedelta(hours=hours)))
    assert chosen_sids(chosen, out, Selection()) == [5, 6]
    assert chosen_sids(chosen, out, Selection(withdrawn=False)) == [6]


def test_only_the_fields_that_are_kept_are_there(records: list[dict[str, Any]], chosen: Options, out: Path) -> None:
    kept = tuple(name for name in FIELDS if name in {"sid", "title", "source_links"})
    dataset.export(chosen, out, Selection(fields=kept))
    lines = out.read_text(encoding="utf-8").split("\n")[:-1]
    assert [list(json.loads(line).items()) for line in lines] == [
        [(name, record[name]) for name in kept] for record in records
    ]


def test_any_number_of_ranges_may_be_given(
    records: list[dict[str, Any]], chosen: Options, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_records, "RANGES_AT_ONCE", 2)
    assert len(records) > 9
    assert chosen_sids(chosen, out, Selection(sids=Sids.of([1, 3, 5, 7, 9, 99]))) == [1, 3, 5, 7, 9]
