"""The page on several machines reckons right with what it says was measured."""

from __future__ import annotations

import re

from tests import documents

PAGE = documents.PAGES["machines"]
SITES, GAP, IDS, STORIES, EMPTY = 100, 1.5, 85_484, 0.92, 7.1 * 2**20
A_SECOND = SITES / GAP


def cells(table: str) -> dict[str, list[str]]:
    """The rows of a section's tables by their first cell."""
    lines = (line.strip("| ").split(" | ") for line in documents.section(PAGE, table).splitlines() if line[:1] == "|")
    return {first: rest for first, *rest in lines}


def number(text: str) -> float:
    found = re.search(r"[\d,]+(?:\.\d+)?", text)
    assert found
    return float(found[0].replace(",", ""))


def agrees(shown: str, reckoned: float) -> None:
    decimals = shown.split(maxsplit=1)[0].partition(".")[2]
    assert abs(number(shown) - reckoned) <= 0.5 * 10 ** -len(decimals) + reckoned / 100, (shown, reckoned)


def test_the_pace_gives_the_hours() -> None:
    rows = cells("What a second machine is for")
    for requests, hours in (rows[name] for name in rows if name.startswith("all ids")):
        agrees(hours, number(requests) * GAP / 3600)


def test_a_hundred_sites_are_a_hundred_times_what_was_measured() -> None:
    rows = cells("A hundred sites like this one")
    measured = {name: number(each[0]) for name, each in rows.items() if re.match(r"[\d.,]", each[0])}
    for name in ("transactions", "rows written"):
        agrees(rows[name][1], measured[name] * A_SECOND)
    ids = IDS * SITES
    site = measured["bytes to the site"] + measured["bytes from the site"]
    database = measured["bytes to the database"] + measured["bytes back"]
    for name, each in (("the wire to the sites", site), ("the wire to the database", database)):
        whole, rate = rows[name][1].split(" in all, ")
        agrees(whole, each * ids / 1e9)
        agrees(rate, each * A_SECOND * 8 / 1e6)
    agrees(rows["disk"][1], (measured["bytes of the database"] * ids * STORIES + SITES * EMPTY) / 1e9)
    agrees(rows["PostgreSQL's CPU"][1], measured["ms of PostgreSQL's CPU"] * A_SECOND / 1e3)
    agrees(rows["CPU of the crawls"][1], measured["ms of the crawl's CPU"] * A_SECOND / 1e3)
    agrees(rows["memory of the crawls"][1], measured["the most memory, MiB"] * SITES / 1024)
