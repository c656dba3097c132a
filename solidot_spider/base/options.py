"""The program's own settings, ``SOLIDOT_*``: each declared once, with its type, default, check and meaning.

They come from the environment or from Scrapy's ``-s``; ``SOLIDOT_CLOCK`` from the environment alone (``clock``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from solidot_spider import __version__
from solidot_spider.base import clock, site
from solidot_spider.base.setting_names import nearest

PREFIX = "SOLIDOT_"
LOG_FORMS = ("text", "json")
NO_STORE = "none"
LARGEST = 100_000
"""The largest number that any option takes."""

REVISIT = "1:0,7:1,62:7"

_SITE_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?/?")
_DATABASE_URL = re.compile(r"postgres(?:ql)?(?:\+psycopg)?://\S+")
_SCHEME = re.compile(r"[A-Za-z0-9+]+://")
_CONTACT = re.compile(r"[\x21-\x7e]{3,200}")

Value = TypeVar("Value")
Parser = Callable[[str, str], Value]
"""Makes a value of an option's name and its text, or raises ``OptionError``."""


class OptionError(ValueError):
    """An option has a value that cannot be used; the message names both and what is allowed."""


def _number(unit: str, least: int = 0) -> Parser[float]:
    def parse(name: str, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not least <= number <= LARGEST:
            raise OptionError(f"{name}={text}: give a number of {unit} from {least} to {LARGEST:,}")
        return number

    return parse


def _count(name: str, text: str) -> int:
    return int(_number("files")(name, text))


def _path(_: str, text: str) -> Path:
    return Path(text)


def _file_name(_: str, text: str) -> str:
    return text


def _site_url(name: str, text: str) -> str:
    if not _SITE_URL.fullmatch(text):
        raise OptionError(
            f"{name}={text}: not the base of a site; give scheme, host and port only, such as http://127.0.0.1:8000"
        )
    return text.rstrip("/")


def _database_url(name: str, text: str) -> str:
    if text != NO_STORE and not _DATABASE_URL.fullmatch(text):
        scheme = _SCHEME.match(text)  # the rest may hold a password
        raise OptionError(
            f"{name}={scheme[0] if scheme else ''}…: no database that can be used; give "
            f"postgresql://user@host/database, {NO_STORE} for no store, or nothing for SQLite in {PREFIX}DATA_DIR"
        )
    return text


def _contact(name: str, text: str) -> str:
    if not _CONTACT.fullmatch(text):
        raise OptionError(f"{name}={text}: give an address in plain ASCII, such as mailto:you@example.org")
    return text


def _log_form(name: str, text: str) -> str:
    if text not in LOG_FORMS:
        raise OptionError(f"{name}={text}: no form of log lines; there is {', '.join(LOG_FORMS)}")
    return text


def _policy(name: str, text: str) -> tuple[tuple[float, float], ...]:
    try:
        pairs = tuple((float(age), float(every)) for age, _, every in (part.partition(":") for part in text.split(",")))
    except ValueError:
        pairs = ()
    ages = [age for age, _ in pairs]
    if not pairs or ages != sorted(set(ages)) or not all(0 <= each <= LARGEST for pair in pairs for each in pair):
        raise OptionError(
            f"{name}={text}: not a policy; give pairs of age and distance in days, the ages ascending, "
            f"such as {REVISIT}"
        )
    return pairs


def _option(default: Value, parse: Parser[Value], meaning: str) -> Value:
    declared: Value = field(default=default, metadata={"parse": parse, "meaning": meaning})
    return declared


@dataclass(frozen=True, slots=True)
class Options:
    """The checked options. The field ``site_url`` is the setting ``SOLIDOT_SITE_URL``, and so on."""

    site_url: str = _option(site.CANONICAL, _site_url, "a mirror or a test server: scheme, host and port")
    mirror_of: str = _option("", _site_url, "the site that this is a mirror of; the store remembers it")
    data_dir: Path = _option(Path("data"), _path, "where the store is, and runs leave their files")
    database_url: str = _option("", _database_url, f"a PostgreSQL database instead of SQLite; `{NO_STORE}`: no store")
    keep_feeds: int = _option(50, _count, "how many of the runs' own files are kept beside a store")
    contact: str = _option("", _contact, "a URL or `mailto:` for the User-Agent")
    backoff: float = _option(
        2.0, _number("seconds"), "seconds before the first retry; each further one waits twice as long"
    )
    patience: float = _option(10.0, _number("minutes"), "minutes without an answer before a run gives up")
    lock_timeout: float = _option(
        60.0,
        _number("seconds", 1),
        "seconds after which a run that shows no life loses the store to another one, in PostgreSQL",
    )
    revisit: tuple[tuple[float, float], ...] = _option(
        _policy("", REVISIT),
        _policy,
        "how often `latest` fetches a stored story again: pairs of days, `age:every`, the ages ascending",
    )
    known_stories: str = _option(
        "",
        _file_name,
        "stories that prove the parser to an empty store, as `probe --expect` takes them; the live site's are known",
    )
    log: str = _option("text", _log_form, f"the form of the log's lines: {' or '.join(LOG_FORMS)}")

    @property
    def user_agent(self) -> str:
        """The honest User-Agent: what this is, which version, and whom to write to."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"Mozilla/5.0 (compatible; solidot_spider/{__version__}{contact})"

    @property
    def has_store(self) -> bool:
        """Whether a crawl keeps more than its feed."""
        return self.database_url != NO_STORE

    @property
    def is_live(self) -> bool:
        """Whether requests go to solidot.org itself."""
        return site.is_internal(self.site_url)


MEANINGS: dict[str, str] = {PREFIX + each.name.upper(): each.metadata["meaning"] for each in fields(Options)}
"""Each option's meaning by its setting's name."""


_BESIDE = frozenset(f"{PREFIX}{name}" for name in ("CLOCK", "CORPUS", "PROGRESS", "SCORE"))
_OF_TESTS = f"{PREFIX}TEST_"
"""Names beside the options: for the clock, the tests, and the progress of ``crawl``."""


def _check_names(names: Iterable[Any]) -> None:
    for name in names:
        if not isinstance(name, str) or not name.startswith(PREFIX) or name.startswith(_OF_TESTS):
            continue
        if name not in MEANINGS and name not in _BESIDE:
            hint = nearest(name, MEANINGS, PREFIX) or "; `solidot help options` lists all"
            raise OptionError(f"{name}: there is no such option{hint}")


def load(values: Mapping[str, Any] | None = None) -> Options:
    """The options from a mapping (Scrapy's settings), or from the environment.

    Raises:
        OptionError: a value cannot be used, or a name that begins with ``SOLIDOT_`` is none of an option.
    """
    _check_names([*os.environ, *(values or ())])
    found: Mapping[str, Any] = os.environ if values is None else values
    try:
        clock.now()
    except clock.ClockError as error:
        raise OptionError(str(error)) from error
    chosen: dict[str, Any] = {}
    for each in fields(Options):
        name = PREFIX + each.name.upper()
        text = found.get(name)
        if text is not None and text != "":
            chosen[each.name] = each.metadata["parse"](name, str(text))
    return Options(**chosen)
