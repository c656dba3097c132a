"""``solidot completion``, in the shells that are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from solidot_spider.cli import VERBS
from tests.crawling import solidot

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
declare -F _shtab_solidot > /dev/null
complete -p solidot | grep -q _shtab_solidot
_shtab_solidot "$1" "${@: -1}" "${@: -2:1}" || true
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
autoload -Uz compinit && compinit -u -d "$2"
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; unsetopt zle_bracketed_paste; fpath=($1 \\$fpath); autoload -Uz compinit; compinit -u -d $2"
zpty -w shell "zstyle ':completion:*' list-prompt ''; print REA''DY"
zpty -r -m shell line '*READY*'
zpty -w -n shell "solidot $3"$'\\t'
zpty -r -m shell line "*$4*" && print "found $4"
zpty -d shell
"""


def script(tmp_path: Path, shell: str) -> Path:
    done = solidot("http://127.0.0.1:9", tmp_path / "data", "completion", shell)
    assert (done.status, done.err) == (0, "")
    file = tmp_path / "_solidot"
    file.write_text(done.out)
    return file


def run(*words: str) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "TERM": "vt100"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def needs(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("solidot sta", {"status"}),
        ("solidot crawl ", {"story", "latest", "daily"}),
        ("solidot crawl la", {"latest"}),
        ("solidot crawl latest --qu", {"--quiet"}),
        ("solidot status --ch", {"--check"}),
        ("solidot status --sids f", {"failed"}),
        ("solidot help rec", {"recipes"}),
    ],
)
def test_bash_completes(tmp_path: Path, line: str, offered: set[str]) -> None:
    needs("bash")
    given = line.split(" ")
    assert offered <= set(run("bash", "-c", BASH, "bash", str(script(tmp_path, "bash")), *given).split())


def test_bash_offers_every_verb(tmp_path: Path) -> None:
    needs("bash")
    told = run("bash", "-c", BASH, "bash", str(script(tmp_path, "bash")), "solidot", "")
    assert set(VERBS) <= set(told.split())


@pytest.mark.long
def test_fish_completes(tmp_path: Path) -> None:
    needs("fish")
    file = script(tmp_path, "fish")
    for line, word in (("solidot sta", "status"), ("solidot crawl la", "latest"), ("solidot status --ch", "--check")):
        told = run("fish", "--no-config", "-c", f"source {file}; complete -C '{line}'")
        assert word in [each.partition("\t")[0] for each in told.splitlines()]


@pytest.mark.long
@pytest.mark.parametrize(("line", "found"), [("sta", "status"), ("crawl lat", "latest")])
def test_zsh_completes(tmp_path: Path, line: str, found: str) -> None:
    needs("zsh")
    script(tmp_path, "zsh")
    told = run("zsh", "-f", "-c", ZSH, "zsh", str(tmp_path), str(tmp_path / "dump"), line, found)
    assert f"found {found}" in told
