"""Words that nobody knows: one line that names what was meant, and no other program."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from solidot_spider.crawl import command_words
from tests.crawling import solidot

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("statsu", "there is no verb statsu; did you mean status?"),
        ("lsit", "there is no verb lsit; did you mean list?"),
        ("xyzzy", "there is no verb xyzzy; `solidot --help` lists all"),
        ("latest", "there is no verb latest; did you mean solidot crawl latest?"),
        ("79532", "did you mean solidot show 79532, or solidot crawl story -a sid=79532?"),
        ("--versoin", "did you mean --version?"),
        ("crawl", "give story|latest|daily; `solidot crawl --help` tells more"),
        ("crawl stroy", "no spider is called stroy; there is daily, latest, story; did you mean story?"),
        ("crawl 79532", "did you mean solidot crawl story -a sid=79532?"),
        ("crawl story 79532", "got story 79532; did you mean -a sid=79532?"),
        ("crawl story 79500-79600", "did you mean -a sids=79500-79600?"),
        ("crawl story sid=79532", "did you mean -a sid=79532?"),
        ("crawl story https://www.solidot.org/story?sid=79532", "did you mean -a sid=79532?"),
        ("crawl latest 79532", "got latest 79532; there is story, latest, daily"),
        ("crawl story --quite", "crawl has no option --quite; did you mean --quiet?"),
        ("crawl story --limit=5", "crawl has no option --limit=5; did you mean -a limit=5?"),
        ("crawl story --sid 5", "crawl has no option --sid; did you mean -a sid=…?"),
        ("crawl story --zzz", "crawl has no option --zzz; `solidot crawl --help` tells more"),
        ("crawl story -a sdi=5", "unknown argument sdi; story takes sid, sids, limit, minutes"),
        ("crawl story -a sdi=5", "; did you mean -a sid=?"),
        ("crawl story -a", "argument -a: expected one argument; `solidot crawl --help` tells more"),
        ("crawl story -a sid=1 -s SOLIDOT_DATA_DRI=x", "did you mean SOLIDOT_DATA_DIR?"),
        ("export --stduot", "export has no option --stduot; did you mean --stdout?"),
        ("status extra", "status does not take extra; `solidot status --help` tells more"),
        ("show --jsn 5", "show has no option --jsn; did you mean --json?"),
        ("fetch --hedaers http://x/", "fetch has no option --hedaers; did you mean --headers?"),
        ("fetch", "fetch takes [options] <url>; `solidot fetch --help` tells more"),
        ("runspider", "runspider takes [options] <spider_file>; `solidot runspider --help` tells more"),
        ("help recpes", "did you mean solidot help recipes?"),
        ("help expotr", "did you mean solidot help export?"),
        ("completion bsh", "invalid choice: 'bsh'"),
    ],
)
def test_a_wrong_word_names_what_was_meant(tmp_path: Path, words: str, told: str) -> None:
    done = solidot(NOWHERE, tmp_path / "data", *words.split())
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("solidot: ")
    assert told in done.err
    assert "scrapy" not in done.err.lower()
    assert "usage:" not in done.err.lower()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("word", ["crawl", "list", "shell", "parse", "fetch", "view", "settings", "runspider", "check"])
def test_help_names_no_other_program(tmp_path: Path, word: str) -> None:
    told = solidot(NOWHERE, tmp_path / "data", word, "--help")
    assert (told.status, told.err) == (0, "")
    assert f"solidot {word}" in told.out
    assert "scrapy " not in told.out


def test_crawl_has_every_option_of_scrapys() -> None:
    from scrapy.commands.crawl import Command  # noqa: PLC0415 - it is looked at only here
    from scrapy.settings import Settings  # noqa: PLC0415

    ours, theirs = (argparse.ArgumentParser(prog="crawl") for _ in range(2))
    command_words.declare(ours)
    command = Command()
    command.settings = Settings()
    command.add_options(theirs)
    mine = {tuple(each.option_strings): each.dest for each in ours._actions}
    assert mine.items() >= {tuple(each.option_strings): each.dest for each in theirs._actions}.items()
