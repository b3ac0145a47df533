"""Weekly digest: what really changed, where the journey is best and weakest, and one thing to do next.

The map shows 28 days; the tests compare the last 7 days with the 28 before them. Only values come out: the words are
the bot's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cjm.figures.findings.comparisons import Findings, SignificantChange
from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.findings.recommendation import NO_CASES, Recommendation, WaitingCases, recommend
from cjm.figures.journey_map import JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.score import Score
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

    ``changes`` begin with those that the picture marks, so that a short message names all of these. Best and worst are
    figures of the map's headline scale that differ from each other judged one beyond noise; ``None`` when there is no
    such figure.
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


def build_digest(journey_map: JourneyMap, findings: Findings, cases: WaitingCases = NO_CASES) -> Digest:
    """Return the digest of a journey from its map of 28 days and the findings of the week against the base."""
    scale = journey_map.scale
    marked = {id(change) for change in findings.mark_stages(scale).values()}
    changes = sorted(findings.changes, key=lambda each: id(each.change) not in marked)
    touchpoints = [point for stage in journey_map.stages for point in stage.touchpoints]
    ends = (*_best_and_worst(journey_map.stages, scale), *_best_and_worst(touchpoints, scale))
    return Digest(tuple(changes), findings.number_tested, *ends, recommend(journey_map, changes, cases))


def _best_and_worst(
    places: Iterable[StageFigures | TouchpointFigures], scale: Scale
) -> tuple[RankedFigure | None, RankedFigure | None]:
    titles, scores = {}, {}
    for place in places:
        if scale in place.scores:
            titles[place.key], scores[place.key] = place.title, place.scores[scale]
    best, worst = (_rank(key, titles, scores) for key in (find_best(scores), find_weakest(scores)))
    return best, worst


def _rank(key: str | None, titles: dict[str, str], scores: dict[str, Score]) -> RankedFigure | None:
    value = scores[key].value if key is not None else None
    return None if key is None or value is None else RankedFigure(key, titles[key], value, scores[key].n)
