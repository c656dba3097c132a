"""The files for containers: found right by their checkers, and in accord with the program and with each other."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from solidot_spider import __version__
from solidot_spider.base import options
from solidot_spider.middlewares.rate_limiter import GRACE, LAST_QUESTIONS
from tests import documents
from tests.confined import unit
from tests.conftest import needs_postgres
from tests.crawling import executed, solidot, status
from tests.server.client import running

DEPLOY = Path(str(files("solidot_spider.deploy")))
DOCKERFILE, IGNORED = DEPLOY / "Dockerfile", DEPLOY / "Dockerfile.dockerignore"
COMPOSE, CRON_JOB = DEPLOY / "compose.yaml", DEPLOY / "cronjob.yaml"
PROJECT = tomllib.loads((documents.ROOT / "pyproject.toml").read_text())["project"]
OTHERS = {
    *("PATH", "PYTHONDONTWRITEBYTECODE"),
    *("PGPASSWORD", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"),
}
"""Variables of other programs: Python, libpq and PostgreSQL's image."""
PAGE = documents.PAGES["containers"]


@cache
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions: word and rest."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    words = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return [(word, rest.strip()) for word, rest in words]


def all_of(word: str) -> list[str]:
    return [rest for each, rest in instructions() if each == word]


def last(word: str) -> str:
    return all_of(word)[-1]


def image() -> dict[str, str]:
    """The variables of the image."""
    return dict(each.split("=", 1) for line in all_of("ENV") for each in shlex.split(line))


@cache
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


def ours() -> dict[str, dict[str, Any]]:
    """The services that run this program."""
    return {name: each for name, each in compose()["services"].items() if "build" in each}


@cache
def job() -> dict[str, Any]:
    return dict(yaml.safe_load(CRON_JOB.read_text())["spec"])


def pod() -> dict[str, Any]:
    return dict(job()["jobTemplate"]["spec"]["template"]["spec"])


def container() -> dict[str, Any]:
    (only,) = pod()["containers"]
    return dict(only)


COMMANDS = {
    **{f"compose-{name}": each["command"] for name, each in ours().items()},
    "cronjob": container()["args"],
}
"""The words behind ``solidot`` of each command line."""


# --- what others check ---


@pytest.mark.parametrize(
    "words",
    [
        ("hadolint", str(DOCKERFILE)),
        ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)),
        ("kubernetes-validate", "--strict", str(CRON_JOB)),
        ("kubernetes-validate", "--strict", "-k", "1.27", str(CRON_JOB)),
    ],
    ids=" ".join,
)
def test_a_checker_finds_nothing_wrong(words: tuple[str, ...]) -> None:
    program = shutil.which(words[0], path=str(Path(sys.executable).parent)) or shutil.which(words[0])
    if not program:
        pytest.skip(f"there is no {words[0]}; `pip install -r .ci/containers.txt` has it")
    done = subprocess.run([program, *words[1:]], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# --- what is the program's own ---


def test_each_variable_is_an_option() -> None:
    named = {*image(), *(each["name"] for each in container()["env"])}
    for service in compose()["services"].values():
        named |= set(service["environment"])
    assert {name for name in named if name.startswith(options.PREFIX)} <= set(options.MEANINGS)
    assert {name for name in named if not name.startswith(options.PREFIX)} == OTHERS


@pytest.mark.parametrize("name", ["compose-crawl", "cronjob"])
@pytest.mark.long
def test_the_crawl_of_each_file_runs(tmp_path: Path, name: str) -> None:
    with running("--stories", "generated:60") as server:
        done = executed(server.url, tmp_path / "data", *COMMANDS[name], "-s", "DOWNLOAD_DELAY=0")
    assert (done.status, done.out) == (0, "")
    assert status(tmp_path / "data")["stories"] == 20


@needs_postgres
@pytest.mark.long
def test_the_worker_runs(tmp_path: Path, postgres: str) -> None:
    env = {"SOLIDOT_DATABASE_URL": postgres}
    with running("--stories", "generated:60") as server:
        words = (*COMMANDS["compose-worker"], "--until-empty", "-s", "DOWNLOAD_DELAY=0")
        done = solidot(server.url, tmp_path / "data", *words, env=env)
    assert done.status == 0, done.err


def test_the_worker_has_the_lines_of_the_unit() -> None:
    (line,) = unit(DEPLOY / "solidot-worker.service")["ExecStart"]
    assert shlex.split(line)[1:] == COMMANDS["compose-worker"]


def test_each_command_line_is_one_of_these() -> None:
    assert {name: words[0] for name, words in COMMANDS.items()} == {
        "compose-crawl": "crawl",
        "compose-worker": "worker",
        "cronjob": "crawl",
    }
    assert last("ENTRYPOINT") == '["solidot"]'
    assert all("entrypoint" not in each for each in ours().values())
    assert "command" not in container()


def test_the_image_has_a_python_and_extras_that_there_are() -> None:
    bases = {re.sub(r" AS \w+$", "", each) for each in all_of("FROM")}
    (version,) = (re.fullmatch(r"python:(\d+\.\d+)-slim", each) for each in bases)
    assert version
    assert version[1] in SpecifierSet(PROJECT["requires-python"])
    (extras,) = re.findall(r"'\.\[(.+?)\]'", last("RUN") + all_of("RUN")[0])
    assert set(extras.split(",")) <= set(PROJECT["optional-dependencies"])


def test_the_image_is_built_of_what_the_package_is_and_of_nothing_else() -> None:
    sources = {word for line in all_of("COPY") if "--from" not in line for word in line.split()[:-1]}
    assert sources == {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"], "solidot_spider"}
    first, *patterns = [line for line in IGNORED.read_text().splitlines() if not line.startswith("#")]
    assert first == "*"
    assert {each[1:] for each in patterns if each.startswith("!")} == sources
    assert "**/.env*" in patterns  # which holds the password beside compose.yaml
    assert ".env" in (documents.ROOT / ".gitignore").read_text().splitlines()


def test_the_job_takes_the_image_of_this_version() -> None:
    assert container()["image"].endswith(f"/solidot:{__version__}")


# --- users, places, secrets ---


def test_all_name_one_user_who_is_not_root() -> None:
    user = last("USER")
    number, group = user.split(":")
    assert int(number) > 0 < int(group)
    assert f"--uid {number} " in all_of("RUN")[-1]
    assert f"--gid {group} " in all_of("RUN")[-1]
    assert {each["user"] for each in ours().values()} == {user}
    context = pod()["securityContext"]
    assert context["runAsNonRoot"] is True
    assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (int(number), int(group), int(group))


def test_all_write_to_one_place_and_to_no_other() -> None:
    place = image()["SOLIDOT_DATA_DIR"]
    assert last("VOLUME") == last("WORKDIR") == place
    for each in ours().values():
        assert each["read_only"] is True
        assert each["tmpfs"] == ["/tmp"]
        assert [volume.partition(":")[2] for volume in each["volumes"]] == [place]
    assert container()["securityContext"]["readOnlyRootFilesystem"] is True
    assert [each["mountPath"] for each in container()["volumeMounts"]] == [place, "/tmp"]


def test_nothing_starts_with_a_password_that_nobody_gave() -> None:
    services = compose()["services"]
    given = [services["database"]["environment"]["POSTGRES_PASSWORD"]]
    for each in ours().values():
        given.append(each["environment"]["PGPASSWORD"])
        assert ":" not in each["environment"]["SOLIDOT_DATABASE_URL"].partition("//")[2]
        assert each["environment"]["SOLIDOT_CONTACT"].startswith("${SOLIDOT_CONTACT:?")
        assert each["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert all(value.startswith("${POSTGRES_PASSWORD:?") for value in given)
    assert ":-" not in COMPOSE.read_text()
    secret = {each["name"]: each["valueFrom"]["secretKeyRef"] for each in container()["env"] if "valueFrom" in each}
    assert secret == {name: {"name": "solidot", "key": name} for name in ("SOLIDOT_DATABASE_URL", "SOLIDOT_CONTACT")}


def test_no_variables_of_a_service_reach_the_job(tmp_path: Path) -> None:
    """Kubernetes gives a pod such ones for each service of its namespace, and they look like options."""
    assert pod()["enableServiceLinks"] is False
    env = {"SOLIDOT_SERVICE_HOST": "10.0.0.1"}
    done = solidot("http://127.0.0.1:9", tmp_path / "data", "crawl", "latest", env=env)
    assert done.status == 2


# --- times ---


def seconds(text: str) -> int:
    assert text.endswith("s")
    return int(text[:-1])


def test_a_stop_outwaits_what_is_on_the_wire() -> None:
    for each in [pod()["terminationGracePeriodSeconds"], *(seconds(e["stop_grace_period"]) for e in ours().values())]:
        assert each > 2 * GRACE


def test_a_job_ends_by_itself_before_it_is_ended_and_before_the_next_one() -> None:
    (minutes,) = (int(word.partition("=")[2]) for word in COMMANDS["cronjob"] if word.startswith("minutes="))
    deadline = job()["jobTemplate"]["spec"]["activeDeadlineSeconds"]
    assert minutes * 60 + GRACE + LAST_QUESTIONS + 60 < deadline < 3600
    assert re.fullmatch(r"\d+ \* \* \* \*", job()["schedule"])
    assert 10 < job()["startingDeadlineSeconds"] < 3600  # Kubernetes looks each ten seconds
    assert job()["concurrencyPolicy"] == "Forbid"
    assert (job()["jobTemplate"]["spec"]["backoffLimit"], pod()["restartPolicy"]) == (0, "Never")


# --- the page ---


def test_the_page_names_files_and_services_that_there_are() -> None:
    for file in re.findall(r"solidot_spider/deploy/(\w[\w.]+)", PAGE):
        assert (DEPLOY / file).exists(), file
    assert set(re.findall(r"run --rm (\w+)", PAGE)) == {"crawl"}
    assert ours()["crawl"]["profiles"] == ["crawl"]  # not begun by `up`
    assert set(re.findall(r"up -d (\w+)", PAGE)) == {"database"}


def test_what_was_not_tried_is_said() -> None:
    for text in (DOCKERFILE.read_text(), COMPOSE.read_text(), CRON_JOB.read_text(), PAGE):
        assert "ntested" in text
