"""Changes that a team makes at a stage, and their verdict."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ChangeVerdict(StrEnum):
    """Verdict on a change: what its figure did after it was made, beyond noise."""

    PLANNED = "planned"  # not made yet
    OVERDUE = "overdue"  # not made, and its day has passed
    TOO_EARLY = "too_early"  # made; nothing can be said yet
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # no change beyond noise after four weeks
    TOO_FEW = "too_few"  # four weeks have passed, and too few people answered on a side


PROVEN = (ChangeVerdict.BETTER, ChangeVerdict.WORSE)


@dataclass(frozen=True, slots=True)
class StageChange:
    """Change under way at a stage; ``owner`` and ``due`` as the team typed them.

    ``place`` is the key of the stage, or of the touchpoint that the change is about. ``low`` and ``high`` are the 95 %
    interval of ``points``; with ``is_small`` a side has so few people that words tell the interval first.
    ``has_overlap`` says that another change was made there in the compared days.
    """

    title: str
    owner: str
    due: date | None
    verdict: ChangeVerdict
    points: float | None = None  # of the headline figure, when better or worse
    low: float | None = None
    high: float | None = None
    place: str = ""
    made_on: date | None = None
    has_overlap: bool = False
    is_small: bool = False
