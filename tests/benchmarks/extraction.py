"""What general tools make of a story page: ours against trafilatura, newspaper4k, readability-lxml, GNE, selectors.

Over the corpus; with the extra ``benchmarks`` and ``pip install 'newspaper4k[zh]'``, without which these sides are left out. Each tool runs with its default options; links are the anchors of what it extracts and, in
their places in its text, what ``https?://\\S+`` finds, where it has any; those within the site do not count.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from lxml import etree, html
from parsel import Selector

from solidot_spider import record
from solidot_spider.base import site
from solidot_spider.items import Story
from solidot_spider.parsing import body, page
from solidot_spider.parsing.page import StoryPage
from tests import corpus
from tests.benchmarks import by_turns
from tests.benchmarks.scale import Scale
from tests.benchmarks.tables import Table

PARTS = ("title", "minute", "editor", "body", "links")
HEADINGS = ("title", "minute, zone", "editor", "body (with the source block left in)", "links")
BARE_URL = re.compile(r"https?://[!-~]+")


@dataclass
class Guess:
    """What a tool says; '' for what it says nothing of."""

    title: str = ""
    minute: str = ""
    editor: str = ""
    text: str = ""
    links: list[str] = field(default_factory=list)


Extract = Callable[[bytes, str], Guess]


def ours(data: bytes, url: str) -> Guess:
    story = record.record(data, url, corpus.FETCHED_AT)
    if not isinstance(story, Story):
        return Guess()
    links = [link.url for link in story.source_links]
    return Guess(story.title, story.published_at, story.editor.name, story.body, links)


def trafilatura(data: bytes, url: str, module: Any) -> Guess:
    made = module.bare_extraction(data, url=url, include_links=True, with_metadata=True)
    if made is None:
        return Guess()
    text = "\n".join(map(str, made.body.itertext()))
    return Guess(made.title or "", made.date or "", made.author or "", text, links_in(made.body))


def newspaper(data: bytes, url: str, module: Any) -> Guess:
    article = module.Article(url, language="zh", fetch_images=False)
    article.download(input_html=data.decode(errors="replace"))
    article.parse()
    date = article.publish_date.isoformat() if article.publish_date else ""
    return Guess(article.title, date, " ".join(article.authors), article.text, links_of(article.article_html))


def readability(data: bytes, url: str, module: Any) -> Guess:
    made = module.Document(data.decode(errors="replace"), url=url)
    summary = made.summary(html_partial=True)
    return Guess(title=made.short_title(), text=text_of(summary), links=links_of(summary))


def gne(data: bytes, url: str, extractor: Any) -> Guess:
    made = extractor.extract(data.decode(errors="replace"), host=url, with_body_html=True)
    return Guess(made["title"], made["publish_time"], made["author"], made["content"], links_of(made["body_html"]))


def selectors(data: bytes, url: str) -> Guess:  # noqa: ARG001 - all sides alike
    """Four plain selectors and a pattern, as a spider is written in an afternoon."""
    tree = Selector(text=data.decode(errors="replace"))
    title = " ".join(tree.css(".bg_htit h2::text").getall()).strip()
    line = "".join(tree.css(".talk_time ::text").getall())
    date = re.search(r"(\d{4})年(\d\d)月(\d\d)日 (\d\d)时(\d\d)分", line)
    minute = "{}-{}-{}T{}:{}:00+08:00".format(*date.groups()) if date else ""
    main = tree.css(".p_mainnew")
    editor = tree.css(".talk_time a::text").get("").strip()
    return Guess(title, minute, editor, "".join(main.css("::text").getall()), links_of(main.get("")))


def links_of(fragment: str) -> list[str]:
    """The addresses of a fragment in their order: those of anchors, and bare ones in the text."""
    if not fragment.strip():
        return []
    return links_in(html.fragment_fromstring(fragment, create_parent="div"))


def links_in(root: Any) -> list[str]:
    found: list[str] = []
    for event, element in etree.iterwalk(root, ("start", "end")):
        target = element.get("href") or element.get("target")
        if event == "end":
            found += BARE_URL.findall(element.tail or "")
        elif target:
            found.append(target)
        elif isinstance(element.tag, str):
            found += BARE_URL.findall(element.text or "")
    return found


def text_of(fragment: str) -> str:
    return str(html.fragment_fromstring(fragment, create_parent="div").text_content())


TOOLS: dict[str, tuple[str, Callable[[], Extract]]] = {
    "solidot_spider": ("solidot_spider", lambda: ours),
    "trafilatura": ("trafilatura", lambda: partial(trafilatura, module=import_module("trafilatura"))),
    "newspaper4k": ("newspaper", lambda: partial(newspaper, module=import_module("newspaper"))),
    "readability-lxml": ("readability", lambda: partial(readability, module=import_module("readability"))),
    "GNE": ("gne", lambda: partial(gne, extractor=import_module("gne").GeneralNewsExtractor())),
    "four plain selectors": ("parsel", lambda: selectors),
}
"""Each side by its name: the module that it needs, and what makes it."""


@dataclass(frozen=True)
class Sample:
    """A page with what is known of it.

    ``must`` are its links, ``may`` those that may be found or not, ``whole`` is the text with the source block left in.
    """

    data: bytes
    url: str
    gold: dict[str, Any]
    must: list[str]
    may: set[str]
    whole: str


def samples() -> list[Sample]:
    made = []
    for line in (corpus.directory() / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        data, url = corpus.page(gold["sid"]), site.story_url(gold["sid"])
        said = page.parse(data, url)
        assert isinstance(said, StoryPage)
        links = gold["source_links"]
        may = {link["url"] for link in links if link.get("optional")}
        must = [link["url"] for link in links if not link.get("optional")]
        made.append(Sample(data, url, gold, must, may, squeezed(body.text(said.paragraphs))))
    return made


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", text)


def judged(guess: Guess, sample: Sample) -> dict[str, bool]:
    """Which parts are right."""
    gold = sample.gold
    text = squeezed(guess.text)
    links = [url for url in guess.links if url.startswith("http") and not site.is_internal(url)]
    right = {
        "title": squeezed(guess.title) == squeezed(gold["title"]),
        "minute": guess.minute[:16] == gold["published_at"][:16] and guess.minute.endswith("+08:00"),
        "editor": guess.editor.strip() == gold["editor"]["name"],
        "body": "body_exact" in gold["skip"] or text == squeezed(gold["body"]),
        "links": "source_links" in gold["skip"] or [url for url in links if url not in sample.may] == sample.must,
    }
    return {**right, "whole story": all(right.values()), "body with sources": text == sample.whole}


def measured(name: str, extract: Extract, chosen: list[Sample], bare: float) -> tuple[str, ...]:
    right = dict.fromkeys((*PARTS, "whole story", "body with sources"), 0)
    for sample in chosen:
        for part, is_right in judged(extract(sample.data, sample.url), sample).items():
            right[part] += is_right
    taken = by_turns.cpu_seconds({name: lambda: [extract(each.data, each.url) for each in chosen]}, 1)[name]
    shares = {part: f"{count / len(chosen):.2f}" for part, count in right.items()}
    text = f"{shares['body']} ({shares['body with sources']})"
    shown = [text if part == "body" else shares[part] for part in PARTS]
    return (name, *shown, shares["whole story"], f"{taken / bare:.1f}")


def tables(scale: Scale) -> list[Table]:
    """What share of the stories each side gets right, part by part."""
    logging.disable(logging.WARNING)
    chosen = samples()[:: 1 if scale.rounds > 1 else 40]
    bare = by_turns.cpu_seconds({"": lambda: [html.fromstring(each.data) for each in chosen]}, scale.rounds)[""]
    title = f"What general tools make of a story page: the share of {len(chosen)} real stories that are exactly right."
    header = ("", *HEADINGS, "whole story", "CPU, a bare parse = 1")
    sides = {name: make() for name, (module, make) in TOOLS.items() if find_spec(module)}
    return [Table("extraction", title, header, [measured(*side, chosen, bare) for side in sides.items()])]
