"""Writes stories as one HTML page that needs nothing else, asks for nothing, and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from solidot_spider.base.console import is_safe, plain
from solidot_spider.display import differences
from solidot_spider.display.differences import Difference
from solidot_spider.display.sources import Source, numbered
from solidot_spider.display.story_text import facts, heading
from solidot_spider.store.stories import KeptStory

_HEAD = """\
<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ max-width: 42rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.7;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; overflow-wrap: anywhere }}
h1 {{ line-height: 1.3 }}
h2 {{ font-size: 1.1rem; margin-top: 2rem }}
article + article {{ border-top: 1px solid; margin-top: 3rem }}
.facts, .archive {{ opacity: .75; font-size: .9rem }}
.withdrawn {{ color: #c00 }}
del {{ background: #f002; text-decoration: none }} ins {{ background: #0a02; text-decoration: none }}
del b {{ background: #f004 }} ins b {{ background: #0a04 }}
del, ins {{ display: block }}
@media (prefers-color-scheme: dark) {{ .withdrawn {{ color: #f77 }} }}
</style>
</head>
<body>
"""


def page(stories: Iterable[KeptStory]) -> str:
    """The page of some stories."""
    given = list(stories)
    title = given[0].record["title"] if len(given) == 1 else f"{len(given):,} stories"
    head = _HEAD.format(title=_text(title))
    return f"{head}{''.join(map(_article, given))}</body>\n</html>\n"


def _article(story: KeptStory) -> str:
    record = story.record
    lines = facts(record)
    return "\n".join(
        [
            f'<article id="s{record["sid"]}">',
            f"<h1>{_text(record['title'])}</h1>",
            f'<p class="facts">{_text(lines[0])}<br>{_link(record["url"])}</p>',
            f'<p class="withdrawn">{_text(lines[2])}</p>' if len(lines) > 2 else "",
            _safe(record["body_html"]),
            *_sources(record),
            *_edits(story),
            "</article>\n",
        ]
    )


def _sources(record: dict[str, Any]) -> Iterator[str]:
    sources = numbered(record)
    if sources:
        yield f"<h2>Sources</h2>\n<ol>\n{''.join(map(_source, sources))}</ol>"


def _source(source: Source) -> str:
    own = " ".join(filter(None, (_text(source.text), _link(source.url) if source.url else "")))
    copies = "".join(f'<br><span class="archive">archived: {_link(each)}</span>' for each in source.archives)
    return f"<li>{own}{copies}</li>\n"


def _edits(story: KeptStory) -> Iterator[str]:
    now = dict(story.record)
    for edit in story.edits:
        yield f"<h2>{_text(heading(edit))}</h2>"
        for field, old in edit.old.items():
            yield f"<p>{_text(field)}</p>"
            yield from map(_difference, differences.between(old, now.get(field)))
        now |= edit.old


def _difference(each: Difference) -> str:
    tag, place, pieces = "del" if each.sign == "-" else "ins", 0, []
    for start, end in each.parts:
        pieces += [_text(each.line[place:start]), f"<b>{_text(each.line[start:end])}</b>"]
        place = end
    return f"<{tag}>{''.join(pieces)}{_text(each.line[place:])}</{tag}>"


def _link(url: str) -> str:
    return f'<a href="{_text(url)}" rel="noopener noreferrer">{_text(url)}</a>'


def _text(text: str) -> str:
    return escape(plain(text))


def _safe(fragment: str) -> str:
    """A fragment, safe as records have it, without characters that change the direction of what follows."""
    return "".join(char for char in fragment if char in "\n\t" or is_safe(char))
