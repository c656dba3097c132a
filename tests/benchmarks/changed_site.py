"""What runs make of a site that changed its markup overnight: real crawls, one for each change of the catalogue.

``python -m tests.benchmarks.changed_site [--new 60] [--known 20] [--empty] [PATTERN]``, over the corpus. A store learns
the oldest stories; then the site changes, and a run asks the others. With ``--empty`` the store is empty, and a file
states what is known of three stories. A change is *silent* if a wrong field is stored and the run ends with 0, and
*left* if one is in the store afterwards, whatever the status.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests import corpus
from tests.benchmarks import by_turns
from tests.crawling import FAST, solidot
from tests.parsing.markup_changes import CHANGES
from tests.parsing.markup_edits import BODY_END, BODY_START
from tests.server.client import running

CLOCK = "2026-11-24T12:00:00+08:00"
MADE_ANEW = {"fetched_at", "content_hash", "body_html", "views"}
PARTS = ("sid", "published_at", "editor", "department")


def crawled(pages: Path, data: Path, sids: list[int], env: dict[str, str]) -> tuple[int, str]:
    """The exit status of a run that asks some stories, and what it says."""
    with running("--clock", CLOCK, "--pages", str(pages)) as server:
        words = ("crawl", "story", "-a", "sids=@-", *FAST)
        run = solidot(server.url, data, *words, given="\n".join(map(str, sids)), env=env)
    return run.status, run.err


def stored(data: Path) -> dict[int, dict[str, Any]]:
    """The records in a store."""
    solidot("http://127.0.0.1:1", data, "export", "--force", "stories.jsonl")
    text = data.with_name("stories.jsonl").read_text(encoding="utf-8")
    return {record["sid"]: record for record in map(json.loads, text.splitlines())}


def wrong(record: dict[str, Any], right: dict[str, Any]) -> set[str]:
    """The fields of a record that are not as they are in the site's old markup."""
    fields = {name for name in right.keys() - MADE_ANEW if record[name] != right[name]}
    return fields - ({"published_at"} if record["published_at"][:16] == right["published_at"][:16] else set())


def write_pages(directory: Path, sids: list[int], change: str | None) -> int:
    """The pages of a site, and how many of them a change touches."""
    directory.mkdir(exist_ok=True)
    touched = 0
    for sid in sids:
        html = corpus.page(sid).decode(errors="replace")
        changed = _changed(html, change) if change else html
        touched += changed != html
        (directory / f"{sid}.html").write_text(changed)
    return touched


def _changed(html: str, change: str) -> str:
    """A page after a change, which is written for the white space of the trial site's bodies."""
    written = re.sub(r'<div class="p_mainnew">\s*', BODY_START, html, count=1)
    written = re.sub(r'\s*</div>(?=\s*</div>(?:\s*</div>)?\s*<div class="pn">)', BODY_END, written, count=1)
    assert BODY_START in written
    assert BODY_END in written
    changed = CHANGES[change](written)
    return html if changed == written else changed


def stated(records: list[dict[str, Any]]) -> str:
    """A file of known stories."""
    stories = [
        {name: record[name] for name in PARTS}
        | {"published_at": record["published_at"][:16], "title_sha256": sha256(record["title"].encode()).hexdigest()}
        | {"topics": [topic["tid"] for topic in record["topics"]], "sources": len(record["source_links"])}
        for record in records
    ]
    return json.dumps({"stories": stories}, ensure_ascii=False)


def main() -> None:
    words = argparse.ArgumentParser("python -m tests.benchmarks.changed_site", description=__doc__)
    words.add_argument("pattern", nargs="?", default="", help="only changes whose name holds this")
    words.add_argument("--new", type=int, default=60, help="stories that the run asks (default 60)")
    words.add_argument("--known", type=int, default=20, help="stories that the store has (default 20)")
    words.add_argument("--empty", action="store_true", help="begin with an empty store and three known stories")
    given = words.parse_args()
    sids = corpus.sids()
    known, new = sids[: given.known], sids[-given.new :]
    rows: list[tuple[object, ...]] = []
    with TemporaryDirectory() as name:
        root = Path(name)
        write_pages(root / "pages", known + new, None)
        crawled(root / "pages", root / "right", known + new, {})
        right = stored(root / "right")
        crawled(root / "pages", root / "known", known, {})
        (root / "known.json").write_text(stated([right[sid] for sid in known[:: len(known) // 3][:3]]))
        env = {"SOLIDOT_KNOWN_STORIES": str(root / "known.json")} if given.empty else {}
        for change in CHANGES:
            if given.pattern not in change:
                continue
            touched = write_pages(root / "pages", known + new, change)
            data = root / "data"
            shutil.rmtree(data, ignore_errors=True)
            if not given.empty:
                shutil.copytree(root / "known", data)
            status, err = crawled(root / "pages", data, new, env)
            fields = [found for sid, each in stored(data).items() if (found := wrong(each, right[sid]))]
            names = ", ".join(sorted(set().union(*fields)))
            silent = "silent" if fields and not status else ""
            rows.append((change, touched, status, silent, len(fields), names, err.splitlines()[-1][:90]))
            print(f"{len(rows)} of {len(CHANGES)}: {change}: {status} {silent} {len(fields)} {names}", file=sys.stderr)
    header = ("change", "pages", "status", "", "wrong", "fields", "last words")
    print(by_turns.table(header, [row for row in rows if row[4]]))
    print(f"{len(rows)} changes, silent: {sum(row[3] != '' for row in rows)}, left: {sum(row[4] != 0 for row in rows)}")


if __name__ == "__main__":
    main()
