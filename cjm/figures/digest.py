"""The weekly digest: what really changed, where the journey is best and weakest, and one thing to do next.

The map shows 28 days; the tests compare the last 7 days with the 28 before them. Everything said to have changed has
passed a test *and* Benjamini–Hochberg's correction over all figures of that digest, because 24 touchpoints compared
every week would raise alarms by themselves. Only values come out: words are the bot's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cjm.figures.change import (
    AnswerCounts,
    ScoreTestResult,
    Stratum,
    benjamini_hochberg,
    change_direction,
    compare_scores,
    mantel_score_test,
)
from cjm.figures.contributions import ContributionSums, sum_contributions
from cjm.figures.journey_map import Barrier, ChangeDirection, FigureChange, JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.score import Verdict, score_of_counts
from cjm.scales import Scale

CASE_PATIENCE_DAYS = 2.0  # a first contact within 24–48 hours is what wins people back
FEWEST = 10  # people on either side: fewer are not tested
FEW_REPLY = 0.1
ENOUGH_INVITATIONS = 30  # below, one reply more or less is a tenth of the rate


@dataclass(frozen=True, slots=True)
class TouchpointComparison:
    """A touchpoint's answers on one scale, by raw value: in the last 7 days, and in the 28 before them."""

    subject: str  # the touchpoint's key
    title: str
    scale: Scale
    week: AnswerCounts
    base: AnswerCounts

    @property
    def strata(self) -> tuple[Stratum, ...]:
        return ((self.week, self.base),)

    @property
    def people(self) -> None:
        """Answers at a touchpoint are one per visit: each is a person."""


@dataclass(frozen=True, slots=True)
class StageComparison:
    """A stage's answers on one scale, touchpoint by touchpoint, with its person-days in the week and in the base.

    A question about the stage itself is one stratum more. Without ``people`` every answer passes for a person.
    """

    subject: str  # the stage's key
    title: str
    scale: Scale
    strata: tuple[Stratum, ...]
    people: tuple[ContributionSums, ContributionSums] | None = None


@dataclass(frozen=True, slots=True)
class SignificantChange:
    """A change beyond noise. ``now`` and ``before`` are the headline figures of the week and of the base.

    A stage's ``change`` is the change within its touchpoints, so it need not be the difference of the two.
    """

    subject: str
    title: str
    scale: Scale
    is_stage: bool
    change: FigureChange
    now: float
    before: float
    n: int
    n_before: int
    p_value: float

    @property
    def size(self) -> float:
        """The change as a share of the whole scale, 0 … 1, so that scales can be put in one order."""
        least, most = self.scale.spec.bounds
        return abs(self.change.points or 0.0) / (most - least)


@dataclass(frozen=True, slots=True)
class RankedFigure:
    """A stage or a touchpoint with its headline figure."""

    key: str
    title: str
    value: float
    n: int


class NextStepKind(StrEnum):
    """What a team can do next, most pressing first. See :func:`next_step` for why in this order."""

    ANSWER_CASES = "answer_cases"
    LOOK_AT_WORSE = "look_at_worse"
    FIX_BARRIER = "fix_barrier"
    RAISE_RESPONSE = "raise_response"
    INVITE_MORE = "invite_more"
    KEEP_GOING = "keep_going"


@dataclass(frozen=True, slots=True)
class NextStep:
    """One recommended step: its reason, whom it is about, and its numbers (those it does not use are ``None``).

    ========================  ===================================================================================
    ``ANSWER_CASES``          ``n`` open complaints, the oldest ``days`` old
    ``LOOK_AT_WORSE``         ``subject``, ``title``, ``scale``; changed by ``points`` (below 0); ``n`` this week
    ``FIX_BARRIER``           ``subject``, ``title`` of the stage; its ``barrier``, chosen ``n`` times
    ``RAISE_RESPONSE``        ``rate`` (0 … 1) of ``n`` invitations
    ``INVITE_MORE``           ``subject``, ``title`` of the stage; ``n`` more people until it can be judged
    ``KEEP_GOING``            nothing
    ========================  ===================================================================================
    """

    kind: NextStepKind
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
    """Complaints nobody has answered yet, and the age of the oldest in days."""

    n: int = 0
    oldest_days: float = 0.0


@dataclass(frozen=True, slots=True)
class Digest:
    """What the team is told once a week. ``tested`` counts the figures that had enough answers on both sides.

    Best and worst are judged figures of the map's headline scale; ``None`` when none is judged, and no worst unless
    it is below the best.
    """

    changes: tuple[SignificantChange, ...]
    tested: int
    best: RankedFigure | None
    worst: RankedFigure | None
    best_touchpoint: RankedFigure | None
    worst_touchpoint: RankedFigure | None
    next_step: NextStep

    @property
    def is_steady(self) -> bool:
        """No change beyond noise: something was tested and nothing was found. Untested is unknown, not steady."""
        return self.tested > 0 and not self.changes


NO_CASES = WaitingCases()


def build_digest(
    journey_map: JourneyMap,
    comparisons: Iterable[TouchpointComparison | StageComparison],
    cases: WaitingCases = NO_CASES,
    *,
    q: float = 0.05,
) -> Digest:
    """The digest of one journey: ``journey_map`` of the last 28 days, ``figures`` of the week against the base."""
    enough = max(FEWEST, journey_map.judge_from, journey_map.minimum)
    changes, tested = find_changes(comparisons, enough=enough, q=q)
    scale = journey_map.scale
    best, worst = _best_and_worst(journey_map.stages, scale)
    best_touchpoint, worst_touchpoint = _best_and_worst((t for s in journey_map.stages for t in s.touchpoints), scale)
    ends = (best, worst, best_touchpoint, worst_touchpoint)
    return Digest(changes, tested, *ends, recommend_next_step(journey_map, changes, cases))


def find_changes(
    comparisons: Iterable[TouchpointComparison | StageComparison], *, enough: int = FEWEST, q: float = 0.05
) -> tuple[tuple[SignificantChange, ...], int]:
    """The changes beyond noise, greatest first (as shares of their scales), and how many figures were tested.

    Figures with fewer than ``enough`` people on either side are not tested, so they cost the others nothing. A found
    change whose own 95 % interval reaches 0 is left out: the digest never says "worse, by −30 to +2".
    """
    known = [(figure, *_week_and_base(figure)) for figure in comparisons]
    told = [(figure, week, base) for figure, week, base in known if min(week.n, base.n) >= enough]
    tested = [(*each, mantel_score_test(each[0].scale, each[0].strata, each[0].people)) for each in told]
    passed = benjamini_hochberg([moved.p_value for *_, moved in tested], q)
    found = [_significant_change(*each) for each, real in zip(tested, passed, strict=True) if real]
    sure = [each for each in found if each.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)]
    return tuple(sorted(sure, key=lambda each: -each.size)), len(tested)


def _week_and_base(figure: TouchpointComparison | StageComparison) -> tuple[ContributionSums, ContributionSums]:
    if isinstance(figure, StageComparison) and figure.people is not None:
        return figure.people
    week, base = ContributionSums(0, 0.0, 0.0), ContributionSums(0, 0.0, 0.0)
    for week_counts, base_counts in figure.strata:
        week += sum_contributions(figure.scale, week_counts)
        base += sum_contributions(figure.scale, base_counts)
    return week, base


def _significant_change(
    figure: TouchpointComparison | StageComparison,
    week: ContributionSums,
    base: ContributionSums,
    moved: ScoreTestResult,
) -> SignificantChange:
    scale = figure.scale
    if isinstance(figure, TouchpointComparison):
        now, before = (score_of_counts(scale, side, judge_from=1) for side in (figure.week, figure.base))
        change = compare_scores(now, before)
    else:
        change = FigureChange(change_direction(moved.low, moved.high), moved.points, moved.low, moved.high)
    by = scale.spec.unit_factor
    return SignificantChange(
        figure.subject,
        figure.title,
        scale,
        is_stage=isinstance(figure, StageComparison),
        change=change,
        now=by * week.total / week.n,
        before=by * base.total / base.n,
        n=week.n,
        n_before=base.n,
        p_value=moved.p_value,
    )


def _best_and_worst(
    figures: Iterable[StageFigures | TouchpointFigures], scale: Scale
) -> tuple[RankedFigure | None, RankedFigure | None]:
    """The best and the worst judged figure; the earlier on the journey of two that are equal."""
    judged = [
        RankedFigure(look.key, look.title, score.value, score.n)
        for look in figures
        if (score := look.scores.get(scale)) and score.verdict is Verdict.OK and score.value is not None
    ]
    if not judged:
        return None, None
    best, worst = max(judged, key=lambda s: s.value), min(judged, key=lambda s: s.value)
    return best, worst if worst.value < best.value else None


def recommend_next_step(
    journey_map: JourneyMap, changes: Sequence[SignificantChange] = (), cases: WaitingCases = NO_CASES
) -> NextStep:
    """The one step to recommend.

    The order is by what waiting costs. Somebody who complained and hears nothing is being lost now; a figure that
    really got worse is new and its cause still fresh; the weakest stage's top barrier is the surest standing gain.
    Only then come better figures: replies before invitations, because inviting more people of whom nine in ten do
    not answer wears out the rest. Young cases are somebody's work already, so they come last.
    """
    if cases.n and cases.oldest_days >= CASE_PATIENCE_DAYS:
        return _answer_cases(cases)
    step = _look_at_worse(changes) or _fix_barrier(journey_map)
    step = step or _raise_response(journey_map) or _invite_more(journey_map)
    return step or (_answer_cases(cases) if cases.n else NextStep(NextStepKind.KEEP_GOING))


def _answer_cases(cases: WaitingCases) -> NextStep:
    return NextStep(NextStepKind.ANSWER_CASES, n=cases.n, days=cases.oldest_days)


def _look_at_worse(changes: Sequence[SignificantChange]) -> NextStep | None:
    worse = [found for found in changes if found.change.direction is ChangeDirection.WORSE]
    if not worse:
        return None
    worst = min(worse, key=lambda found: (found.is_stage, -found.size))  # a touchpoint is a place to look at
    points = worst.change.points
    return NextStep(NextStepKind.LOOK_AT_WORSE, worst.subject, worst.title, n=worst.n, scale=worst.scale, points=points)


def _fix_barrier(journey_map: JourneyMap) -> NextStep | None:
    """The most chosen barrier of the weakest judged stage that has one, unless the stage meets its target."""
    weak: list[tuple[float, StageFigures, Barrier]] = []
    for stage in journey_map.stages:
        score = stage.scores.get(journey_map.scale)
        if score is None or score.value is None or score.verdict is not Verdict.OK:
            continue
        met = stage.target is not None and score.value >= stage.target
        top = max(stage.barriers, key=lambda barrier: barrier.n, default=None)
        if top is not None and top.n >= journey_map.minimum and not met:
            weak.append((score.value, stage, top))
    if not weak:
        return None
    _, stage, top = min(weak, key=lambda entry: entry[0])
    return NextStep(NextStepKind.FIX_BARRIER, stage.key, stage.title, n=top.n, barrier=top.theme)


def _raise_response(journey_map: JourneyMap) -> NextStep | None:
    rate, invitations = journey_map.totals.response_rate, journey_map.totals.invitations
    if rate is None or rate >= FEW_REPLY or invitations < ENOUGH_INVITATIONS:
        return None
    return NextStep(NextStepKind.RAISE_RESPONSE, n=invitations, rate=rate)


def _invite_more(journey_map: JourneyMap) -> NextStep | None:
    """The busiest stage that cannot be judged yet: where answers are missing that could be had."""
    unjudged = [s for s in journey_map.stages if _missing_answers(s, journey_map) > 0]
    if not unjudged:
        return None
    stage = max(unjudged, key=lambda s: s.visits)
    return NextStep(NextStepKind.INVITE_MORE, stage.key, stage.title, n=_missing_answers(stage, journey_map))


def _missing_answers(stage: StageFigures, journey_map: JourneyMap) -> int:
    score = stage.scores.get(journey_map.scale)
    return max(journey_map.judge_from, journey_map.minimum) - (score.n if score else 0)
