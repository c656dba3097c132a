"""Each fault of the catalogue has its outcome and its exit status, and harms no other id."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import fault_table
from tests.faults import FAULTS, Fault


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_has_its_outcome_and_harms_no_other_id(tmp_path: Path, fault: Fault) -> None:
    run = fault_table.run(fault, tmp_path)
    assert run.status == fault.status, run.err
    assert fault.outcome in run.err
    assert "Traceback" not in run.err
    if fault.rule and not fault.status:
        assert sorted(run.stories()) == [79517, 79520, 79523]
    elif fault.rule:
        assert sorted(run.stories()) == [79517, 79523]
        assert "7 asked" in run.err
        assert run.retries[0].read_text().startswith("79520  # ")


def test_the_reference_page_is_written_from_the_catalogue() -> None:
    assert fault_table.without_costs(fault_table.PAGE.read_text(encoding="utf-8")) == fault_table.written(), (
        "run python -m tests.fault_table"
    )
