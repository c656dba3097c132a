"""``solidot search``: words in titles and bodies, Chinese ones of any length, in each database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from solidot_spider.base.options import Options
from solidot_spider.store import search
from solidot_spider.store.store import Store
from tests.commands.test_show import NOWHERE, changed
from tests.crawling import Crawl, solidot
from tests.stores import run, stored
from tests.terminal import on_a_terminal

TEXTS = {
    1: ("苹果公司的新芯片", "它比旧的快。"),
    2: ("Apple Silicon", '果园里的苹果熟了，100% 的 O\'Reilly 书 "a_b" C:\\temp。'),
    3: ("café 与 CAFÉ", "Straße in ÖSTERREICH"),
    4: ("无关", "他说：\n\n开源 软件"),
}


def fill(store: Store) -> None:
    run(
        store,
        *(
            changed(stored(sid), title=title, body=body, body_html=f"<p>{body}</p>", source_links=[])
            for sid, (title, body) in TEXTS.items()
        ),
    )


@pytest.fixture
def store(chosen: Options) -> Iterator[Store]:
    with Store.opened(chosen, create=True) as opened:
        fill(opened)
        yield opened


@pytest.mark.parametrize(
    ("words", "sids"),
    [
        (["苹果"], [2, 1]),
        (["果公"], [1]),
        (["苹果", "芯片"], [1]),
        (["苹果公司的新芯片"], [1]),
        (["苹"], [2, 1]),
        (["apple"], [2]),
        (["APPLE SILICON"], [2]),
        (["100%"], [2]),
        (["1%"], []),
        (['"a_b"'], [2]),
        (["axb"], []),
        (["C:\\temp"], [2]),
        (["O'Reilly"], [2]),
        (["CAFÉ"], [3]),
        (["cafe"], []),
        (["österreich"], [3]),
        (["straße"], [3]),
        (["开源 软件"], [4]),
        (["content_hash"], []),
        (["p"], [2]),
        (["没有"], []),
    ],
)
def test_words_are_found(store: Store, words: list[str], sids: list[int]) -> None:
    assert [each["sid"] for each in search.found(store, words)] == sids


def test_titles_only(store: Store) -> None:
    assert [each["sid"] for each in search.found(store, ["苹果"], titles=True)] == [1]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("found") / "data"
    with Store.opened(Options(data_dir=data), create=True) as store:
        fill(store)
    return data


def command(data: Path, *words: str) -> Crawl:
    return solidot(NOWHERE, data, "search", *words)


def test_a_person_sees_title_and_place(shared: Path) -> None:
    done = command(shared, "苹果")
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines() == [
        "2  2023-01-01  Apple Silicon",
        '      果园里的苹果熟了，100% 的 O\'Reilly 书 "a_b" C:\\temp。',
        "1  2023-01-01  苹果公司的新芯片",
    ]
    assert command(shared, "苹果", "--titles").out == "1  2023-01-01  苹果公司的新芯片\n"


def test_a_program_gets_records(shared: Path) -> None:
    done = command(shared, "苹果", "--json", "--limit", "1")
    assert [json.loads(line)["sid"] for line in done.out.splitlines()] == [2]
    assert done.out == solidot(NOWHERE, shared, "show", "2", "--json").out


def test_a_terminal_marks_the_words_and_tells_of_more(shared: Path) -> None:
    _, shown = on_a_terminal(NOWHERE, shared, "search", "苹果", "--limit", "1")
    assert "\x1b[1;33m苹果\x1b[0m熟了" in shown
    assert "and more: --limit 0 shows all" in shown
    assert "and more" not in on_a_terminal(NOWHERE, shared, "search", "苹果", "--limit", "2")[1]


@pytest.mark.parametrize(
    ("words", "exit_status", "told"),
    [
        (("没有", "苹果"), 1, "no story of the store has 没有 and 苹果"),
        (("没有", "--titles"), 1, "no title of the store has 没有"),
        (("",), 2, "a word is empty"),
        (("\x1b",), 2, "no text"),
        (("a", "--limit", "-1"), 2, "--limit -1: give a number from 1 on, or 0 for all"),
        ((), 2, "give WORD"),
        (("a", "-s", "SOLIDOT_DATA_DIR=elsewhere"), 4, "there is no store here yet"),
    ],
)
def test_what_is_not_found_is_a_line_and_a_status(
    shared: Path, words: tuple[str, ...], exit_status: int, told: str
) -> None:
    done = command(shared, *words)
    assert (done.status, done.out, done.err.count("\n")) == (exit_status, "", 1)
    assert told in done.err
