"""Scrapyd: deployed, scheduled and listed as its page says, with a daemon of its own."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from solidot_spider import __version__
from tests import documents
from tests.crawling import copy_of_the_tree, environment, solidot, stored, until
from tests.server.client import running

RUNNING = documents.PAGES["running"]
SCRAPYD = RUNNING.partition("**Scrapyd.**")[2].partition("\n## ")[0]
CONFIGURATION = """\
[scrapyd]
bind_address = 127.0.0.1
http_port = {port}
max_proc = 1
poll_interval = 0.2
"""
PATIENCE = 60.0
MARK = f"{__version__}+egg"


def run(words: Sequence[str], cwd: Path) -> str:
    """What a command that ends well prints; nothing of this process's own settings reaches it."""
    done = subprocess.run(words, cwd=cwd, env=outside(), capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outside() -> dict[str, str]:
    """An environment that leads to no module of this checkout."""
    ours = environment("", Path())
    return {name: value for name, value in ours.items() if not name.startswith(("SOLIDOT_", "PYTHON"))}


def ask(url: str, word: str, **values: Any) -> dict[str, Any]:
    """What Scrapyd says; ``schedule`` is told by POST."""
    given = urlencode(values, doseq=True)
    post = given.encode() if word == "schedule" else None
    with urlopen(f"{url}{word}.json" + ("" if post else f"?{given}"), post, timeout=PATIENCE) as answer:
        told = dict(json.load(answer))
    assert told["status"] == "ok", told
    return told


@contextmanager
def daemon(program: Path, directory: Path) -> Iterator[str]:
    """Scrapyd's address, for the time of a ``with`` block."""
    directory.mkdir()
    with socket() as found:  # Scrapyd takes a port for 0 as no port at all
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    (directory / "scrapyd.conf").write_text(CONFIGURATION.format(port=port))
    log = directory / "scrapyd.log"
    with log.open("w") as out:
        process = subprocess.Popen([str(program)], cwd=directory, env=outside(), stdout=out, stderr=out)
    try:
        until(lambda: "Site starting" in log.read_text() or process.poll() is not None, PATIENCE)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print(log.read_text())  # noqa: T201 - pytest shows it where the test fails


def pip(programs: Path, cwd: Path, verb: str) -> None:
    """Run the page's line with this verb of pip."""
    words = re.search(rf"bin/pip ({verb} .*)", SCRAPYD)
    assert words
    run([str(programs / "pip"), "-q", *shlex.split(words[1])], cwd)


@pytest.mark.long
def test_scrapyd_runs_what_was_deployed(tmp_path: Path) -> None:
    tree, data = tmp_path / "tree", tmp_path / "data"
    copy_of_the_tree(tree)
    run([sys.executable, "-m", "venv", str(tmp_path / "venv")], tree)
    programs = tmp_path / "venv" / "bin"
    pip(programs, tree, "install")
    where = run([str(programs / "python"), "-c", *re.findall(r'python3 -c "(.*?)"', RUNNING)], tmp_path).strip()
    assert {"solidot.service", "solidot.timer"} <= {each.name for each in Path(where).iterdir()}
    pip(programs, tree, "uninstall")

    # The egg says who it is: Scrapyd runs an installed package rather than the egg, and says nothing.
    package = tree / "solidot_spider" / "__init__.py"
    package.write_text(package.read_text().replace(f'"{__version__}"', f'"{MARK}"'))
    project = tree / "scrapy.cfg"
    with (
        running("--stories", "generated:60") as server,
        daemon(programs / "scrapyd", tmp_path / "scrapyd") as url,
    ):
        project.write_text(project.read_text().replace("http://127.0.0.1:6800/", url))
        assert '"status": "ok"' in run([str(programs / "scrapyd-deploy")], tree)
        known = solidot(server.url, data, "list").out.split()
        assert ask(url, "listspiders", project="solidot_spider")["spiders"] == sorted(known)

        settings = {"SOLIDOT_SITE_URL": server.url, "SOLIDOT_DATA_DIR": data, "DOWNLOAD_DELAY": 0}
        set_to = [f"{name}={value}" for name, value in settings.items()]
        job = ask(url, "schedule", project="solidot_spider", spider="story", sids="1-40", setting=set_to)["jobid"]
        latest = ask(url, "schedule", **scheduled(), setting=set_to)["jobid"]
        ended = until(lambda: finished(url, 2), PATIENCE)
        agents = {each["user_agent"] for each in server.requests()}
    assert set(ended) == {job, latest}
    assert {*range(1, 41), 60} <= set(stored(data))
    assert all(f"solidot_spider/{MARK}" in agent for agent in agents), agents


def scheduled() -> dict[str, str]:
    """What the page schedules, but for the settings."""
    line = re.search(r"schedule\.json (.*)", SCRAPYD)
    assert line
    given = (each.split("=", 1) for each in re.findall(r"-d (\S+)", line[1]))
    return {name: value for name, value in given if name != "setting"}


def finished(url: str, number: int) -> list[str]:
    """The jobs that have ended, once there are so many."""
    ended = [job["id"] for job in ask(url, "listjobs", project="solidot_spider")["finished"]]
    return ended if len(ended) >= number else []
