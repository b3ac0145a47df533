"""Targets of a stage beside those of scores, and whether they are met."""

from dataclasses import dataclass
from enum import StrEnum


class TargetOutcome(StrEnum):
    """Outcome of a target; ``OPEN`` while its figure is not judged or the interval contains the target."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


class TargetSubject(StrEnum):
    """Figure that a target is about."""

    SCORE = "score"  # a scale's headline figure
    CONVERSION = "conversion"  # % of the walks that went on
    TIME = "time"  # median seconds until a customer goes on
    SUPPORT = "support"  # support contacts per 100 customers
    MEASURE = "measure"  # median of an operational measure


@dataclass(frozen=True, slots=True)
class TargetFigure:
    """Target of a stage and its outcome.

    ``key`` is the scale or the measure, and empty for another subject. ``is_least`` says that the figure should reach
    ``target``, else that it should stay at or below it. ``value`` with ``low`` and ``high``, its 95 % interval, are in
    the unit of the subject; None where they cannot be shown. ``high`` alone is None where the figure may be any higher,
    as while over half still wait. ``title`` and ``unit`` of a measure are in the map's
    language.
    """

    subject: TargetSubject
    key: str
    target: float
    is_least: bool
    outcome: TargetOutcome
    value: float | None = None
    low: float | None = None
    high: float | None = None
    title: str = ""
    unit: str = ""

    @property
    def gap(self) -> float | None:
        """Figure less the target; None where the figure cannot be shown."""
        return None if self.value is None else self.value - self.target

    @property
    def gap_low(self) -> float | None:
        """Lower end of the gap's 95 % interval."""
        return None if self.low is None else self.low - self.target

    @property
    def gap_high(self) -> float | None:
        """Upper end of the gap's 95 % interval."""
        return None if self.high is None else self.high - self.target


def judge_target(target: float, low: float | None, high: float | None, *, is_least: bool) -> TargetOutcome:
    """Return the outcome of a target from the interval of its figure: only a whole interval on one side decides it."""
    if low is None or high is None:
        return TargetOutcome.OPEN
    if is_least:
        return TargetOutcome.MET if low >= target else TargetOutcome.MISSED if high < target else TargetOutcome.OPEN
    return TargetOutcome.MET if high <= target else TargetOutcome.MISSED if low > target else TargetOutcome.OPEN
