"""From counters to a JourneyMap: what each figure on the map is the sum of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cjm.figures.change import direction, shift
from cjm.figures.contributions import ContributionSums
from cjm.figures.flow import bucket, conversion, stage_time
from cjm.figures.journey_map import (
    Barrier,
    ChangeDirection,
    FigureChange,
    JourneyMap,
    MapKind,
    MapTotals,
    Period,
    StageFigures,
    StageTime,
    TouchpointFigures,
    Voice,
)
from cjm.figures.score import Score, Verdict, score_of_counts, score_of_people
from cjm.figures.tally import ANSWERED, CHOICE, COMPLAINTS, ENTERED, INVITED, PEOPLE, TOOK, VISITS, WENT_ON
from cjm.figures.tally import CounterSums as Counted
from cjm.journeys.journey import Journey, Segment, Stage, Touchpoint, TouchpointStatus
from cjm.journeys.survey import QuestionKind as Asked
from cjm.scales import Scale

MOST_BARRIERS, MOST_VOICES = 3, 2
QUOTABLE = range(8, 240)  # characters of a text that can stand for itself in a picture

Counts = Mapping[tuple[str, str], Mapping[str, Counted]]
"""(subject, measure) -> bucket -> sums, as `cjm.figures.tally` names them; subjects are today's keys."""


@dataclass(frozen=True, slots=True)
class FlowDay:
    """One stage's flow counters of one day of entry."""

    stage: str
    day: date
    measure: str
    bucket: str
    n: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What a customer wrote about a stage, and the first score of the same conversation."""

    stage: str
    text: str
    kind: str | None
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCounts:
    """Everything that was counted in a window and in the one before it; :meth:`map` reads it stage by stage.

    ``as_of`` is the moment of reading, aware; fewer people than ``minimum`` are withheld.
    """

    journey: Journey
    language: str
    minimum: int
    as_of: datetime
    now: Counts
    before: Counts
    flow: Sequence[FlowDay]
    words: Sequence[Quote]

    def map(
        self, period: Period, before: Period, segment: Segment | None, channel: str | None, customers: int
    ) -> JourneyMap:
        journey = self.journey
        stages = tuple(self._stage(stage) for stage in journey.stages)
        return JourneyMap(
            journey=journey.key,
            title=journey.title.in_(self.language),
            purpose=journey.purpose.in_(self.language) if journey.purpose else "",
            kind=MapKind.CURRENT,
            period=period,
            before=before,
            as_of=self.as_of.astimezone(journey.zone),
            segment=segment.key if segment else None,
            segment_title=segment.title.in_(self.language) if segment else None,
            channel=channel,
            language=self.language,
            scale=journey.scale,
            judge_from=journey.judge_from,
            minimum=self.minimum,
            totals=self._totals(customers),
            stages=stages,
        )

    def _totals(self, customers: int) -> MapTotals:
        invited = self._sum(self.now, None, INVITED)
        answered = self._sum(self.now, None, ANSWERED)
        return MapTotals(
            customers=customers,
            visits=self._sum(self.now, None, VISITS),
            invitations=invited,
            answers=sum(self._sum(self.now, None, scale) for scale in Scale),
            response_rate=answered / invited if invited else None,
            complaints=self._sum(self.now, None, COMPLAINTS),
        )

    @staticmethod
    def _sum(counts: Counts, subjects: Iterable[str] | None, measure: str) -> int:
        wanted = None if subjects is None else set(subjects)
        return sum(
            sum(s.n for s in buckets.values())
            for (subject, name), buckets in counts.items()
            if name == measure and (wanted is None or subject in wanted)
        )

    def _stage(self, stage: Stage) -> StageFigures:
        subjects = [stage.key, *(p.key for p in stage.touchpoints)]
        scores = self._stage_scores(stage, self.now)
        support = [p.key for p in stage.touchpoints if p.support]
        moved, waiting, time = self._flow_of(stage)
        return StageFigures(
            key=stage.key,
            title=stage.title.in_(self.language),
            goal=stage.goal.in_(self.language) if stage.goal else "",
            customers=self._sum(self.now, [stage.key], ENTERED),
            conversion=moved,
            on_the_way=waiting,
            time=time,
            scores=scores,
            before=self._stage_scores(stage, self.before),
            change=self._change(stage, scores),
            target=self.journey.target(stage.key, self.journey.scale),
            visits=self._sum(self.now, subjects, VISITS),
            complaints=self._sum(self.now, subjects, COMPLAINTS),
            support=self._sum(self.now, support, VISITS),
            barriers=self._barriers(subjects),
            voices=self._voices(stage, scores),
            touchpoints=tuple(
                self._touchpoint(p) for p in stage.touchpoints if p.status is not TouchpointStatus.REMOVED
            ),
        )

    def _touchpoint(self, point: Touchpoint) -> TouchpointFigures:
        scores = {}
        for scale in Scale:
            counts = _values(self.now.get((point.key, scale), {}))
            if sum(counts.values()):
                scores[scale] = score_of_counts(scale, counts, judge_from=self.journey.judge_from, minimum=self.minimum)
        return TouchpointFigures(
            key=point.key,
            title=point.title.in_(self.language),
            channel=point.channel,
            moment_of_truth=point.moment_of_truth,
            visits=self._sum(self.now, [point.key], VISITS),
            complaints=self._sum(self.now, [point.key], COMPLAINTS),
            scores=scores,
        )

    def _stage_scores(self, stage: Stage, counts: Counts) -> dict[Scale, Score]:
        found = {}
        for scale in Scale:
            people = counts.get((stage.key, scale + PEOPLE), {}).get("")
            if people is None or people.n <= 0:
                continue
            pooled = self._pooled(stage, scale, counts)
            found[scale] = score_of_people(
                scale,
                n=people.n,
                total=people.total,
                squares=people.squares,
                raw_total=people.raw,
                answers=sum(pooled.values()),
                counts=pooled,
                judge_from=self.journey.judge_from,
                minimum=self.minimum,
            )
        return found

    def _pooled(self, stage: Stage, scale: Scale, counts: Counts) -> Mapping[int, int]:
        pooled: Counter[int] = Counter()
        for subject in (stage.key, *(p.key for p in stage.touchpoints)):
            pooled.update(_values(counts.get((subject, scale), {})))
        return {value: pooled[value] for value in scale.spec.values}

    def _change(self, stage: Stage, scores: Mapping[Scale, Score]) -> FigureChange:
        """The change of the headline since the period before, within touchpoints: who was asked may have changed."""
        scale = self.journey.scale
        then = self._stage_scores(stage, self.before).get(scale)
        if scale not in scores or then is None or {scores[scale].verdict, then.verdict} != {Verdict.OK}:
            return FigureChange(ChangeDirection.UNKNOWN)
        strata = [
            (_values(self.now.get((key, scale), {})), _values(self.before.get((key, scale), {})))
            for key in (stage.key, *(p.key for p in stage.touchpoints))
        ]
        people = tuple(_people(side.get((stage.key, scale + PEOPLE), {})) for side in (self.now, self.before))
        moved = shift(scale, strata, (people[0], people[1]))
        return FigureChange(direction(moved.low, moved.high), moved.points, moved.low, moved.high)

    def _flow_of(self, stage: Stage) -> tuple[Score | None, int, StageTime | None]:
        """Conversion, who is on the way, and the time on the stage; nothing of the sort at the last one."""
        days = [d for d in self.flow if d.stage == stage.key]
        if not days or stage is self.journey.stages[-1]:
            return None, 0, None
        today = self.as_of.astimezone(self.journey.zone).date()
        over = [d for d in days if (today - d.day).days > self.journey.window_days]
        entered, went_on = (_total(over, measure) for measure in (ENTERED, WENT_ON))
        moved = conversion(entered, went_on, judge_from=self.journey.judge_from, minimum=self.minimum)
        waiting = (_total(days, ENTERED) - entered) - (_total(days, WENT_ON) - went_on)
        return moved, waiting, stage_time(*_durations(days, today), minimum=self.minimum)

    def _barriers(self, subjects: Iterable[str]) -> tuple[Barrier, ...]:
        """The reasons chosen most often; a choice that only happy people are offered is no barrier."""
        themes: Counter[str] = Counter()
        for survey in self.journey.surveys:
            for question in survey.questions:
                if question.kind is not Asked.CHOICE or (question.when and question.when.at_least is not None):
                    continue
                for subject in subjects:
                    chosen = self.now.get((subject, CHOICE + question.key), {})
                    for option in question.options:
                        themes[option.title.in_(self.language)] += chosen[option.key].n if option.key in chosen else 0
        return tuple(Barrier(theme, n) for theme, n in themes.most_common(MOST_BARRIERS) if n > 0)

    def _voices(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Voice, ...]:
        """The latest words; withheld with the figures, or a person might be known by them."""
        if all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        found = [w for w in self.words if w.stage == stage.key and len(w.text) in QUOTABLE]
        return tuple(Voice(w.text, _mood(w)) for w in found[:MOST_VOICES])


def _values(buckets: Mapping[str, Counted]) -> dict[int, int]:
    return {int(value): sums.n for value, sums in buckets.items()}


def _people(buckets: Mapping[str, Counted]) -> ContributionSums:
    found = buckets.get("", Counted(0))
    return ContributionSums(found.n, found.total, found.squares)


def _total(days: Iterable[FlowDay], measure: str) -> int:
    return sum(d.n for d in days if d.measure == measure)


def _durations(days: Iterable[FlowDay], today: date) -> tuple[dict[int, int], dict[int, int]]:
    """How long those took who went on, and how long the others have been waiting, by bucket of seconds."""
    took: Counter[int] = Counter()
    still: defaultdict[date, int] = defaultdict(int)
    for d in days:
        if d.measure == TOOK:
            took[int(d.bucket)] += d.n
            still[d.day] -= d.n
        elif d.measure == ENTERED:
            still[d.day] += d.n
    waiting: Counter[int] = Counter()
    for day, n in still.items():
        if n > 0:
            waiting[bucket((today - day).days * 86_400)] += n
    return dict(took), dict(waiting)


def _mood(words: Quote) -> int | None:
    """A score as one of five moods, 0 the worst."""
    if words.kind is None or words.value is None:
        return None
    legal = Scale(words.kind).spec.values
    return min(4, int(5 * (words.value - legal[0]) / len(legal)))
