"""What starts runs by itself: the units for systemd, and README's line for cron."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from ctypes.util import find_library
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from solidot_spider.base.outcome import HELD
from solidot_spider.middlewares.rate_limiter import GRACE
from tests import documents
from tests.confined import unit
from tests.crawling import PATIENCE, start, stored, until
from tests.server.client import running
from tests.tls import serving

pytestmark = pytest.mark.long

DEPLOY = Path(str(files("solidot_spider.deploy")))
SERVICE, TIMER = DEPLOY / "solidot.service", DEPLOY / "solidot.timer"
WORKER = DEPLOY / "solidot-worker.service"
INSTALLED, HERE = "/opt/solidot/", f"{sys.prefix}/"
FAST = {"SCRAPY_SETTINGS_MODULE": "tests.fast_settings", "PYTHONPATH": str(documents.ROOT)}
SITE = ("--stories", "generated:300")
MOST_EXPOSURE = 15  # of 100, as systemd-analyze counts: a service that may do nothing but use the network has 10

needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="there is no systemd-analyze; Debian's package systemd has it"
)
needs_seccomp = pytest.mark.skipif(
    not find_library("seccomp"), reason="there is no libseccomp; Debian's package libseccomp2 has it"
)


def analyze(*words: str) -> str:
    """What systemd-analyze has to say; that it is content."""
    done = subprocess.run(
        ["systemd-analyze", *words],
        env={**os.environ, "TZ": "UTC", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr
    return done.stdout


def environment(state: Path, file: Mapping[str, str]) -> dict[str, str]:
    """The variables that systemd gives the service, its state being elsewhere and its file of variables this."""
    given = (line.replace("%S", str(state)) for line in unit(SERVICE)["Environment"])
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
        "LANG": "C.UTF-8",
        "HOME": str(state / "solidot"),
        **dict(each.split("=", 1) for line in given for each in shlex.split(line)),
        **file,
    }


def run_service(tmp_path: Path, file: Mapping[str, str], *before: str) -> subprocess.CompletedProcess[str]:
    """The line that systemd runs, run; ``before`` are words of a command that runs it."""
    service = unit(SERVICE)
    state = tmp_path / "state"
    directory = Path(service["WorkingDirectory"][0].replace("%S", str(state)))
    directory.mkdir(parents=True, exist_ok=True)
    return subprocess.run(
        [*before, *shlex.split(service["ExecStart"][0].replace(INSTALLED, HERE))],
        env=environment(state, file) | FAST,
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@needs_systemd
@pytest.mark.parametrize("name", [SERVICE.name, TIMER.name, WORKER.name])
def test_systemd_finds_nothing_wrong(tmp_path: Path, name: str) -> None:
    for file in (SERVICE, TIMER, WORKER):
        (tmp_path / file.name).write_text(file.read_text().replace(INSTALLED, HERE))
    assert analyze("verify", "--man=no", str(tmp_path / name)) == ""


@needs_systemd
@pytest.mark.parametrize("service", [SERVICE, WORKER], ids=lambda each: each.name)
def test_the_service_may_do_little(service: Path) -> None:
    analyze("security", "--no-pager", "--offline=true", f"--threshold={MOST_EXPOSURE}", str(service))


def test_a_worker_of_the_queue_may_do_what_a_crawl_may() -> None:
    crawl, worker = unit(SERVICE), unit(WORKER)
    differs = {name for name in crawl.keys() | worker.keys() if crawl.get(name) != worker.get(name)}
    assert differs == {
        *("Description", "Type", "ExecStart", "Restart", "RestartSec", "RestartPreventExitStatus", "KillMode"),
        *("SuccessExitStatus", "TimeoutStartSec", "WantedBy"),
    }
    assert worker["KillMode"] == ["mixed"]


@needs_systemd
def test_the_timer_comes_each_hour() -> None:
    timer = unit(TIMER)
    told = analyze("calendar", "--iterations=2", timer["OnCalendar"][0])
    first, second = (
        datetime.fromisoformat(found) for found in re.findall(r": \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", told)
    )
    assert second - first == timedelta(hours=1)
    assert timer["Persistent"] == ["yes"]  # a machine that was off asks when it is on again
    assert TIMER.stem == SERVICE.stem  # so that it is this service that it starts


@needs_systemd
def test_a_stop_outwaits_what_is_on_the_wire() -> None:
    microseconds = re.search(r"us: (\d+)", analyze("timespan", unit(SERVICE)["TimeoutStopSec"][0]))
    assert microseconds
    assert int(microseconds[1]) / 1e6 > 2 * GRACE


def test_a_store_that_is_held_is_no_failure_of_the_service() -> None:
    assert unit(SERVICE)["SuccessExitStatus"] == [str(HELD)]


def test_the_service_runs(tmp_path: Path) -> None:
    with running(*SITE) as server:
        done = run_service(tmp_path, {"SOLIDOT_SITE_URL": server.url, "SOLIDOT_CONTACT": "mailto:someone@example.org"})
        agents = {each["user_agent"] for each in server.requests()}
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "state" / "solidot" / "solidot.db").exists()
    assert [agent for agent in agents if "mailto:someone@example.org" not in agent] == []


@needs_systemd
@needs_seccomp
def test_the_service_reaches_a_site_over_https_under_what_it_forbids(tmp_path: Path) -> None:
    with serving(tmp_path) as url:
        file = {"SOLIDOT_SITE_URL": url, "SSL_CERT_FILE": str(tmp_path / "certificate.pem"), "SOLIDOT_PATIENCE": "0"}
        done = run_service(tmp_path, file, sys.executable, "-m", "tests.confined", str(SERVICE))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stored(tmp_path / "state" / "solidot")


@needs_systemd
@needs_seccomp
def test_what_a_service_forbids_is_forbidden_here() -> None:
    program = "import os; os.chown('.', os.getuid(), -1)"  # of @privileged
    words = (sys.executable, "-m", "tests.confined", str(SERVICE), sys.executable, "-c", program)
    done = subprocess.run(words, cwd=documents.ROOT, capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr


# --- cron ---

(CRONTAB,) = [code for language, code in documents.blocks(documents.README) if language == "crontab"]


def run_line(home: Path, url: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The line of README's crontab, run as cron does."""
    *assignments, line = CRONTAB.splitlines()
    command = line.split(maxsplit=5)[5]
    assert "%" not in command  # cron makes a line break of it
    given = dict(each.split("=", 1) for each in assignments)
    return subprocess.run(
        ["/bin/sh", "-c", command],
        env={"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "someone"}
        | given
        | FAST
        | {"SOLIDOT_SITE_URL": url, **variables},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of somebody who did what README says: a checkout with a virtual environment in it."""
    binaries = tmp_path / "solidot_spider" / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "solidot").symlink_to(f"{HERE}bin/solidot")
    return tmp_path


def test_cron_mails_nothing_when_all_is_well_but_that_data_was_made(home: Path) -> None:
    with running(*SITE) as server:
        first, second = run_line(home, server.url), run_line(home, server.url)
    made = f"making the data directory {home / 'solidot_spider' / 'data'}\n"
    assert (first.returncode, first.stdout, first.stderr) == (0, "", made)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert stored(home / "solidot_spider" / "data")


def test_cron_mails_trouble(home: Path) -> None:
    done = run_line(home, "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "connection refused" in done.stderr
    assert "exit status 1" in done.stderr


def test_cron_mails_a_wrong_setting(home: Path) -> None:
    done = run_line(home, "http://127.0.0.1:9", SOLIDOT_PATIENCE="long")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_cron_mails_who_holds_the_store(home: Path) -> None:
    data = home / "solidot_spider" / "data"
    with running(*SITE, "--latency", "0.1") as server:
        first = start(server.url, data, "crawl", "story", "-a", "sids=1-300", "--quiet")
        until(server.requests)
        done = run_line(home, server.url)
        first.terminate()
        first.communicate(timeout=PATIENCE)
    assert done.returncode == HELD
    assert "held by story-" in done.stderr
    assert done.stderr.count("\n") == 1
