"""A site made of page files, such as a corpus of captured pages."""

from __future__ import annotations

import gzip
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from solidot_spider.trial.answer import TEXT, XML, Answer
from solidot_spider.trial.site import ISSUE, sid_of
from tests.server.answers import Answers


class PagesDirectory:
    """Serves ``PAGES/<sid>.html.gz`` (or ``.html``) as the story's page, and another site's pages for the rest.

    An id without a file answers the home page. From ``lists``, when given, come ``home.html``,
    ``issue-YYYYMMDD.html``, ``index.rss`` and ``robots.txt``, each plain or with ``.gz``.
    """

    def __init__(self, pages: Path, behind: Answers, lists: Path | None = None) -> None:
        self._pages = pages
        self._lists = lists
        self._behind = behind

    def now(self) -> datetime:
        """The time of the site behind."""
        return self._behind.now()

    def answer(self, path: str, host: str = "") -> Answer:
        """The file's bytes, or what the site behind answers."""
        sid = sid_of(path)
        return self.story(sid) if sid else self._listed(path, host) or self._behind.answer(path, host)

    def story(self, sid: int) -> Answer:
        """The page in the directory, else the home page."""
        body = _content(self._pages, f"{sid}.html")
        return self.home() if body is None else Answer(body)

    def home(self, host: str = "") -> Answer:
        """The home page of ``lists``, else that of the site behind."""
        return self._file("home.html") or self._behind.home(host)

    def _listed(self, path: str, host: str) -> Answer | None:
        route = path.partition("?")[0]
        if route == "/":
            issue = ISSUE.search(path)
            return self._file(f"issue-{issue[1]}.html") if issue else self.home(host)
        types = {"/index.rss": XML, "/robots.txt": TEXT}
        return self._file(route[1:], types[route]) if route in types else None

    def _file(self, name: str, content_type: str | None = None) -> Answer | None:
        body = _content(self._lists, name) if self._lists else None
        if body is None:
            return None
        return Answer(body, content_type=content_type) if content_type else Answer(body)


@lru_cache(maxsize=500)
def _content(directory: Path, name: str) -> bytes | None:
    packed, plain = directory / f"{name}.gz", directory / name
    if packed.exists():
        return gzip.decompress(packed.read_bytes())
    return plain.read_bytes() if plain.exists() else None
