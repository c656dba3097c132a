"""The fault plan: which rule applies to which request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.server.conftest import STORY, Hostile
from tests.server.plan import Plan, PlanError


def test_the_first_rule_that_fits_wins_and_the_rest_is_well(hostile: Hostile) -> None:
    hostile.plan(
        {"action": "status", "status": 418, "sids": [75206]},
        {"action": "status", "status": 500, "sids": ["75200-75207", 75212]},
        {"action": "status", "status": 502, "path": "/?issue="},
    )
    paths = [f"/story?sid={sid}" for sid in (75206, 75207, 75209, 75212)]
    assert hostile.statuses(*paths, "/?issue=20230612", "/") == [418, 500, 200, 500, 502, 200]


def test_windows_of_attempts_and_requests(hostile: Hostile) -> None:
    hostile.fails("status", status=503, path="/story", attempts=[2, 3])
    assert hostile.statuses(STORY, STORY, "/story?sid=75206", STORY, STORY) == [200, 503, 200, 503, 200]
    hostile.fails("status", status=503, requests=[3, None])
    assert hostile.statuses("/", STORY, "/", "/robots.txt") == [200, 200, 503, 503]


def test_windows_of_time(hostile: Hostile) -> None:
    def status(**window: Any) -> int:
        hostile.fails("status", status=503, **window)
        return hostile.get().status

    assert status(elapsed=[0, None]) == 503
    assert status(elapsed=[3600, None]) == 200
    assert status(between=["2025-11-08T04:00:00Z", None]) == 503
    assert status(between=["2025-11-08T12:00:01+08:00", None]) == 200


def test_probability_is_the_same_in_every_run(hostile: Hostile) -> None:
    paths = [f"/story?sid={sid}" for sid in range(1, 101)]
    hostile.fails("status", status=503, probability=0.3, seed=4)
    first = hostile.statuses(*paths)
    hostile.fails("status", status=503, probability=0.3, seed=4, path="/st")
    assert hostile.statuses(*paths) == first
    assert 15 < first.count(503) < 45


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"action": "explode"}, "rule 1: no action 'explode'; allowed are bomb, captcha, "),
        ({"action": "status"}, "rule 1 (status): Object missing required field `status`; allowed keys are"),
        ({"action": "status", "status": 99}, "rule 1 (status): Expected `int` >= 200"),
        (
            {"action": "home", "sid": 3},
            "rule 1 (home): Object contains unknown field `sid`; allowed keys are",
        ),
        ({"action": "home", "sids": ["1..3"]}, "rule 1 (home): Expected `str` matching"),
        ({"action": "home", "between": ["2025-01-01T00:00:00", None]}, "timezone"),
        ({"action": "redirect", "to": "{host}"}, "to may hold {path}, {sid} and {attempt}"),
        ("home", "rule 1: no action 'home'"),
    ],
)
def test_a_bad_plan_is_one_clear_sentence(raw: Any, says: str) -> None:
    with pytest.raises(PlanError) as error:
        Plan([raw])
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_plan_is_a_list(tmp_path: Path) -> None:
    assert len(Plan({"rules": [{"action": "home"}]}).rules) == 1
    with pytest.raises(PlanError, match="a fault plan is a list of rules"):
        Plan({"rule": []})
    with pytest.raises(PlanError, match=r"absent\.json"):
        Plan.read(tmp_path / "absent.json")


def test_a_plan_gone_bad_leaves_the_one_before(hostile: Hostile) -> None:
    hostile.fails("status", status=503)
    assert hostile.get().status == 503
    hostile.fails("bang")
    assert hostile.get().status == 503
    assert "no action 'bang'" in hostile.server.complaints()
