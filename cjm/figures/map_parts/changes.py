"""Changes that a team makes at a stage, and their verdict."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ChangeVerdict(StrEnum):
    """Verdict on a change: what its figure did after it was made, beyond noise."""

    PLANNED = "planned"  # not made yet
    OVERDUE = "overdue"  # not made, and its day has passed
    TOO_EARLY = "too_early"  # made; too few people have answered since
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"  # no change beyond noise


@dataclass(frozen=True, slots=True)
class StageChange:
    """Change under way at a stage; ``owner`` and ``due`` as the team typed them."""

    title: str
    owner: str
    due: date | None
    verdict: ChangeVerdict
    points: float | None = None  # of the headline figure, when better or worse
