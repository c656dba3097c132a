"""Counts what the records of a dataset hold, while they pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Raw

from solidot_spider.base.sids import Range, Sids
from solidot_spider.export.forms import columns
from solidot_spider.export.forms.columns import Kind

_EMPTY = (Raw(b"null"), Raw(b"[]"), Raw(b'""'))
_decode = msgspec.json.Decoder(dict[str, Raw]).decode
_length = msgspec.json.Decoder(list[Raw]).decode
_text = msgspec.json.Decoder(str).decode


class Profile:
    """What records hold, told by one walk through them.

    Attributes:
        fields: the fields that they keep.
        is_complete: whether all records have passed.
        stories: how many there are.
        comments: how many comments they have.
        withdrawn: those that the site has no more, as runs of ids.
        years: how many stories were published in each year, in Beijing.
        revisions: how many fields edits have changed; None if the dataset does not tell.
        edges: the first and the last ``published_at`` and ``fetched_at``, by their names.
    """

    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = fields
        self.is_complete = False
        self.stories = 0
        self.comments = 0
        self.revisions: int | None = None
        self.years = Counter[str]()
        self.edges: dict[str, tuple[str, str]] = {}
        self._withdrawn: list[Range] = []
        self._first = self._last = 0
        of = columns.of_stories(fields)
        self._lacking = {each.name: 0 for each in of if each.nullable or each.kind is Kind.LIST}
        self._hash = sha256()

    @property
    def withdrawn(self) -> Sids:
        """The stories that the site has no more."""
        return Sids(self._withdrawn)

    @property
    def digest(self) -> str:
        """SHA-256 of the records as lines of JSON: the hash of a file of JSON Lines that holds them all."""
        return self._hash.hexdigest()

    def passing(self, records: Iterable[bytes]) -> Iterator[bytes]:
        """The records, each counted when it is taken."""
        for record in records:
            self._add(record)
            yield record
        self.is_complete = True

    def read(self, records: Generator[bytes]) -> None:
        """Count records that nobody else reads."""
        with closing(records):
            for _ in self.passing(records):
                pass

    def _add(self, record: bytes) -> None:
        self._hash.update(record)
        self._hash.update(b"\n")
        self.stories += 1
        values, lacking = _decode(record), self._lacking
        for name in lacking:
            if values[name] in _EMPTY:
                lacking[name] += 1
        sid = int(bytes(values["sid"]))
        self._first = self._first or sid
        self._last = sid
        for name in ("published_at", "fetched_at"):
            if name in values:
                self._widen(name, _text(values[name]))
        if "published_at" in values:
            self.years[bytes(values["published_at"])[1:5].decode()] += 1
        if "comments" in values and values["comments"] not in _EMPTY:
            self.comments += len(_length(values["comments"]))
        if "withdrawn_at" in values and values["withdrawn_at"] not in _EMPTY:
            self._withdrawn.append(Range(sid, sid))

    def _widen(self, name: str, value: str) -> None:
        first, last = self.edges.get(name, (value, value))
        if not first < value < last:
            self.edges[name] = (min(first, value), max(last, value))

    def described(self) -> dict[str, Any]:
        """The profile as a descriptor has it; what the records do not keep is left out."""
        kept = set(self.fields)
        counts: dict[str, Any] = {"stories": self.stories}
        if "comments" in kept:
            counts["comments"] = self.comments
        if "withdrawn_at" in kept:
            counts["withdrawn"] = len(self.withdrawn)
        if self.revisions is not None:
            counts["revisions"] = self.revisions
        if "published_at" in kept:
            counts["by_year"] = dict(sorted(self.years.items()))
        made: dict[str, Any] = {"counts": counts, "sids": [self._first, self._last] if self.stories else []}
        made |= {name: list(self.edges.get(name, ())) for name in ("published_at", "fetched_at") if name in kept}
        if "withdrawn_at" in kept:
            made["withdrawn"] = str(self.withdrawn)
        made["filled"] = {name: _share(self.stories - self._lacking.get(name, 0), self.stories) for name in self.fields}
        return {**made, "revision": f"sha256:{self.digest}"}


def _share(part: int, whole: int) -> float:
    """A share, rounded so that it says all of no field that one story lacks."""
    if part == whole:
        return 1.0 if whole else 0.0
    return min(round(part / whole, 4), 0.9999)
