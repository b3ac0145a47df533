"""Find the one thing that a map says: made of proven figures only, and the same on a picture and in its caption.

Invariants:
* A change is one that the map marks beyond noise, a weakest stage one that the map names, a missed target one whose
  whole interval lies below it. Among several changes the greatest fall comes first: it is what costs customers now.
* A future map is about its targets, so a missed one comes first there.
* A difference map whose other side has no answers says only that: nothing on it is compared.
* A map without a judged stage has no takeaway; its notes say what is missing.
"""

from dataclasses import dataclass
from enum import StrEnum

from cjm.figures.findings.recommendation import Recommendation, find_marked_change, recommend
from cjm.figures.journey_map import ChangeDirection, JourneyMap, MapKind, StageFigures
from cjm.figures.map_parts.targets import TargetOutcome, judge_target
from cjm.figures.score import Score, Verdict


class TakeawayKind(StrEnum):
    """Kind of takeaway, in the order in which they are tried."""

    NO_OTHER_SIDE = "no_other_side"  # nobody answered on the other side of a difference map
    CHANGE = "change"  # the stage fell or rose beyond noise
    WEAKEST = "weakest"
    MISSED_TARGET = "missed_target"
    NO_CHANGE = "no_change"  # something was compared, and nothing moved beyond noise
    TOO_EARLY = "too_early"  # figures are judged, but there is nothing to compare them with


@dataclass(frozen=True, slots=True)
class Takeaway:
    """The one thing that a map says, the stage that it is about, and what to do next."""

    kind: TakeawayKind
    stage: StageFigures | None
    next_step: Recommendation


def find_takeaway(journey_map: JourneyMap) -> Takeaway | None:
    """Return the map's takeaway; None while no stage is judged."""
    judged = [stage for stage in journey_map.stages if _judged_score(stage, journey_map) is not None]
    if not judged:
        return None
    kind, stage = _find_subject(journey_map, judged)
    return Takeaway(kind, stage, recommend(journey_map))


def _find_subject(journey_map: JourneyMap, judged: list[StageFigures]) -> tuple[TakeawayKind, StageFigures | None]:
    if journey_map.contrast is not None and not _has_other_side(journey_map):
        return TakeawayKind.NO_OTHER_SIDE, None
    missed = _find_missed_target(journey_map, judged)
    if missed is not None and journey_map.kind is MapKind.FUTURE:
        return TakeawayKind.MISSED_TARGET, missed
    for direction in (ChangeDirection.WORSE, ChangeDirection.BETTER):
        if (changed := find_marked_change(journey_map, direction)) is not None:
            return TakeawayKind.CHANGE, changed
    weakest = next((stage for stage in judged if stage.key == journey_map.weakest), None)
    if weakest is not None:
        return TakeawayKind.WEAKEST, weakest
    if missed is not None:
        return TakeawayKind.MISSED_TARGET, missed
    was_compared = any(stage.change.direction is not ChangeDirection.UNKNOWN for stage in judged)
    return TakeawayKind.NO_CHANGE if was_compared else TakeawayKind.TOO_EARLY, None


def _has_other_side(journey_map: JourneyMap) -> bool:
    return any(score.n for stage in journey_map.stages for score in stage.before.values())


def _find_missed_target(journey_map: JourneyMap, judged: list[StageFigures]) -> StageFigures | None:
    """Return the stage whose headline figure lies farthest below the target that it misses."""
    gaps = [
        (stage.target - score.value, stage)
        for stage in judged
        if (score := _judged_score(stage, journey_map)) is not None
        and score.value is not None
        and stage.target is not None
        and judge_target(stage.target, score.low, score.high, is_least=True) is TargetOutcome.MISSED
    ]
    return max(gaps, key=lambda gap: gap[0])[1] if gaps else None


def _judged_score(stage: StageFigures, journey_map: JourneyMap) -> Score | None:
    score = stage.scores.get(journey_map.scale)
    return score if score is not None and score.verdict is Verdict.OK else None
