"""Cutting addresses out of Chinese text: ours against linkify-it-py, urlextract and ``https?://\\S+``.

Over the stories of the corpus that hold no anchor; with the extra ``benchmarks``, without which other sides are
left out. F1 is that of the sets of addresses, pooled over the stories.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import partial
from importlib import import_module
from importlib.util import find_spec

from solidot_spider.base import site
from solidot_spider.parsing import page, sources
from solidot_spider.parsing.page import StoryPage
from solidot_spider.parsing.paragraphs import Anchor
from tests import corpus
from tests.benchmarks import by_turns
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table

Cutter = Callable[[StoryPage, str], Iterable[str]]


def ours(story: StoryPage, _: str) -> list[str]:
    return [link.url for link in sources.extract(story.paragraphs, story.published_at, story.sid).links]


def linkify() -> Cutter:
    found = import_module("linkify_it").LinkifyIt()
    return lambda _, text: [schemed(each.raw) for each in found.match(text) or []]


def urlextract(*, is_chinese: bool) -> Cutter:
    extract = import_module("urlextract").URLExtract()
    if is_chinese:
        marks = set("，。；：！？、（）【】《》〈〉“”‘’「」『』…—　\xa0")
        extract.set_stop_chars_left(extract.get_stop_chars_left() | marks)
        extract.set_stop_chars_right(extract.get_stop_chars_right() | marks)
    return lambda _, text: map(schemed, extract.gen_urls(text))


CUTTERS: dict[str, tuple[str, Callable[[], Cutter]]] = {
    "solidot_spider": ("solidot_spider", lambda: ours),
    "linkify-it-py": ("linkify_it", linkify),
    "urlextract": ("urlextract", lambda: urlextract(is_chinese=False)),
    "urlextract, Chinese stop characters": ("urlextract", lambda: urlextract(is_chinese=True)),
    "`https?://\\S+`": ("re", lambda: lambda _, text: re.findall(r"https?://\S+", text)),
}
"""Each side by its name: the module that it needs, and what makes it."""


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


def tables(scale: Scale) -> list[Table]:
    """How exactly each side cuts addresses, and how fast."""
    chosen = stories()
    sides = {name: make() for name, (module, make) in CUTTERS.items() if find_spec(module)}
    taken = by_turns.cpu_seconds({name: partial(cut_all, cut, chosen) for name, cut in sides.items()}, scale.rounds)
    rows = [(name, f"{f1(cut, chosen):.3f}", f"{taken[name] / len(chosen) * 1e3:.3f}") for name, cut in sides.items()]
    found = sum(len(must) for _, must, _ in chosen)
    title = f"Addresses cut out of Chinese text: {len(chosen)} stories without anchors, {found} addresses."
    return [Table("urls", title, ("", "F1", "CPU ms a story"), rows)]
