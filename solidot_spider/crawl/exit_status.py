"""The exit status of a crawl and the sentence that explains it: pure functions of the ledger and a few facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from solidot_spider.base.outcome import CANNOT_WRITE, HELD, HOME_FOR_ALL, OK, SETTLED, SITE_CHANGED, TROUBLE, Outcome
from solidot_spider.crawl.ledger import Ledger
from solidot_spider.crawl.verdict import ENOUGH, Question

ONE_IN = 50
"""More than one ``unparsed`` in so many answers: the site seems changed."""

FEW_UNPARSED = 2
"""So many do the same in a run with fewer than ``verdict.ENOUGH`` answers."""


class Facts(NamedTuple):
    """What the exit status depends on beside the ledger.

    Attributes:
        cannot_write: whether a feed, the store or a file could not be opened or written.
        questions: those of the verdict, with their answers.
        list_status: the exit status that the list pages alone would give.
        list_reason: what was wrong with them; '' if nothing was.
        is_disturbed: whether a signal ended the run, the circuit breaker opened, or the program has a fault.
        stopped: why the run ended before its last id; '' if it did not.
        fault: what broke in the program outside of any id; '' if nothing did.
        has_lost_lock: whether another run may hold the store now.
    """

    cannot_write: bool = False
    questions: Iterable[Question] = ()
    list_status: int = OK
    list_reason: str = ""
    is_disturbed: bool = False
    stopped: str = ""
    fault: str = ""
    has_lost_lock: bool = False


def exit_status(ledger: Ledger, facts: Facts) -> int:
    """The exit status, as docs/outcomes.md has it; the first that matches wins."""
    if facts.has_lost_lock:
        return HELD
    if facts.cannot_write:
        return CANNOT_WRITE
    failed_question = any(question.why for question in facts.questions)
    if failed_question or facts.list_status == SITE_CHANGED or site_seems_changed(ledger):
        return SITE_CHANGED
    troubles = (Outcome.FAILED, Outcome.REFUSED, Outcome.UNPARSED)
    is_trouble = facts.is_disturbed or facts.list_status == TROUBLE
    return TROUBLE if is_trouble or any(ledger.counts[each] for each in troubles) else OK


def site_seems_changed(ledger: Ledger) -> bool:
    """More than 2 % of the answers unparsed; of fewer than 50 two, or one of one; or a control that failed.

    A page that this parser version could not read before does not count.
    """
    unparsed = ledger.counts[Outcome.UNPARSED] - ledger.known_unparsed
    answers = unparsed + ledger.counts[Outcome.STORED] + ledger.counts[Outcome.MISSING]
    if ledger.count_of(Outcome.UNPARSED, HOME_FOR_ALL):
        return True
    if answers < ENOUGH:
        return unparsed >= FEW_UNPARSED or (unparsed == 1 and answers == 1)
    return unparsed * ONE_IN > answers


def explained(status: int, ledger: Ledger, facts: Facts) -> str:
    """The sentence that says why a run ends with this exit status; '' for 0."""
    if status in (OK, CANNOT_WRITE, HELD):
        held = "the store's lock was lost" if facts.has_lost_lock else "another run holds the store"
        why = {CANNOT_WRITE: "a file or the store could not be written", HELD: held}.get(status)
        return f"exit status {status}: {why}" if why else ""
    if status == SITE_CHANGED:
        if ledger.count_of(Outcome.UNPARSED, HOME_FOR_ALL):
            return "exit status 3: the site answers its home page to stories that it has; ask again later"
        failed = [f"{question.name} {question.why}" for question in facts.questions if question.why]
        failed += [reason for reason in (facts.list_reason, facts.fault) if reason]
        return f"exit status 3: the site seems changed: {'; '.join(failed) or 'too many pages could not be read'}"
    if not facts.fault and any(
        ledger.counts[each] for each in Outcome if each not in SETTLED and each is not Outcome.NOT_TRIED
    ):
        return "exit status 1: some ids did not settle" + (f"; {facts.stopped}" if facts.stopped else "")
    disturbed = "the run was interrupted, or the site did not answer for a while"
    return f"exit status 1: {facts.fault or facts.list_reason or facts.stopped or disturbed}"
