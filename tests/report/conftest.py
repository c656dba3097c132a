"""A report of a small store that holds a bit of everything, and a real browser to open it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.base.outcome import Outcome
from solidot_spider.report import report
from solidot_spider.store.store import Store
from tests import stores
from tests.export.conftest import hard, visit
from tests.stores import NOW

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)> 甲"


def fill(chosen: Options) -> None:
    """Make a store with edits, a withdrawn story, failures, and texts that would like to be more than texts."""
    earlier = NOW - timedelta(days=40)
    with Store.opened(chosen, create=True) as store:
        first = [stores.stored(sid, earlier) for sid in (*range(40, 72), *range(3_000, 96_001, 3_000))]
        stores.run(store, *first, at=earlier, counts='{"stored":64}', verdict="")
        stores.run(
            store,
            visit({**stores.fields(101), "title": HOSTILE, "department": HOSTILE}),
            visit({**hard(102), "topics": [{"tid": 1, "name": HOSTILE}], "editor": {"name": HOSTILE, "uid": 1}}),
            visit({**stores.fields(103), "title": "苹果公司发布新的手机"}),
            visit({**stores.fields(104), "title": "研究：果树与公司"}),
            stores.stored(44, title="这个标题改过了"),
            stores.heard(45, Outcome.MISSING, at=earlier + timedelta(days=1)),
            stores.heard(105, Outcome.MISSING),
            stores.heard(106, Outcome.FAILED, f"no answer {HOSTILE}"),
            stores.heard(107, Outcome.UNPARSED, "no-story"),
            stores.stored(110),
            at=NOW,
            counts='{"stored":6,"missing":2,"failed":1,"unparsed":1}',
            verdict=HOSTILE,
            exit_status=1,
        )
        stores.run(store, stores.heard(45, Outcome.MISSING))


def made(data: Path) -> Path:
    """The report of such a store."""
    chosen = Options(data_dir=data)
    fill(chosen)
    with Store.opened(chosen) as store:
        report.write(store, data / "report.html")
    return data / "report.html"


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("report") / "data")
