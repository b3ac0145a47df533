"""Weekly digest: what really changed, the weakest touchpoint, and one thing to do next.

The map shows 28 days; the tests compare the last 7 days with the 28 before them. Only values come out: the words are
the bot's.
"""

from dataclasses import dataclass

from cjm.figures.findings.comparisons import Findings, SignificantChange
from cjm.figures.findings.ranking import find_weakest
from cjm.figures.findings.recommendation import NO_CASES, Recommendation, WaitingCases, recommend
from cjm.figures.journey_map import JourneyMap, TouchpointFigures


@dataclass(frozen=True, slots=True)
class Digest:
    """Findings of one week for a team. ``tested`` counts the figures that had enough people on both sides.

    ``changes`` begin with those that the picture marks, so that a short message names all of these. The headline figure
    of ``weakest_touchpoint`` lies below each other judged touchpoint's beyond noise; None when none does. The weakest
    and the best stage are named by the map.
    """

    changes: tuple[SignificantChange, ...]
    tested: int
    weakest_touchpoint: TouchpointFigures | None
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
    weakest = _find_weakest_touchpoint(journey_map)
    return Digest(tuple(changes), findings.number_tested, weakest, recommend(journey_map, changes, cases))


def _find_weakest_touchpoint(journey_map: JourneyMap) -> TouchpointFigures | None:
    points = {point.key: point for stage in journey_map.stages for point in stage.touchpoints}
    scores = {key: point.scores.get(journey_map.scale) for key, point in points.items()}
    weakest = find_weakest({key: score for key, score in scores.items() if score is not None})
    return None if weakest is None else points[weakest]
