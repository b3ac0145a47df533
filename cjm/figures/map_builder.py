"""Build a JourneyMap from counters.

* Every figure is made of sums of counters, except the number of customers: all else costs the same however many
  answers there are.
* Voices and barriers of a stage are withheld where all of its scores are; voices also where it has no score.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cjm.figures.comparisons import UNKNOWN_CHANGE
from cjm.figures.flow import FlowCount, conversion_score, split_by_bucket, stage_time, sum_flow
from cjm.figures.journey_map import (
    Barrier,
    JourneyMap,
    MapKind,
    MapTotals,
    Period,
    StageFigures,
    StageTime,
    TouchpointFigures,
    Voice,
)
from cjm.figures.people import PersonDaySums, single_days
from cjm.figures.score import Score, Verdict, score_of_counts, score_of_people
from cjm.figures.tally import ANSWERED, CHOICE, COMPLAINTS, ENTERED, INVITED, PEOPLE, VISITS, WENT_ON, CounterSums
from cjm.journeys.journey import Journey, Segment, Stage, Touchpoint, TouchpointStatus
from cjm.journeys.survey import QuestionKind
from cjm.scales import Scale

MOST_BARRIERS, MOST_VOICES = 3, 2
QUOTE_LENGTH = range(8, 240)  # characters: shorter says little, longer does not fit beside a stage

CountTable = Mapping[tuple[str, str], Mapping[str, CounterSums]]
"""(subject, measure) → bucket → sums, named as in `cjm.figures.tally`; a subject's former keys are resolved."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Text that a customer wrote about a stage, with the first score of the same conversation."""

    stage: str
    text: str
    kind: str | None
    value: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapBuilder:
    """Counters of a period and of the one before it, and the journey they belong to.

    ``as_of`` is the time of reading, with its zone. A figure of fewer people than ``minimum`` is withheld.
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
        """Return the map; ``customers`` is their number in the period, which no sum of counters gives."""
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
        """Return the sum of a measure over subjects; None means the whole journey."""
        keys = None if subjects is None else set(subjects)
        return sum(
            sum(s.n for s in buckets.values())
            for (subject, name), buckets in counts.items()
            if name == measure and (keys is None or subject in keys)
        )

    def _stage_figures(self, stage: Stage) -> StageFigures:
        subjects = [stage.key, *(p.key for p in stage.touchpoints)]
        scores = self._stage_scores(stage, self.current)
        support = [p.key for p in stage.touchpoints if p.support]
        conversion, on_the_way, time = self._flow_figures(stage)
        return StageFigures(
            key=stage.key,
            title=stage.title.in_language(self.language),
            goal=stage.goal.in_language(self.language) if stage.goal else "",
            customers=self._total(self.current, [stage.key], ENTERED),
            conversion=conversion,
            on_the_way=on_the_way,
            time=time,
            scores=scores,
            before=self._stage_scores(stage, self.previous),
            change=UNKNOWN_CHANGE,  # compared together with all that one message marks
            target=self.journey.find_target(stage.key, self.journey.scale),
            visits=self._total(self.current, subjects, VISITS),
            complaints=self._total(self.current, subjects, COMPLAINTS),
            support=self._total(self.current, support, VISITS),
            barriers=self._barriers(subjects, scores),
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
            sums = PersonDaySums(people.n, people.total, people.squares, people.raw, people.mean_squares)
            found[scale] = score_of_people(
                scale,
                single_days(sums),
                sum(pooled.values()),
                pooled,
                judge_from=self.journey.judge_from,
                minimum=self.minimum,
            )
        return found

    def _pool_counts(self, stage: Stage, scale: Scale, counts: CountTable) -> Mapping[int, int]:
        pooled: Counter[int] = Counter()
        for subject in (stage.key, *(p.key for p in stage.touchpoints)):
            pooled.update(_answers_by_value(counts.get((subject, scale), {})))
        return {value: pooled[value] for value in scale.spec.values}

    def _flow_figures(self, stage: Stage) -> tuple[Score | None, int, StageTime | None]:
        """Return conversion, number on the way, and time at the stage; nothing at the last stage or without data."""
        counts = [each for each in self.flow if each.stage == stage.key]
        if not counts or stage is self.journey.stages[-1]:
            return None, 0, None
        today = self.as_of.astimezone(self.journey.zone).date()
        # Only passages whose window is over count for the conversion: the others may still go on.
        over = [each for each in counts if (today - each.day).days > self.journey.window_days]
        entered, went_on = (sum_flow(over, measure) for measure in (ENTERED, WENT_ON))
        conversion = conversion_score(entered, went_on, judge_from=self.journey.judge_from, minimum=self.minimum)
        on_the_way = (sum_flow(counts, ENTERED) - entered) - (sum_flow(counts, WENT_ON) - went_on)
        return conversion, on_the_way, stage_time(*split_by_bucket(counts, today), minimum=self.minimum)

    def _barriers(self, subjects: Iterable[str], scores: Mapping[Scale, Score]) -> tuple[Barrier, ...]:
        """Return the reasons chosen most often; a choice that only satisfied people are offered is no barrier.

        Empty where all scores are withheld: among a few people, their reasons would tell how each of them answered.
        """
        if scores and all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        themes: Counter[str] = Counter()
        for survey in self.journey.surveys:
            for question in survey.questions:
                if question.kind is not QuestionKind.CHOICE or (question.when and question.when.at_least is not None):
                    continue
                for subject in subjects:
                    chosen = self.current.get((subject, CHOICE + question.key), {})
                    for option in question.options:
                        themes[option.title.in_language(self.language)] += (
                            chosen[option.key].n if option.key in chosen else 0
                        )
        return tuple(Barrier(theme, n) for theme, n in themes.most_common(MOST_BARRIERS) if n > 0)

    def _voices(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Voice, ...]:
        """Return the latest quotes; empty without a shown figure, as a person could be recognised by their words."""
        if all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        quotes = [each for each in self.quotes if each.stage == stage.key and len(each.text) in QUOTE_LENGTH]
        return tuple(Voice(each.text, _mood_of_quote(each)) for each in quotes[:MOST_VOICES])


def _answers_by_value(buckets: Mapping[str, CounterSums]) -> dict[int, int]:
    return {int(value): sums.n for value, sums in buckets.items()}


def _mood_of_quote(quote: Quote) -> int | None:
    """Return the score of the same conversation as one of five moods, 0 the worst."""
    if quote.kind is None or quote.value is None:
        return None
    values = Scale(quote.kind).spec.values
    return min(4, int(5 * (quote.value - values[0]) / len(values)))
