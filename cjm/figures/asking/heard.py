"""Groups of visitors: heard, or not and why not.

* A visitor is a person with a visit in the period. Each stands in exactly one group of `Reach`.
* That a limit was in the way is said only of those whom nothing but limits refused; the same for sampling. Where both
  did, or something else, the reason is "other".
* In an anonymous journey those who were asked are one group: who of them answered is not known.
* The segment of a person is that of their latest visit of the period.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cjm.asking.decision import LIMIT_REASONS, AskingReason
from cjm.figures.asking.reach import Reach

_BEFORE_ALL = (
    (Reach.NO_CHAT, {AskingReason.NO_CHAT}),
    (Reach.NO_CONSENT, {AskingReason.NO_CONSENT}),
    (Reach.LEFT, {AskingReason.STOPPED, AskingReason.MUTED, AskingReason.UNREACHABLE, AskingReason.FORGOTTEN}),
)
_ALONE = (
    (Reach.COOLDOWN, {*LIMIT_REASONS, AskingReason.OPEN_SURVEY}),
    (Reach.NOT_SAMPLED, {AskingReason.NOT_SAMPLED, AskingReason.ENOUGH_ANSWERS}),
)


_TELLING = {reason for _, reasons in (*_BEFORE_ALL, *_ALONE) for reason in reasons}


def find_last_reason(reasons: Iterable[AskingReason]) -> AskingReason | None:
    """Return the last of the reasons that one question was refused or held for, in the order of time; None without any.

    "Too late" says nothing about somebody who was waited for: what they were waited for does.
    """
    last: AskingReason | None = None
    for reason in reasons:
        if reason is not AskingReason.TOO_LATE or last not in _TELLING:
            last = reason
    return last


@dataclass(frozen=True, slots=True)
class Visitor:
    """Person with visits in the period: whether they were asked and answered, and the last reason of each question."""

    cohort_id: int
    is_asked: bool = False
    is_answered: bool = False
    reasons: frozenset[AskingReason] = frozenset()


def find_reach(visitor: Visitor, *, is_anonymous: bool) -> Reach:
    """Return the group of a visitor."""
    if visitor.is_asked:
        return Reach.ASKED if is_anonymous else Reach.HEARD if visitor.is_answered else Reach.SILENT
    if not visitor.reasons:
        return Reach.NO_SURVEY
    for reach, reasons in _BEFORE_ALL:
        if visitor.reasons & reasons:
            return reach
    return next((reach for reach, reasons in _ALONE if visitor.reasons <= reasons), Reach.OTHER)
