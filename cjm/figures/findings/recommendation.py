"""Recommend the one thing to do next, from a map, its changes and the waiting cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cjm.figures.journey_map import Barrier, ChangeDirection, JourneyMap, StageFigures
from cjm.figures.score import Score, Verdict
from cjm.scales import Scale

if TYPE_CHECKING:  # it needs pydantic, which no picture should wait for
    from cjm.figures.findings.comparisons import SignificantChange

CASE_PATIENCE_DAYS = 2.0  # our rule: a customer who writes is answered within two days
LOW_RESPONSE_RATE = 0.1  # answered share of the invitations
ENOUGH_INVITATIONS = 30  # whose time is over; below, one reply more or less is a large part of the rate


class RecommendationKind(StrEnum):
    """Kind of recommendation; :func:`recommend` states in which order they are tried."""

    ANSWER_CASES = "answer_cases"
    LOOK_AT_WORSE = "look_at_worse"
    READ_VOICES = "read_voices"
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
    ``READ_VOICES``           ``subject``, ``title`` of a stage that got worse, is the weakest or misses its target:
                              nobody chose why
    ``FIX_BARRIER``           ``subject``, ``title`` of the stage; its ``barrier``, chosen ``n`` times; ``is_weakest``
    ``RAISE_RESPONSE``        ``rate`` (0 … 1) of ``n`` invitations whose time is over
    ``INVITE_MORE``           ``subject``, ``title`` of the stage; ``n`` more people until it can be judged
    ``KEEP_GOING``            nothing
    ========================  ===================================================================================

    ``is_weakest`` says that the stage is below each other one beyond noise: only then words may call it the weakest.
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
    is_weakest: bool = False


@dataclass(frozen=True, slots=True)
class WaitingCases:
    """Number of unanswered complaints and questions, and the age of the oldest in days."""

    n: int = 0
    oldest_days: float = 0.0


NO_CASES = WaitingCases()


def recommend(
    journey_map: JourneyMap, changes: Sequence["SignificantChange"] = (), cases: WaitingCases = NO_CASES
) -> Recommendation:
    """Return the one thing to do next.

    The order is by the cost of waiting. A customer who wrote and hears nothing is being lost now; a figure that
    really got worse is new and its cause still fresh; a barrier that many customers name is a known cause that can be
    removed. ``changes`` are those of a message; without them the stages that the map itself marks as worse are looked
    at, so a picture and its caption recommend the same. Only then come better figures: replies before invitations,
    because inviting more people when nine in ten do not answer wears out the rest. Invitations that are still open are
    waited for. Cases younger than ``CASE_PATIENCE_DAYS`` are still in time, so they come last.
    """
    if cases.n and cases.oldest_days >= CASE_PATIENCE_DAYS:
        return _answer_cases(cases)
    found = _look_at_worse(changes) or _look_at_worse_stage(journey_map) or _fix_barrier(journey_map)
    found = found or _raise_response(journey_map) or _invite_more(journey_map) or _ask_why(journey_map)
    return found or (_answer_cases(cases) if cases.n else Recommendation(RecommendationKind.KEEP_GOING))


def _answer_cases(cases: WaitingCases) -> Recommendation:
    return Recommendation(RecommendationKind.ANSWER_CASES, n=cases.n, days=cases.oldest_days)


def _look_at_worse(changes: Sequence["SignificantChange"]) -> Recommendation | None:
    worse = [each for each in changes if each.change.direction is ChangeDirection.WORSE]
    if not worse:
        return None
    worst = min(worse, key=lambda each: (each.is_stage, -each.size))  # a touchpoint tells more exactly where to look
    points = worst.change.points
    return Recommendation(
        RecommendationKind.LOOK_AT_WORSE, worst.subject, worst.title, n=worst.n, scale=worst.scale, points=points
    )


def find_marked_change(journey_map: JourneyMap, direction: ChangeDirection) -> StageFigures | None:
    """Return the judged stage whose marked change in a direction is the greatest; None without such a mark."""
    marked = [
        stage
        for stage in journey_map.stages
        if stage.change.direction is direction and stage.change.points is not None and _is_judged(stage, journey_map)
    ]
    return max(marked, key=lambda stage: abs(stage.change.points or 0.0), default=None)


def _look_at_worse_stage(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend the top barrier of the stage that the map marks as worse, or reading why, where nobody chose one."""
    stage = find_marked_change(journey_map, ChangeDirection.WORSE)
    if stage is None:
        return None
    top = find_top_barrier(stage, journey_map)
    if top is None:
        return Recommendation(RecommendationKind.READ_VOICES, stage.key, stage.title)
    return _remove_barrier(stage, top, journey_map)


def find_top_barrier(stage: StageFigures, journey_map: JourneyMap) -> Barrier | None:
    """Return the barrier that most people chose; None where fewer than the map's ``minimum`` did."""
    top = max(stage.barriers, key=lambda barrier: barrier.n, default=None)
    return top if top is not None and top.n >= journey_map.minimum else None


def _is_judged(stage: StageFigures, journey_map: JourneyMap) -> bool:
    score = stage.scores.get(journey_map.scale)
    return score is not None and score.verdict is Verdict.OK


def _remove_barrier(stage: StageFigures, top: Barrier, journey_map: JourneyMap) -> Recommendation:
    return Recommendation(
        RecommendationKind.FIX_BARRIER,
        stage.key,
        stage.title,
        n=top.n,
        barrier=top.theme,
        is_weakest=stage.key == journey_map.weakest,
    )


def _fix_barrier(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend the barrier that most customers name: at the weakest stage, else among those that miss their target.

    A target is missed when the whole interval lies below it: one that may be met is no reason to act. Stages without a
    target come last, without the best one. A barrier that fewer than the map's ``minimum`` of people chose is passed
    over.
    """
    weakest, best = journey_map.weakest, journey_map.best
    candidates: list[tuple[StageFigures, Barrier]] = []
    for stage in journey_map.stages:
        score = stage.scores.get(journey_map.scale)
        top = find_top_barrier(stage, journey_map)
        if score is None or top is None or score.verdict is not Verdict.OK:
            continue
        if _has_missed_target(stage, score) or (stage.target is None and stage.key != best):
            candidates.append((stage, top))
    if not candidates:
        return None
    stage, top = max(candidates, key=lambda each: (each[0].key == weakest, each[0].target is not None, each[1].n))
    return _remove_barrier(stage, top, journey_map)


def _has_missed_target(stage: StageFigures, score: Score) -> bool:
    return stage.target is not None and score.high is not None and score.high < stage.target


def _raise_response(journey_map: JourneyMap) -> Recommendation | None:
    totals = journey_map.totals
    over = totals.invitations_over
    if totals.response_rate is None or totals.response_rate >= LOW_RESPONSE_RATE or over < ENOUGH_INVITATIONS:
        return None
    return Recommendation(RecommendationKind.RAISE_RESPONSE, n=over, rate=totals.response_rate)


def _invite_more(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend the busiest stage that cannot be judged yet: its visitors could be invited.

    A stage that the invitations still open could bring enough people is waited for.
    """
    open_now = journey_map.totals.still_open
    unjudged = [s for s in journey_map.stages if _missing_people(s, journey_map) > open_now]
    if not unjudged:
        return None
    stage = max(unjudged, key=lambda s: s.visits)
    return Recommendation(RecommendationKind.INVITE_MORE, stage.key, stage.title, n=_missing_people(stage, journey_map))


def _ask_why(journey_map: JourneyMap) -> Recommendation | None:
    """Recommend reading what is said about the weakest stage, or one that misses its target: no barrier tells why."""
    for stage in sorted(journey_map.stages, key=lambda each: each.key != journey_map.weakest):
        score = stage.scores.get(journey_map.scale)
        if score is None or score.verdict is not Verdict.OK:
            continue
        if stage.key == journey_map.weakest or _has_missed_target(stage, score):
            return Recommendation(RecommendationKind.READ_VOICES, stage.key, stage.title)
    return None


def _missing_people(stage: StageFigures, journey_map: JourneyMap) -> int:
    """Return how many more people must answer until the stage can be judged; 0 when it is judged."""
    score = stage.scores.get(journey_map.scale)
    if score is not None and score.verdict is Verdict.OK:
        return 0
    # The verdict counts the people that are certainly there, so a printed n may reach the limit before it does.
    return max(1, max(journey_map.judge_from, journey_map.minimum) - (score.n if score else 0))
