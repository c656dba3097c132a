"""README and the pages tell what there is: each option, each argument, each promise with its test, and no dead link."""

from __future__ import annotations

import ast
import json
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solidot_spider import cli, items, record
from solidot_spider.base import options, site
from solidot_spider.base.options import Options
from solidot_spider.spiders.daily import DailySpider
from solidot_spider.spiders.latest import LatestSpider
from solidot_spider.spiders.story import StorySpider
from solidot_spider.trial.page import story_page
from solidot_spider.trial.stories import builtin_stories
from tests import documents
from tests.documents import PAGES, README, ROOT

MOST_LINES = 385
DOCUMENTS = {"README.md": README, ".github/CONTRIBUTING.md": (ROOT / ".github/CONTRIBUTING.md").read_text("utf-8")} | {
    f"solidot_spider/docs/{name}.md": text for name, text in PAGES.items()
}
ROW = re.compile(r"^\| `(\w+)` \| (\S.*?) \| (.+) \|$", re.MULTILINE)
PROMISE = re.compile(r"^\| (.+\.) \| (`.+`) \|$", re.MULTILINE)
LINK = re.compile(r"""\]\(([^)\s]+)\)|\bsrc(?:set)?="([^"]+)\"""")
SECTION = re.compile(r"docs/([\w-]+)\.md,\s+\*([^*]+)\*")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
EXPLAINED = {"console", "crontab", "json", "python", "sh", ""}
"""What a block may be: a test runs those of each kind, and a block without a language shows what is printed."""


def headings(text: str) -> set[str]:
    without_code = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return set(HEADING.findall(without_code))


def anchor(heading: str) -> str:
    """A heading's anchor on GitHub."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_readme_is_short() -> None:
    assert len(README.splitlines()) <= MOST_LINES


# --- what there is ---


def test_each_option_has_a_row_with_its_default() -> None:
    rows = {
        name: default.strip("`") for name, default, _ in ROW.findall(documents.section(PAGES["options"], "Options"))
    }
    assert rows.pop("SOLIDOT_CLOCK") == "the time"  # which is read by the clock, from the environment alone
    assert set(rows) == set(options.MEANINGS)
    assert all(options.MEANINGS.values())
    given = options.load({name: "" if default == "none" else default for name, default in rows.items()})
    assert given == Options() == options.load({})


def test_each_argument_is_named() -> None:
    table = documents.section(PAGES["runs"], "Runs: spiders, arguments, files, logs")
    for argument in {*StorySpider.takes, *LatestSpider.takes, *DailySpider.takes}:
        assert f"`{argument.name}=" in table
        assert argument.meaning


@pytest.mark.parametrize("page", ["README.md", "solidot_spider/docs/records.md"])
def test_each_field_of_the_record_is_named(page: str) -> None:
    heading = "The record" if page == "README.md" else "Fields"
    table = documents.section(DOCUMENTS[page], heading)
    named = {name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    fields = set(items.Story.__struct_fields__)
    assert named == (fields if heading == "Fields" else fields - {"fetched_at", "schema_version"})


def test_each_key_of_a_link_is_named() -> None:
    table = documents.section(PAGES["records"], "Source links")
    assert [*re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)] == [*items.Link.__struct_fields__]


def test_each_page_is_listed() -> None:
    listed = re.findall(r"^\| \[`([\w-]+)`\]", documents.section(README, "Pages"), re.MULTILINE)
    assert sorted(listed) == sorted(PAGES)


def test_no_page_has_the_name_of_a_verb() -> None:
    """Both are topics of ``solidot help``."""
    assert PAGES.keys() & cli.VERBS.keys() == set()


def test_the_record_that_readme_shows_is_the_demonstrations() -> None:
    (shown,) = [json.loads(code) for language, code in documents.blocks(README) if language == "json"]
    story = builtin_stories()[shown["sid"]]
    page = story_page(story, is_open=False, yesterday="20251107").replace("\x00", str(shown["views"]), 1)
    made = record.record(page.replace("\x00", "").encode(), site.story_url(story.sid), datetime.now(UTC))
    assert isinstance(made, items.Story)
    assert begins(json.loads(items.line(made)), shown)


def begins(whole: Any, shown: Any) -> bool:
    """Whether what is shown is the whole, or a part of it: some keys, or a text up to an ellipsis."""
    if isinstance(shown, dict):
        return all(begins(whole[key], value) for key, value in shown.items())
    if isinstance(shown, list):
        return len(whole) == len(shown) and all(map(begins, whole, shown))
    if isinstance(shown, str) and shown.endswith("…"):
        return bool(whole.startswith(shown[:-1])) and whole != shown
    return bool(whole == shown)


# --- promises ---


@cache
def functions_of(file: Path) -> frozenset[str]:
    """The names of the tests that a module has."""
    return frozenset(
        node.name
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


PROMISES: dict[str, list[str]] = {
    promise: re.findall(r"`([^`]+)`", tests)
    for promise, tests in PROMISE.findall(documents.section(README, "Promises"))
}


def test_the_promises_are_found() -> None:
    rows = [line for line in documents.section(README, "Promises").splitlines() if line.startswith("| ")]
    assert len(PROMISES) == len(rows) - 2 >= 20


@pytest.mark.parametrize("promise", PROMISES)
def test_each_promise_names_tests_that_there_are(promise: str) -> None:
    assert PROMISES[promise]
    for each in PROMISES[promise]:
        file, _, name = each.partition("::")
        assert name in functions_of(ROOT / "tests" / file), each


# --- what a reader follows ---


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_link_leads_somewhere(name: str) -> None:
    for target in map("".join, LINK.findall(DOCUMENTS[name])):
        if target.startswith("https://"):
            continue
        path, _, fragment = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.is_relative_to(ROOT), target
        assert file.exists(), target
        assert not fragment or fragment in map(anchor, headings(file.read_text(encoding="utf-8"))), target


@pytest.mark.parametrize("name", ["README.md", ".github/CONTRIBUTING.md"])
def test_each_file_of_the_code_that_is_named_is_there(name: str) -> None:
    code = re.findall(r"`([^`]+)`", DOCUMENTS[name])
    named = {path for words in code for path in re.findall(r"^[\w./]+\.py$|\btests/[\w/]+(?:\.py)?", words)}
    assert {
        path for path in named if not any((top / path).exists() for top in (ROOT, ROOT / "solidot_spider"))
    } == set()


def test_a_link_to_a_page_is_named_as_the_page() -> None:
    """So that it makes sense on a terminal, where ``solidot help`` prints it."""
    for name, text in DOCUMENTS.items():
        for words, page in re.findall(r"\[([^]]*)\]\((?:[\w./]*/)?([\w-]+)\.md\)", text):
            if page in PAGES:
                assert words == f"`{page}`", (name, words)


def test_each_section_that_the_code_names_is_there() -> None:
    sources = [*ROOT.glob("solidot_spider/**/*.py"), *ROOT.glob("tests/**/*.py"), ROOT / ".github/CONTRIBUTING.md"]
    named = [(page, " ".join(at.split())) for file in sources for page, at in SECTION.findall(file.read_text("utf-8"))]
    assert len(named) >= 10
    assert [(page, at) for page, at in named if at not in headings(PAGES[page])] == []


# --- what a reader types ---


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_block_is_of_a_kind_that_is_tested(name: str) -> None:
    fences = re.findall(r"^```(\w*)$", DOCUMENTS[name], re.MULTILINE)
    assert not len(fences) % 2
    assert set(fences[::2]) <= EXPLAINED
    for language, code in documents.blocks(DOCUMENTS[name]):
        commands = [line for line in code.splitlines() if re.match(r"(\$ )?(\S*/)?solidot ", line)]
        if language == "console":
            assert commands == code.splitlines()
            assert all(line.startswith("$ solidot ") for line in commands)
        elif not name.endswith("recipes.md"):
            assert not commands, "a command in a block that no test runs"


def test_readme_loads_a_dataset_by_lines_of_its_page() -> None:
    lines = documents.rows(documents.section(README, "Load it"))
    assert lines
    assert lines.items() <= documents.rows(documents.section(PAGES["dataset"], "Load them")).items()


def test_the_page_has_the_same_crontab() -> None:
    (first,) = [code for language, code in documents.blocks(README) if language == "crontab"]
    same, standby = [code for language, code in documents.blocks(PAGES["running"]) if language == "crontab"]
    assert same == first
    assert standby.strip() in {f"{line} -a wait=55" for line in first.splitlines()}
