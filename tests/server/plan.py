"""The fault plan: an ordered list of rules, of which the first that matches a request is followed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from tests.server.faults import KINDS, Rule

BY_ACTION = {str(kind.__struct_config__.tag): kind for kind in KINDS}


class PlanError(ValueError):
    """A plan that cannot be followed; the message names the rule and what is allowed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule is matched with: a request, and when it came."""

    path: str
    sid: int | None
    attempt: int
    request: int
    elapsed: float
    moment: datetime


class Plan:
    """Rules in order; ``raw`` is a list of objects, or an object whose ``rules`` is one."""

    def __init__(self, raw: object = ()) -> None:
        rules = raw.get("rules") if isinstance(raw, dict) and set(raw) == {"rules"} else raw
        if not isinstance(rules, (list, tuple)):
            raise PlanError('a fault plan is a list of rules, or an object with nothing but the list "rules"')
        self.rules = tuple(_rule(number, rule) for number, rule in enumerate(rules, 1))

    @classmethod
    def read(cls, file: Path) -> Plan:
        """The plan in a JSON file.

        Raises:
            PlanError: it cannot be read, is no JSON, or holds a rule that is wrong.
        """
        try:
            return cls(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise PlanError(f"{file}: {error}") from error

    def match(self, seen: Seen) -> Rule | None:
        """The first rule that applies."""
        return next((rule for rule in self.rules if _applies(rule, seen)), None)


class PlanFile:
    """A plan's file, read again when it changes; a bad one is reported on standard error, and the old plan stays."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp = self._stat()
        self._plan = Plan.read(file)

    def __call__(self) -> Plan:
        """The current plan."""
        stamp = self._stat()
        if stamp != self._stamp:
            self._stamp = stamp
            self._read()
        return self._plan

    def _read(self) -> None:
        try:
            self._plan = Plan.read(self._file)
        except PlanError as error:
            sys.stderr.write(f"fault plan not taken: {error}\n")
            sys.stderr.flush()

    def _stat(self) -> tuple[int, int, int] | None:
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _rule(number: int, raw: object) -> Rule:
    if not isinstance(raw, dict) or raw.get("action") not in BY_ACTION:
        action = raw.get("action") if isinstance(raw, dict) else raw
        raise PlanError(f"rule {number}: no action {action!r}; allowed are {_listed(BY_ACTION)}")
    kind = BY_ACTION[raw["action"]]
    try:
        rule: Rule = msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        keys = _listed(field.name for field in msgspec.structs.fields(kind))
        raise PlanError(f"rule {number} ({raw['action']}): {error}; allowed keys are {keys}") from error
    return rule


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _applies(rule: Rule, seen: Seen) -> bool:
    return (
        seen.path.startswith(rule.path)
        and _named(rule, seen.sid)
        and _within(rule.attempts, seen.attempt)
        and _within(rule.requests, seen.request)
        and _within(rule.elapsed, seen.elapsed)
        and _within(rule.between, seen.moment)
        and (rule.probability >= 1 or _draw(rule.seed, seen) < rule.probability)
    )


def _named(rule: Rule, sid: int | None) -> bool:
    if rule.sids is None:
        return True
    return sid is not None and any(_holds(entry, sid) for entry in rule.sids)


def _holds(entry: int | str, sid: int) -> bool:
    first, _, last = str(entry).partition("-")
    return int(first) <= sid <= int(last or first)


def _within(window: tuple[Any, Any] | None, value: Any) -> bool:
    if window is None:
        return True
    first, last = window
    return bool(first <= value and (last is None or value <= last))


def _draw(seed: int, seen: Seen) -> float:
    # No secret: the same draw for the same request in every run.
    return Random(f"{seed} {seen.path} {seen.attempt}").random()
