"""The kinds of fault, with their parameters.

A plan is a list of objects such as::

    {"action": "status", "path": "/story", "attempts": [1, 2], "status": 503, "headers": {"Retry-After": "2"}}

``action`` names the kind; each class here is one, and its fields are the parameters. The fields of ``Rule``
say when a rule applies and go with every kind.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Number = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
Code = Annotated[int, Meta(ge=200, le=599)]
Moment = Annotated[datetime, Meta(tz=True)]
Sids = tuple[int | Annotated[str, Meta(pattern=r"^[0-9]+(-[0-9]+)?$")], ...]


class Rule(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, tag_field="action"):
    """When a rule applies: all that is given must hold. Windows include both ends; null leaves one open."""

    path: str = "/"
    """What the path with its query begins with."""
    sids: Sids | None = None
    """Ids and ranges: ``[79500, "79510-79520"]``."""
    attempts: tuple[Number, Number | None] | None = None
    """Which requests for one URL, counted since the plan was read."""
    requests: tuple[Number, Number | None] | None = None
    """Which requests of all, counted since the plan was read."""
    elapsed: tuple[Seconds, Seconds | None] | None = None
    """How many seconds after the plan was read."""
    between: tuple[Moment, Moment | None] | None = None
    """From when to when by the site's clock."""
    probability: Share = 1.0
    """Drawn from ``seed``, the URL and the attempt: the same in every run."""
    seed: int = 0


class Status(Rule, tag="status"):
    """Another status, with headers such as ``Retry-After``."""

    status: Code
    headers: dict[str, str] = {}
    body: str = ""


class Delay(Rule, tag="delay"):
    """The right answer, late."""

    seconds: Seconds


class Reset(Rule, tag="reset"):
    """The connection ends without an answer: by a TCP reset, or quietly."""

    quiet: bool = False


class Cut(Rule, tag="cut"):
    """A body that ends before its Content-Length; or whose end only the closed connection or its packing tells."""

    share: Share = 0.5
    how: Literal["length", "close", "gzip"] = "length"


class Endless(Rule, tag="endless"):
    """A body that never ends: so many bytes a second, with 0 as fast as they are taken."""

    bytes_per_second: Annotated[int, Meta(ge=0)] = 20


class Silence(Rule, tag="silence"):
    """The connection stays open, and nothing comes."""


class Bomb(Rule, tag="bomb"):
    """A small gzip body that unpacks to so many megabytes."""

    megabytes: Number = 200


class Charset(Rule, tag="charset"):
    """The page in another encoding; ``declared`` goes into the header, null leaves the charset out of it."""

    encoding: Literal["gbk", "gb18030", "big5", "utf-8", "utf-16"] = "gbk"
    declared: str | None = None


class Redirect(Rule, tag="redirect"):
    """A redirect; in ``to`` stand ``{path}`` for the path with its query, ``{sid}`` and ``{attempt}``."""

    to: str
    status: Literal[301, 302, 303, 307, 308] = 302

    def __post_init__(self) -> None:
        try:
            self.target("/", None, 1)
        except (IndexError, KeyError, ValueError) as error:
            raise ValueError("to may hold {path}, {sid} and {attempt}, and no other braces") from error

    def target(self, path: str, sid: int | None, attempt: int) -> str:
        """Where a request is sent."""
        return self.to.format(path=path, sid=sid, attempt=attempt)


class Other(Rule, tag="other"):
    """The page of another story."""

    sid: Number


class Home(Rule, tag="home"):
    """The home page in place of everything."""


class Empty(Rule, tag="empty"):
    """Status 200 and no body."""


class Captcha(Rule, tag="captcha"):
    """A page in another layout that asks for proof of being human."""


class Truncate(Rule, tag="truncate"):
    """A part of the page, with a Content-Length that agrees with it."""

    share: Share = 0.5


class Rewrite(Rule, tag="rewrite"):
    """The page with other markup: each pair is an old text and the new one in its place."""

    pairs: Annotated[list[tuple[Annotated[str, Meta(min_length=1)], str]], Meta(min_length=1)]


class Overwrite(Rule, tag="overwrite"):
    """The page with this text in place of the story's body."""

    text: str


class Garbage(Rule, tag="garbage"):
    """Random bytes."""

    size: Number = 2048


KINDS: tuple[type[Rule], ...] = (
    Status,
    Delay,
    Reset,
    Cut,
    Endless,
    Silence,
    Bomb,
    Charset,
    Redirect,
    Other,
    Home,
    Empty,
    Captcha,
    Truncate,
    Rewrite,
    Overwrite,
    Garbage,
)
