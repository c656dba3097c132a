"""Cutting addresses out of Chinese text: ours against linkify-it-py, urlextract and ``https?://\\S+``.

``python -m tests.benchmarks.urls``, over the stories of the corpus that hold no anchor; needs
``pip install linkify-it-py urlextract``. F1 is that of the sets of addresses, pooled over the stories.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module

from solidot_spider.base import site
from solidot_spider.parsing import page, sources
from solidot_spider.parsing.page import StoryPage
from solidot_spider.parsing.paragraphs import Anchor
from tests import corpus
from tests.benchmarks import by_turns

ROUNDS = 3
Cutter = Callable[[StoryPage, str], Iterable[str]]


def ours(story: StoryPage, _: str) -> list[str]:
    return [link.url for link in sources.extract(story.paragraphs, story.published_at, story.sid).links]


def cutters() -> dict[str, Cutter]:
    """Each side: a story and its text to addresses."""
    linkify = import_module("linkify_it").LinkifyIt()
    extract = import_module("urlextract").URLExtract()
    chinese = import_module("urlextract").URLExtract()
    marks = set("，。；：！？、（）【】《》〈〉“”‘’「」『』…—　\xa0")
    chinese.set_stop_chars_left(chinese.get_stop_chars_left() | marks)
    chinese.set_stop_chars_right(chinese.get_stop_chars_right() | marks)
    return {
        "solidot_spider": ours,
        "linkify-it-py": lambda _, text: [schemed(found.raw) for found in linkify.match(text) or []],
        "urlextract": lambda _, text: map(schemed, extract.gen_urls(text)),
        "urlextract, Chinese stop characters": lambda _, text: map(schemed, chinese.gen_urls(text)),
        "`https?://\\S+`": lambda _, text: re.findall(r"https?://\S+", text),
    }


def schemed(url: str) -> str:
    return url if "://" in url else f"https://{url}"


def stories() -> list[tuple[StoryPage, set[str], set[str]]]:
    """Stories without anchors: the page, the addresses in it, and those that may be found or not."""
    found = []
    for line in (corpus.directory() / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        said = page.parse(corpus.page(gold["sid"]), site.story_url(gold["sid"]))
        if "source_links" in gold["skip"] or not isinstance(said, StoryPage) or has_anchor(said):
            continue
        links = gold["source_links"]
        must = {link["url"] for link in links if not link.get("optional")}
        found.append((said, must, {link["url"] for link in links} - must))
    return found


def has_anchor(story: StoryPage) -> bool:
    spans = (span for paragraph in story.paragraphs for span in paragraph.all_spans())
    return any(isinstance(tag, Anchor) for span in spans for tag in span.tags)


def f1(cutter: Cutter, chosen: list[tuple[StoryPage, set[str], set[str]]]) -> float:
    right = wrong = missed = 0
    for story, must, may in chosen:
        found = {url for url in cutter(story, text(story)) if not site.is_internal(url)}
        right += len(found & must)
        wrong += len(found - must - may)
        missed += len(must - found)
    return 2 * right / (2 * right + wrong + missed)


def cut_all(cutter: Cutter, chosen: list[tuple[StoryPage, set[str], set[str]]]) -> None:
    for story, _, _ in chosen:
        for _ in cutter(story, text(story)):
            pass


def text(story: StoryPage) -> str:
    return "\n".join(paragraph.text for paragraph in story.paragraphs)


def main() -> None:
    argparse.ArgumentParser("python -m tests.benchmarks.urls", description=__doc__).parse_args()
    chosen = stories()
    sides = cutters()
    taken = by_turns.cpu_seconds({name: partial(cut_all, cut, chosen) for name, cut in sides.items()}, ROUNDS)
    print(f"{len(chosen)} stories without anchors, {sum(len(must) for _, must, _ in chosen)} addresses")
    rows = [(name, f"{f1(cut, chosen):.3f}", f"{taken[name] / len(chosen) * 1e3:.3f}") for name, cut in sides.items()]
    print(by_turns.table(("", "F1", "ms a story"), list(rows)))


if __name__ == "__main__":
    main()
