"""Puts the page together: one file of HTML that runs its own script, has its own style, and may load nothing."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256
from importlib import resources
from string import Template

from solidot_spider import __version__
from solidot_spider.report import beginning, store_sections, story_sections, subject_sections
from solidot_spider.report.figures import Figures
from solidot_spider.report.html import Safe, joined, tag, text
from solidot_spider.report.store_sections import Known
from solidot_spider.report.titles import packed

_NAVIGATION = {
    "days": "Days", "coverage": "Ids", "subjects": "Topics", "sources": "Sources", "hours": "Hours", "fields": "Fields",
    "runs": "Runs", "failures": "Failures", "withdrawn": "Withdrawn", "edits": "Edits",
}  # fmt: skip

_SCRIPTS = ("page-plots.js", "page-search.js", "page.js")


def page(known: Known, figures: Figures) -> str:
    """The whole report.

    Raises:
        ExportError: the library that draws is not installed.
    """
    style, script = _part("page.css"), "".join(map(_part, _SCRIPTS))
    content = joined(_sections(known, figures), "\n")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    return Template(_part("page.html")).substitute(
        policy=policy,
        style=style,
        script=script,
        generator=f"solidot_spider {__version__}",
        title=text(f"奇客 Solidot: {figures.stories:,} stories"),
        navigation=joined(
            tag("a", name, href=f"#{key}") for key, name in _NAVIGATION.items() if f'<section id="{key}"' in content
        ),
        content=content,
        footer=text(
            f"Made by solidot_spider {__version__}. Titles and texts are © solidot.org and their authors. "
            "Charts are drawn by Vega-Lite."
        ),
        titles=packed(figures.titles),
    )


def _sections(known: Known, figures: Figures) -> Sequence[Safe]:
    about_stories = (
        (subject_sections.subjects, story_sections.sources, story_sections.hours, story_sections.fields)
        if figures.days
        else ()
    )
    return [
        beginning.beginning(known, figures),
        *([story_sections.days(figures)] if figures.days else []),
        store_sections.coverage(known),
        *(each(figures) for each in about_stories),
        store_sections.runs(known.status.runs),
        store_sections.failures(known),
        store_sections.withdrawn(known),
        store_sections.edited(known),
    ]


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """What a policy allows inline content by."""
    return f"'sha256-{base64.b64encode(sha256(content.encode()).digest()).decode()}'"
