"""A job: what is to be run, as the queue stores it, and the command line that it is.

Pure, and cheap to import: it knows neither Scrapy nor the queue's engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Self

from solidot_spider.base import site, spelling
from solidot_spider.base.sids import ArgumentError

CRAWL, REPARSE, EXPORT = TASKS = ("crawl", "reparse", "export")

UPKEEP = "upkeep"
"""The workers' own task."""

TAKES = {
    REPARSE: ("sids", "older-than-parser", "dry-run", "processes"),
    EXPORT: tuple("format split bom force since until sids topic editor fields without with changed-since".split()),
}
"""The options of these verbs that a job may have, as NAME=VALUE."""

FLAGS = frozenset({"older-than-parser", "dry-run", "bom", "force"})
"""Those without a value on the command line; a job gives them ``true``."""

_LONGEST_QUEUE = 40
"""PostgreSQL takes 63 bytes for the name of a channel, of which Procrastinate uses 23."""
_LONGEST_KEY = 128


@dataclass(frozen=True, slots=True)
class Job:
    """A command that a worker runs.

    Attributes:
        task: one of ``TASKS``.
        target: the spider of a crawl, the file or directory of an export; '' for a reparse.
        arguments: the spider's arguments, or options of the verb.
    """

    task: str
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, words: Sequence[str], arguments: Mapping[str, str]) -> Self:
        """The job that words say: ``SPIDER``, ``reparse``, or ``export OUT``.

        Raises:
            ArgumentError: they say none, or the verb takes no such argument.
        """
        task = words[0] if words and words[0] in TAKES else CRAWL
        targets = words[task in TAKES :]
        if len(targets) != (task != REPARSE):
            raise ArgumentError(f"give SPIDER, reparse, or export OUT, not {' '.join(words) or 'nothing'}")
        for name, value in arguments.items() if task in TAKES else ():
            _check(task, name, value)
        return cls(task, targets[0] if targets else "", dict(arguments))

    @classmethod
    def stored(cls, task: str, values: Mapping[str, Any]) -> Self:
        """The job of what ``values`` gave."""
        return cls(task, values.get("spider") or values.get("out") or "", values["arguments"])

    @property
    def values(self) -> dict[str, Any]:
        """What the queue stores of it."""
        names = {CRAWL: "spider", EXPORT: "out"}
        target = {names[self.task]: self.target} if self.task in names else {}
        return {**target, "arguments": dict(self.arguments)}

    @property
    def name(self) -> str:
        """The job for a person: ``latest limit=5``."""
        what = self.target if self.task == CRAWL else " ".join(filter(None, (self.task, self.target)))
        return " ".join([what, *(f"{name}={value}" for name, value in self.arguments.items())])

    def words(self, settings: Mapping[str, str]) -> list[str]:
        """Its command line, without the program.

        Args:
            settings: those of ``-s``; a verb that is no crawl gets the program's own only.
        """
        given = [self.task, *filter(None, [self.target])]
        if self.task == CRAWL:
            given += [word for name, value in self.arguments.items() for word in ("-a", f"{name}={value}")]
        else:
            given += _options(self.arguments)
        for name, value in settings.items():
            if self.task == CRAWL or name.startswith("SOLIDOT_"):
                given += ["-s", f"{name}={value}"]
        return given

    def lock(self, base: str) -> str | None:
        """Jobs with the same one run one after the other, over all workers; None for a job that only reads."""
        return None if self.task == EXPORT else f"crawl {site.identity(base)}"


def _check(task: str, name: str, value: str) -> None:
    if name not in TAKES[task]:
        hint = spelling.question(name, TAKES[task], "-a ").replace("?", "=?")
        raise ArgumentError(f"unknown argument {name}; {task} takes {', '.join(TAKES[task])}{hint}")
    if name in FLAGS and value not in ("true", "false"):
        raise ArgumentError(f"{name}={value}: give true or false")


def _options(arguments: Mapping[str, str]) -> Iterator[str]:
    for name, value in arguments.items():
        if name not in FLAGS:
            yield f"--{name}={value}"
        elif value == "true":
            yield f"--{name}"


def queue_of(base: str) -> str:
    """The name of the queue of a site, by the base of its addresses: a worker runs jobs of its own site only."""
    return shortened(site.identity(base), _LONGEST_QUEUE)


def upkeep_of(base: str) -> str:
    """The name of the queue of the workers' own task: whoever waits for the other one need not wait for this."""
    return shortened(f"{UPKEEP} {site.identity(base)}", _LONGEST_QUEUE)


def shortened(text: str, longest: int = _LONGEST_KEY) -> str:
    """A text that is too long for a column, cut; what is cut off is in a hash."""
    if len(text.encode()) <= longest:
        return text
    mark = f"~{sha256(text.encode()).hexdigest()[:12]}"
    return text.encode()[: longest - len(mark)].decode(errors="ignore") + mark
