"""From counters to a JourneyMap: what each figure on the map is the sum of."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cjm.figures.change import change_direction, mantel_score_test
from cjm.figures.contributions import ContributionSums
from cjm.figures.flow import conversion_score, duration_bucket, stage_time
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
from cjm.figures.score import Score, Verdict, score_of_counts, score_of_person_days
from cjm.figures.tally import ANSWERED, CHOICE, COMPLAINTS, ENTERED, INVITED, PEOPLE, TOOK, VISITS, WENT_ON
from cjm.figures.tally import CounterSums as Counted
from cjm.journeys.journey import Journey, Segment, Stage, Touchpoint, TouchpointStatus
from cjm.journeys.survey import QuestionKind as Asked
from cjm.scales import Scale

MOST_BARRIERS, MOST_VOICES = 3, 2
QUOTE_LENGTH = range(8, 240)  # characters of a text that can stand for itself in a picture

CountTable = Mapping[tuple[str, str], Mapping[str, Counted]]
"""(subject, measure) -> bucket -> sums, as `cjm.figures.tally` names them; subjects are today's keys."""


@dataclass(frozen=True, slots=True)
class FlowCount:
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
class MapBuilder:
    """Everything that was counted in a window and in the one before it; :meth:`map` reads it stage by stage.

    ``as_of`` is the moment of reading, aware; fewer people than ``minimum`` are withheld.
    """

    journey: Journey
    language: str
    minimum: int
    as_of: datetime
    current: CountTable
    previous: CountTable
    flow: Sequence[FlowCount]
    quotes: Sequence[Quote]

    def build_map(
        self, period: Period, before: Period, segment: Segment | None, channel: str | None, customers: int
    ) -> JourneyMap:
        journey = self.journey
        stages = tuple(self._stage_figures(stage) for stage in journey.stages)
        return JourneyMap(
            journey=journey.key,
            title=journey.title.in_language(self.language),
            purpose=journey.purpose.in_language(self.language) if journey.purpose else "",
            kind=MapKind.CURRENT,
            period=period,
            before=before,
            as_of=self.as_of.astimezone(journey.zone),
            segment=segment.key if segment else None,
            segment_title=segment.title.in_language(self.language) if segment else None,
            channel=channel,
            language=self.language,
            scale=journey.scale,
            judge_from=journey.judge_from,
            minimum=self.minimum,
            totals=self._totals(customers),
            stages=stages,
        )

    def _totals(self, customers: int) -> MapTotals:
        invited = self._total(self.current, None, INVITED)
        answered = self._total(self.current, None, ANSWERED)
        return MapTotals(
            customers=customers,
            visits=self._total(self.current, None, VISITS),
            invitations=invited,
            answers=sum(self._total(self.current, None, scale) for scale in Scale),
            response_rate=answered / invited if invited else None,
            complaints=self._total(self.current, None, COMPLAINTS),
        )

    @staticmethod
    def _total(counts: CountTable, subjects: Iterable[str] | None, measure: str) -> int:
        wanted = None if subjects is None else set(subjects)
        return sum(
            sum(s.n for s in buckets.values())
            for (subject, name), buckets in counts.items()
            if name == measure and (wanted is None or subject in wanted)
        )

    def _stage_figures(self, stage: Stage) -> StageFigures:
        subjects = [stage.key, *(p.key for p in stage.touchpoints)]
        scores = self._stage_scores(stage, self.current)
        support = [p.key for p in stage.touchpoints if p.support]
        moved, waiting, time = self._flow_figures(stage)
        return StageFigures(
            key=stage.key,
            title=stage.title.in_language(self.language),
            goal=stage.goal.in_language(self.language) if stage.goal else "",
            customers=self._total(self.current, [stage.key], ENTERED),
            conversion=moved,
            on_the_way=waiting,
            time=time,
            scores=scores,
            before=self._stage_scores(stage, self.previous),
            change=self._change(stage, scores),
            target=self.journey.target(stage.key, self.journey.scale),
            visits=self._total(self.current, subjects, VISITS),
            complaints=self._total(self.current, subjects, COMPLAINTS),
            support=self._total(self.current, support, VISITS),
            barriers=self._barriers(subjects),
            voices=self._voices(stage, scores),
            touchpoints=tuple(
                self._touchpoint_figures(p) for p in stage.touchpoints if p.status is not TouchpointStatus.REMOVED
            ),
        )

    def _touchpoint_figures(self, point: Touchpoint) -> TouchpointFigures:
        scores = {}
        for scale in Scale:
            counts = _answers_by_value(self.current.get((point.key, scale), {}))
            if sum(counts.values()):
                scores[scale] = score_of_counts(scale, counts, judge_from=self.journey.judge_from, minimum=self.minimum)
        return TouchpointFigures(
            key=point.key,
            title=point.title.in_language(self.language),
            channel=point.channel,
            moment_of_truth=point.moment_of_truth,
            visits=self._total(self.current, [point.key], VISITS),
            complaints=self._total(self.current, [point.key], COMPLAINTS),
            scores=scores,
        )

    def _stage_scores(self, stage: Stage, counts: CountTable) -> dict[Scale, Score]:
        found = {}
        for scale in Scale:
            people = counts.get((stage.key, scale + PEOPLE), {}).get("")
            if people is None or people.n <= 0:
                continue
            pooled = self._pool_counts(stage, scale, counts)
            found[scale] = score_of_person_days(
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

    def _pool_counts(self, stage: Stage, scale: Scale, counts: CountTable) -> Mapping[int, int]:
        pooled: Counter[int] = Counter()
        for subject in (stage.key, *(p.key for p in stage.touchpoints)):
            pooled.update(_answers_by_value(counts.get((subject, scale), {})))
        return {value: pooled[value] for value in scale.spec.values}

    def _change(self, stage: Stage, scores: Mapping[Scale, Score]) -> FigureChange:
        """The change of the headline since the period before, within touchpoints: who was asked may have changed."""
        scale = self.journey.scale
        then = self._stage_scores(stage, self.previous).get(scale)
        if scale not in scores or then is None or {scores[scale].verdict, then.verdict} != {Verdict.OK}:
            return FigureChange(ChangeDirection.UNKNOWN)
        strata = [
            (
                _answers_by_value(self.current.get((key, scale), {})),
                _answers_by_value(self.previous.get((key, scale), {})),
            )
            for key in (stage.key, *(p.key for p in stage.touchpoints))
        ]
        people = tuple(
            _person_day_sums(side.get((stage.key, scale + PEOPLE), {})) for side in (self.current, self.previous)
        )
        moved = mantel_score_test(scale, strata, (people[0], people[1]))
        return FigureChange(change_direction(moved.low, moved.high), moved.points, moved.low, moved.high)

    def _flow_figures(self, stage: Stage) -> tuple[Score | None, int, StageTime | None]:
        """Conversion, who is on the way, and the time on the stage; nothing of the sort at the last one."""
        days = [d for d in self.flow if d.stage == stage.key]
        if not days or stage is self.journey.stages[-1]:
            return None, 0, None
        today = self.as_of.astimezone(self.journey.zone).date()
        over = [d for d in days if (today - d.day).days > self.journey.window_days]
        entered, went_on = (_sum_flow(over, measure) for measure in (ENTERED, WENT_ON))
        moved = conversion_score(entered, went_on, judge_from=self.journey.judge_from, minimum=self.minimum)
        waiting = (_sum_flow(days, ENTERED) - entered) - (_sum_flow(days, WENT_ON) - went_on)
        return moved, waiting, stage_time(*_durations(days, today), minimum=self.minimum)

    def _barriers(self, subjects: Iterable[str]) -> tuple[Barrier, ...]:
        """The reasons chosen most often; a choice that only happy people are offered is no barrier."""
        themes: Counter[str] = Counter()
        for survey in self.journey.surveys:
            for question in survey.questions:
                if question.kind is not Asked.CHOICE or (question.when and question.when.at_least is not None):
                    continue
                for subject in subjects:
                    chosen = self.current.get((subject, CHOICE + question.key), {})
                    for option in question.options:
                        themes[option.title.in_language(self.language)] += (
                            chosen[option.key].n if option.key in chosen else 0
                        )
        return tuple(Barrier(theme, n) for theme, n in themes.most_common(MOST_BARRIERS) if n > 0)

    def _voices(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Voice, ...]:
        """The latest words; withheld with the figures, or a person might be known by them."""
        if all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        found = [w for w in self.quotes if w.stage == stage.key and len(w.text) in QUOTE_LENGTH]
        return tuple(Voice(w.text, _mood_of_quote(w)) for w in found[:MOST_VOICES])


def _answers_by_value(buckets: Mapping[str, Counted]) -> dict[int, int]:
    return {int(value): sums.n for value, sums in buckets.items()}


def _person_day_sums(buckets: Mapping[str, Counted]) -> ContributionSums:
    found = buckets.get("", Counted(0))
    return ContributionSums(found.n, found.total, found.squares)


def _sum_flow(days: Iterable[FlowCount], measure: str) -> int:
    return sum(d.n for d in days if d.measure == measure)


def _durations(days: Iterable[FlowCount], today: date) -> tuple[dict[int, int], dict[int, int]]:
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
            waiting[duration_bucket((today - day).days * 86_400)] += n
    return dict(took), dict(waiting)


def _mood_of_quote(words: Quote) -> int | None:
    """A score as one of five moods, 0 the worst."""
    if words.kind is None or words.value is None:
        return None
    legal = Scale(words.kind).spec.values
    return min(4, int(5 * (words.value - legal[0]) / len(legal)))
