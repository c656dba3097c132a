"""What the page on the queue tells its readers to type."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from solidot_spider.base.outcome import OK
from tests import documents
from tests.conftest import needs_postgres
from tests.crawling import NOW
from tests.queue.conftest import SPEED, Queue
from tests.server.client import running

PAGE = documents.PAGES["queue"]
NOWHERE = "http://127.0.0.1:9"


@needs_postgres
@pytest.mark.long
def test_the_commands_of_the_page_work_one_after_the_other(queue: Queue, tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()
    shown = documents.commands(PAGE)
    assert {each.split()[1] for each in shown} == {"enqueue", "worker", "status"}
    with running("--clock", NOW) as server:
        for command in shown:
            words = shlex.split(command.replace("/srv/", "srv/"))[1:]
            words += ["--until-empty", "--silence", "3", *SPEED] if words[0] == "worker" else []
            done = queue.run(server.url, *words)
            assert done.status == OK, (command, done.err)
    assert set(queue.jobs().values()) == {"succeeded"}
    assert [*(tmp_path / "srv").iterdir()]


@needs_postgres
def test_procrastinates_own_commands_work(queue: Queue) -> None:
    failed, waiting = (queue.enqueue(NOWHERE, "export", f"/nowhere/{each}.jsonl") for each in "ab")
    queue.change(f"UPDATE procrastinate_jobs SET status = 'failed' WHERE id = {failed}")
    (code,) = [code for _, code in documents.blocks(PAGE) if "procrastinate shell" in code]
    printed = []
    for line in code.splitlines()[1:]:
        words = re.sub(r"\b17\b", str(failed), re.sub(r"\b18\b", str(waiting), line)).split()[1:]
        done = subprocess.run(
            [sys.executable, "-m", "procrastinate", *words],
            env={
                **os.environ,
                "SOLIDOT_DATABASE_URL": queue.database,
                "PROCRASTINATE_APP": code.splitlines()[0].partition("=")[2],
            },
            capture_output=True,
            text=True,
            check=True,
        )
        printed.append(done.stdout)
    assert f"#{failed} export on {NOWHERE} - [failed]" in printed[0]
    assert queue.jobs() == {failed: "todo", waiting: "cancelled"}
