"""Recommend the one thing to do next, from a map, its changes and the waiting cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cjm.figures.comparisons import SignificantChange
from cjm.figures.journey_map import Barrier, ChangeDirection, JourneyMap, StageFigures
from cjm.figures.score import Verdict
from cjm.scales import Scale

CASE_PATIENCE_DAYS = 2.0  # our rule: a customer who writes is answered within two days
LOW_RESPONSE_RATE = 0.1  # answered share of the invitations
ENOUGH_INVITATIONS = 30  # below, one reply more or less is a large part of the rate


class RecommendationKind(StrEnum):
    """Kind of recommendation; :func:`recommend` states in which order they are tried."""

    ANSWER_CASES = "answer_cases"
    LOOK_AT_WORSE = "look_at_worse"
    FIX_BARRIER = "fix_barrier"
    RAISE_RESPONSE = "raise_response"
    INVITE_MORE = "invite_more"
    KEEP_GOING = "keep_going"


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One thing to do: its kind, its subject, and its numbers; a field that the kind does not use is ``None``.

    ========================  ===================================================================================
    ``ANSWER_CASES``          ``n`` unanswered cases, the oldest ``days`` old
    ``LOOK_AT_WORSE``         ``subject``, ``title``, ``scale``; changed by ``points`` (below 0); ``n`` this week
    ``FIX_BARRIER``           ``subject``, ``title`` of the stage; its ``barrier``, chosen ``n`` times
    ``RAISE_RESPONSE``        ``rate`` (0 … 1) of ``n`` invitations
    ``INVITE_MORE``           ``subject``, ``title`` of the stage; ``n`` more people until it can be judged
    ``KEEP_GOING``            nothing
    ========================  ===================================================================================
    """

    kind: RecommendationKind
    subject: str | None = None
    title: str | None = None
    n: int | None = None
    days: float | None = None
    scale: Scale | None = None
    points: float | None = None
    barrier: str | None = None
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class WaitingCases:
    """Number of unanswered complaints and questions, and the age of the oldest in days."""

    n: int = 0
    oldest_days: float = 0.0


NO_CASES = WaitingCases()


def recommend(
    journey_map: JourneyMap, changes: Sequence[SignificantChange] = (), cases: WaitingCases = NO_CASES
) -> Recommendation:
    """Return the one thing to do next.

    The order is by the cost of waiting. A customer who wrote and hears nothing is being lost now; a figure that
    really got worse is new and its cause still fresh; the top barrier of the weakest stage is a known cause that can
    be removed. Only then come better figures: replies before invitations, because inviting more people when nine in
    ten do not answer wears out the rest. Cases younger than ``CASE_PATIENCE_DAYS`` are still in time, so they come
    last.
    """
    if cases.n and cases.oldest_days >= CASE_PATIENCE_DAYS:
        return _answer_cases(cases)
    found = _look_at_worse(changes) or _fix_barrier(journey_map)
    found = found or _raise_response(journey_map) or _invite_more(journey_map)
    return found or (_answer_cases(cases) if cases.n else Recommendation(RecommendationKind.KEEP_GOING))


def _answer_cases(cases: WaitingCases) -> Recommendation:
    return Recommendation(RecommendationKind.ANSWER_CASES, n=cases.n, days=cases.oldest_days)


def _look_at_worse(changes: Sequence[SignificantChange]) -> Recommendation | None:
    worse = [each for each in changes if each.change.direction is ChangeDirection.WORSE]
    if not worse:
        return None
    worst = min(worse, key=lambda each: (each.is_stage, -each.size))  # a touchpoint tells more exactly where to look
    points = worst.change.points
    return Recommendation(
        RecommendationKind.LOOK_AT_WORSE, worst.subject, worst.title, n=worst.n, scale=worst.scale, points=points
    )


def _fix_barrier(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend the top barrier of the weakest judged stage that misses its target or has none.

    A barrier that fewer than the map's ``minimum`` of people chose is passed over.
    """
    candidates: list[tuple[float, StageFigures, Barrier]] = []
    for stage in journey_map.stages:
        score = stage.scores.get(journey_map.scale)
        if score is None or score.value is None or score.verdict is not Verdict.OK:
            continue
        is_met = stage.target is not None and score.value >= stage.target
        top = max(stage.barriers, key=lambda barrier: barrier.n, default=None)
        if top is not None and top.n >= journey_map.minimum and not is_met:
            candidates.append((score.value, stage, top))
    if not candidates:
        return None
    _, stage, top = min(candidates, key=lambda entry: entry[0])
    return Recommendation(RecommendationKind.FIX_BARRIER, stage.key, stage.title, n=top.n, barrier=top.theme)


def _raise_response(journey_map: JourneyMap) -> Recommendation | None:
    rate, invitations = journey_map.totals.response_rate, journey_map.totals.invitations
    if rate is None or rate >= LOW_RESPONSE_RATE or invitations < ENOUGH_INVITATIONS:
        return None
    return Recommendation(RecommendationKind.RAISE_RESPONSE, n=invitations, rate=rate)


def _invite_more(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend the busiest stage that cannot be judged yet: its visitors could be invited."""
    unjudged = [s for s in journey_map.stages if _missing_people(s, journey_map) > 0]
    if not unjudged:
        return None
    stage = max(unjudged, key=lambda s: s.visits)
    return Recommendation(RecommendationKind.INVITE_MORE, stage.key, stage.title, n=_missing_people(stage, journey_map))


def _missing_people(stage: StageFigures, journey_map: JourneyMap) -> int:
    score = stage.scores.get(journey_map.scale)
    return max(journey_map.judge_from, journey_map.minimum) - (score.n if score else 0)
