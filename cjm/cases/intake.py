"""Decide what becomes of words that a customer writes about a journey: a case of their own or a part of one, and
whether the team is told at once.

Invariants:

* Words are never refused. Beyond a limit they are *kept*: they stand in a case, and the team finds them on its card.
* A writer without an open case gets one for a complaint or a question: a person of the team ends it, not a clock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cjm.cases.case import CaseKind

DAY = timedelta(days=1)


class KeptReason(StrEnum):
    """Reason why the team is not told of a message at once."""

    MUTED = "muted"  # a member of the team muted the writer
    MANY = "many"  # the writer has sent more than a day's share


@dataclass(frozen=True, slots=True)
class CaseLimits:
    """Limits for one person and one journey: open cases, and messages in 24 hours that the team is told of.

    0 is no limit.
    """

    most_open: int = 5
    most_messages_a_day: int = 50


@dataclass(frozen=True, slots=True)
class WriterLoad:
    """Facts about a writer and a journey: open cases, messages of the last 24 hours, and the end of a mute."""

    open_cases: int = 0
    messages: int = 0
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Keeping:
    """Decision to keep a message. ``until``: the time at which the team hears of it."""

    reason: KeptReason
    until: datetime


def decide_keeping(load: WriterLoad, limits: CaseLimits, now: datetime) -> Keeping | None:
    """Return how one more message is kept; None if the team is told at once.

    Of messages beyond a day's share the team is told together, at the next full hour.
    """
    if load.muted_until is not None:
        return Keeping(KeptReason.MUTED, load.muted_until)
    if limits.most_messages_a_day and load.messages >= limits.most_messages_a_day:
        return Keeping(KeptReason.MANY, now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
    return None


def gets_own_case(load: WriterLoad, limits: CaseLimits, kind: CaseKind, keeping: Keeping | None) -> bool:
    """Return whether words become a case of their own; else they are added to a case that the writer has."""
    if kind is CaseKind.PRAISE:  # never open, so only the day's share limits how many there are
        return keeping is None
    if keeping is not None:
        return load.open_cases == 0
    return not limits.most_open or load.open_cases < limits.most_open
