"""Crawl the corpus over HTTP with the real spider: ``python -m tests.corpus_crawl CORPUS STORIES.jsonl``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.crawling import solidot
from tests.server.client import running


def main(corpus: Path, stories: Path) -> int:
    sids = sorted(path.name.partition(".")[0] for path in (corpus / "pages").glob("*.html.gz"))
    with running("--pages", str(corpus / "pages"), "--lists", str(corpus / "lists")) as server:
        run = solidot(
            server.url,
            stories.parent / "data",
            *("crawl", "story", "-a", "sids=@-", "-O", str(stories), "-s", "DOWNLOAD_DELAY=0"),
            given="\n".join(sids),
        )
    print(run.err, end="")
    return run.status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()))
