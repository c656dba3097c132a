"""The sections about the store: ids by what became of them, runs, failures, withdrawn stories and edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from solidot_spider.base import sids
from solidot_spider.report import charts, edits
from solidot_spider.report.charts import Bar, Part
from solidot_spider.report.html import (
    Figure,
    Safe,
    chinese,
    figure,
    joined,
    lead,
    link,
    moment,
    parts,
    scrolled,
    section,
    table,
    tag,
    text,
)  # fmt: skip
from solidot_spider.store.overview import Block, Edited, Gone
from solidot_spider.store.past_runs import PastRun
from solidot_spider.store.status import Status

BARS = 120
"""So many bars the ids have at most."""

AT_ONCE = 15
"""Edits that are shown before a reader asks for more."""

_REST = "rest"
_PARTS = (
    Part("stored", "stored", "stored"),
    Part("withdrawn", "withdrawn by the site", "withdrawn"),
    Part("missing", "missing: the site has no such story", "missing"),
    Part("failed", "failed", "failed"),
    Part("refused", "refused", "refused"),
    Part("unparsed", "unparsed", "unparsed"),
    Part(_REST, "nothing heard yet", "rest"),
)


class Known(NamedTuple):
    """What the store tells beside the records; the lists have the last ones only."""

    status: Status
    blocks: list[Block]
    withdrawn: list[Gone]
    edits: list[Edited]
    edit_count: int
    site: str


def block_size(first: int, last: int) -> int:
    """How many ids a bar has: few enough that there are some bars, and enough that there are not too many."""
    sizes: list[int] = [10**power for power in range(1, 9)]
    return next(size for size in sizes if (last - first) // size < BARS)


def coverage(known: Known) -> Safe:
    """The section of ids: what became of them, in blocks."""
    rows = [Bar(str(each.first), f"{each.first:,}", _with_rest(each), _told(each)) for each in known.blocks]
    shown = [part for part in _PARTS if any(bar.parts.get(part.key) for bar in rows)]
    rest = sum(bar.parts[_REST] for bar in rows)
    hue = "teal sparse" if rest > sum(sum(bar.parts.values()) for bar in rows) / 2 else "teal"
    size = max(each.last - each.first + 1 for each in known.blocks)
    numbers = table(
        ("From", "to", *(each.name for each in shown)),
        [(each.first, str(each.last), *(_with_rest(each).get(part.key, 0) for part in shown)) for each in known.blocks],
        f"Ids by blocks of {size:,} and by what became of them",
    )
    return section(
        "coverage",
        "Ids, and what became of them",
        lead("The site numbers its stories. An id is settled when it is a stored story, or the site says it has none."),
        figure(Figure(
            "sids", f"Each {size:,} ids from the first story to the last one",
            charts.stacked(rows, shown), parts(shown), numbers, hue, 0,
        )),
    )  # fmt: skip


def _with_rest(block: Block) -> dict[str, int]:
    return {**block.counts, _REST: block.last - block.first + 1 - sum(block.counts.values())}


def _told(block: Block) -> Callable[[str], str]:
    counts, names = _with_rest(block), {each.key: each.name.partition(":")[0] for each in _PARTS}
    parts = {key: f"{counts[key]:,} {name}" for key, name in names.items() if counts.get(key)}

    def told(key: str) -> str:
        others = ", ".join(part for other, part in parts.items() if other != key)
        return f"{block.first:,} to {block.last:,}: {parts[key]}" + (f" ({others})" if others else "")

    return told


def runs(past: list[PastRun]) -> Safe:
    """The section of the last runs."""
    rows = [(each.name, _verdict(each), _counts(each), moment(each.started_at)) for each in past]
    caption = "Newest first; times in UTC"
    made = scrolled(table(("Run", "Verdict", "Ids", "Began"), rows, caption), "Last runs")
    return section("runs", "Last runs", tag("div", made, class_="card flow"))


def _counts(run: PastRun) -> str:
    return ", ".join(f"{count:,} {outcome}" for outcome, count in (run.counts or {}).items() if count) or "–"


def _verdict(run: PastRun) -> Safe:
    if run.ended_at is None:
        return tag("span", "runs still, or was killed", class_="bad")
    if run.verdict:
        return tag("div", tag("span", run.verdict, class_="bad"), class_="long")
    if run.exit_status:
        return tag("span", f"exit status {run.exit_status}", class_="bad")
    return tag("span", "✓ all well", class_="good")


def failures(known: Known) -> Safe:
    """The section of ids that did not settle."""
    found = known.status.failures
    if not found:
        return section("failures", "What did not come", tag("p", "Every id that was asked is settled.", class_="note"))
    rows = [
        (each.outcome, tag("div", each.reason or "no reason known", class_="long"), each.count,
         sids.parse(",".join(each.sids)).summary())
        for each in found
    ]  # fmt: skip
    made = scrolled(
        table(("Outcome", "Reason", "Ids", "Which"), rows, "Ids that did not settle, by reason"), "Failures"
    )
    hint = tag(
        "p", joined(["They are asked again by ", tag("code", "solidot crawl story -a only=failed"), "."]), class_="note"
    )
    return section("failures", "What did not come", tag("div", joined([hint, made]), class_="card flow"))


def withdrawn(known: Known) -> Safe:
    """The section of stories that the site has no more."""
    if not known.withdrawn:
        return section("withdrawn", "Withdrawn stories", tag("p", "None.", class_="note"))
    rows = [(link(each.sid, known.site), moment(each.at), chinese(each.title)) for each in known.withdrawn]
    caption = f"{_some(len(rows), known.status.withdrawn)}; when the site was first seen without it, in UTC"
    made = scrolled(table(("Sid", "Since", "Title"), rows, caption), "Withdrawn stories")
    return section("withdrawn", "Withdrawn stories", tag("div", made, class_="card flow"))


def edited(known: Known) -> Safe:
    """The section of edits, with what they changed."""
    if not known.edits:
        return section("edits", "Edited stories", tag("p", "No edit has been seen.", class_="note"))
    count = lead(f"{_some(len(known.edits), known.edit_count)}, newest first; times in UTC.")
    made = [edits.edit(each, known.site) for each in known.edits]
    if rest := made[AT_ONCE:]:
        more = tag("details", joined([tag("summary", f"{len(rest)} more"), *rest]))
        made = [*made[:AT_ONCE], more]
    return section("edits", "Edited stories", count, tag("div", joined(made), class_="card flow"))


def _some(shown: int, all_: int) -> Safe:
    return text(f"{all_:,} in all" if shown == all_ else f"The last {shown:,} of {all_:,}")
