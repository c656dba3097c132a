"""The beginning of the report: what there is, in a few numbers, and the search for titles."""

from __future__ import annotations

from solidot_spider.report.figures import Figures
from solidot_spider.report.html import Safe, chinese, joined, lead, tag
from solidot_spider.report.store_sections import Known
from solidot_spider.store.status import Status


def beginning(known: Known, figures: Figures) -> Safe:
    """The head of the report: what there is, in a few numbers, and the search."""
    status = known.status
    assert status.first is not None
    assert status.last is not None
    days = sorted(figures.days)
    span = sum(each.last - each.first + 1 for each in known.blocks)
    settled = sum(each.counts.get(name, 0) for each in known.blocks for name in ("stored", "withdrawn", "missing"))
    tiles = (
        ("Stories", f"{status.stories:,}", f"sid {status.first.sid:,} to {status.last.sid:,}"),
        ("Days", f"{len(days):,}", joined([_unbroken(days[0]), " to ", _unbroken(days[-1])]) if days else ""),
        ("Ids settled", _percent(settled, span), f"of {span:,} from the first story to the last"),
        ("Gaps", f"{status.gaps:,}", "ids of which nobody knows yet"),
        ("Withdrawn", f"{status.withdrawn:,}", "the site has them no more"),
        ("Edits", f"{known.edit_count:,}", "seen and kept"),
    )
    cells = joined(
        tag("div", joined([tag("dt", name), tag("dd", joined([value, tag("small", note)]))]))
        for name, value, note in tiles
    )
    told = f"{_as_of(status)}All of it is from the store of {known.site}; the page itself asks nothing of any network."
    return tag(
        "section",
        joined([
            tag("h1", joined([chinese("奇客"), " Solidot, as it is stored here"])),
            lead(told), tag("dl", cells, class_="tiles"), _search(known.site, status.stories),
        ]),
        id="top",
    )  # fmt: skip


def _as_of(status: Status) -> str:
    if not status.runs:
        return ""
    last = status.runs[0].ended_at or status.runs[0].started_at
    return f"As of {last.replace('T', ' ').replace('+00:00', ' UTC')}, the last run. "


def _unbroken(value: object) -> Safe:
    return tag("span", str(value), class_="unbroken")


def _search(site: str, stories: int) -> Safe:
    field = Safe('<input id="query" type="search" autocomplete="off" spellcheck="false" enterkeyhint="search">')
    label = tag("label", "Search the titles", for_="query")
    form = tag("form", joined([label, field]), role="search", data_site=site)
    hint = (
        f"{stories:,} titles; words of any length, all of them must occur; a number finds a sid. The key / comes here."
    )
    found = tag("p", hint, id="found", class_="note", aria_live="polite")
    none = Safe('<noscript><p class="note">The search, zoom and hover need scripts; all else does not.</p></noscript>')
    return tag("div", joined([form, found, Safe('<ol id="results"></ol>'), none]), class_="search")


def _percent(part: int, whole: int) -> str:
    return "100%" if part == whole else f"{min(99.9, 100 * part / whole):.1f}%"
