"""Weekly digest: what really changed, where the journey is best and weakest, and one thing to do next.

The map shows 28 days; the tests compare the last 7 days with the 28 before them. Only values come out: the words are
the bot's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cjm.figures.comparisons import (
    FEWEST_PEOPLE,
    SignificantChange,
    StageComparison,
    TouchpointComparison,
    find_changes,
)
from cjm.figures.journey_map import JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.recommendation import NO_CASES, Recommendation, WaitingCases, recommend
from cjm.figures.score import Verdict
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class RankedFigure:
    """Stage or touchpoint with its headline figure."""

    key: str
    title: str
    value: float
    n: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Findings of one week for a team. ``tested`` counts the figures that had enough people on both sides.

    Best and worst are judged figures of the map's headline scale; ``None`` when none is judged, and no worst unless
    it is below the best.
    """

    changes: tuple[SignificantChange, ...]
    tested: int
    best: RankedFigure | None
    worst: RankedFigure | None
    best_touchpoint: RankedFigure | None
    worst_touchpoint: RankedFigure | None
    recommendation: Recommendation

    @property
    def is_steady(self) -> bool:
        """True if something was tested and nothing changed beyond noise; without a test nothing is known."""
        return self.tested > 0 and not self.changes


def build_digest(
    journey_map: JourneyMap,
    comparisons: Iterable[TouchpointComparison | StageComparison],
    cases: WaitingCases = NO_CASES,
    *,
    q: float = 0.05,
) -> Digest:
    """Return the digest of a journey from its map of 28 days and its comparisons of the week with the base."""
    enough = max(FEWEST_PEOPLE, journey_map.judge_from, journey_map.minimum)
    changes, tested = find_changes(comparisons, enough=enough, q=q)
    scale = journey_map.scale
    best, worst = _best_and_worst(journey_map.stages, scale)
    best_touchpoint, worst_touchpoint = _best_and_worst((t for s in journey_map.stages for t in s.touchpoints), scale)
    ends = (best, worst, best_touchpoint, worst_touchpoint)
    return Digest(changes, tested, *ends, recommend(journey_map, changes, cases))


def _best_and_worst(
    places: Iterable[StageFigures | TouchpointFigures], scale: Scale
) -> tuple[RankedFigure | None, RankedFigure | None]:
    """Return the best and the worst judged figure; of equal ones, the earlier on the journey."""
    judged = [
        RankedFigure(place.key, place.title, score.value, score.n)
        for place in places
        if (score := place.scores.get(scale)) and score.verdict is Verdict.OK and score.value is not None
    ]
    if not judged:
        return None, None
    best, worst = max(judged, key=lambda s: s.value), min(judged, key=lambda s: s.value)
    return best, worst if worst.value < best.value else None
