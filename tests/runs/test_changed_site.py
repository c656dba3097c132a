"""A site whose pages contradict themselves: the run ends with 3 and names what disagrees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import stores
from tests.crawling import NOW, REPORT, crawl
from tests.server.client import Running, running

HEADING_END = '</h2></div>\n</div>\n<div class="talk_time">'
"""What stands behind a story's heading, and behind no other."""
NO_STORE = {"SOLIDOT_DATABASE_URL": "none"}


@contextmanager
def site(directory: Path, number: int, changed: int) -> Iterator[Running]:
    """A site of so many stories; the first ones have other words behind their headings than in their JSON-LD."""
    pages = directory / "pages"
    pages.mkdir()
    for sid in range(1, number + 1):
        html = stores.page(sid).decode()
        assert html.count(HEADING_END) == 1
        named = html.replace(HEADING_END, f" - 每日要闻{HEADING_END}")
        (pages / f"{sid}.html").write_text(named if sid <= changed else html)
    with running("--clock", NOW, "--pages", str(pages)) as server:
        yield server


@pytest.mark.parametrize("env", [{}, NO_STORE], ids=["store", "no-store"])
@pytest.mark.parametrize(("number", "most"), [(10, "2"), (60, "2%")])
def test_titles_that_differ_from_their_json_ld_on_every_page_fail_the_run(
    tmp_path: Path, data: Path, env: dict[str, str], number: int, most: str
) -> None:
    with site(tmp_path, number, changed=number) as server:
        run = crawl(server.url, data, *REPORT, "-a", f"sids=1-{number}", env=env)
    why = f"in {number} of {number}, expected at most {most}"
    assert run.status == run.report.exit_status == 3
    assert {name: told for name, told in run.report.questions.items() if told} == {"title-differs": why}
    assert run.report.verdict == f"exit status 3: the site seems changed: title-differs {why}"
    assert run.report.verdict in run.err
    assert run.report.notes == {"title-differs": number}


def test_few_titles_that_differ_are_no_change_of_the_site(tmp_path: Path, data: Path) -> None:
    with site(tmp_path, 20, changed=2) as server:
        run = crawl(server.url, data, *REPORT, "-a", "sids=1-20")
    assert (run.status, run.report.verdict) == (0, "")
    assert run.report.questions["title-differs"] == ""
    assert run.report.notes == {"title-differs": 2}
