"""Build a JourneyMap from counters and from the people behind them.

* Every figure is made of sums: a map costs the same however many answers there are.
* Everything that comes from answers respects the minimum: scores, reasons and quotes of fewer people are withheld.
  Visits, walks and complaints are no answers.
* A stage tells how often each value was answered only where all its parts do: else the missing part would follow.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from cjm.figures.choices.choice_meaning import ChoiceMeaning, list_choices
from cjm.figures.choices.stage_choices import find_lost_reasons, find_recalled_choices
from cjm.figures.disclosure import hide_small_counts
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.findings.comparisons import UNKNOWN_CHANGE
from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.journey_map import (
    Barrier,
    JourneyMap,
    MapKind,
    MapTotals,
    Period,
    Silence,
    StageFigures,
    TouchpointFigures,
)
from cjm.figures.map_parts.voice import Voice
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.plan.plan_parts import PlanFacts, PlanScope, add_plan_parts, find_map_hand_overs
from cjm.figures.plan.told_facts import ToldFacts, find_told_facts
from cjm.figures.score import RecallShare, Score, Thresholds, Verdict, score_of_people, withhold_score
from cjm.figures.tally import ANSWERED, CHOICE, COMPLAINTS, CUSTOMERS, DECLINED, IGNORED, INVITED, RECALLED, VISITS
from cjm.figures.walks.stage_flow import StageFlow, conversion_score
from cjm.journeys.journey import Journey, Segment, Stage, Touchpoint
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.journeys.survey import Question
from cjm.scales import Scale

MOST_BARRIERS, MOST_VOICES = 3, 2
QUOTE_LENGTH = range(8, 240)  # characters: shorter says little, longer does not fit beside a stage


@dataclass(frozen=True, slots=True)
class Quote:
    """Text that a customer wrote about a place of a stage, with the first score of the same conversation.

    ``writer`` is the customer's id, None where answers name nobody.
    """

    stage: str
    subject: str  # key of the stage or touchpoint
    text: str
    kind: str | None
    value: int | None
    writer: int | None = None
    recalled: bool = False  # the question was about an earlier place


class ChosenOption(NamedTuple):
    """Option of a question, with the present key of the stage at which it was chosen."""

    stage: str
    question: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapBuilder:
    """Figures of a period and of the one before it, and the journey they belong to.

    ``as_of`` is the time of reading, with its zone. A figure of fewer people than the ``minimum`` is withheld.
    ``choosers`` are the people who chose an option, at least; ``hidden_options`` are withheld although enough people
    may have chosen them. ``told_reasons`` are people by stage and by the reason for a loss that events told.
    ``told_measures`` are visits by stage, measure and bucket (`cjm.figures.facts.measures`).
    ``still_open`` counts invitations that are too young to say whether they will be answered.
    """

    journey: Journey
    language: str
    minimum: int
    as_of: datetime
    current: PeriodFigures
    previous: PeriodFigures
    flow: Mapping[str, StageFlow]
    quotes: Sequence[Quote]
    choosers: Mapping[ChosenOption, int]
    hidden_options: Collection[ChosenOption] = ()
    still_open: int = 0
    told_reasons: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    told_measures: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    plan_facts: PlanFacts = field(default_factory=PlanFacts)

    @property
    def thresholds(self) -> Thresholds:
        """Numbers of people from which on figures are shown and judged."""
        return Thresholds.of_journey(self.journey, self.minimum)

    def build_map(self, period: Period, before: Period, segment: Segment | None, channel: str | None) -> JourneyMap:
        """Return the map without marks of change: these come from the tests of a whole message."""
        journey = self.journey
        plan = PlanScope(journey, self.language, channel, self.thresholds)
        measured = tuple(self._stage_figures(stage) for stage in journey.stages)
        stages = add_plan_parts(measured, plan, self.plan_facts)
        scores = {stage.key: stage.scores[journey.scale] for stage in stages if journey.scale in stage.scores}
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
            judge_from=self.thresholds.judge_from,
            minimum=self.thresholds.minimum,
            totals=self._totals(stages),
            stages=stages,
            weakest=find_weakest(scores),
            best=find_best(scores),
            counts_people=not journey.anonymous,
            hand_overs=find_map_hand_overs(stages, journey.scale),
        )

    def _totals(self, stages: Iterable[StageFigures]) -> MapTotals:
        current = self.current
        customers = current.find_people(WHOLE_JOURNEY, CUSTOMERS).clusters
        invited, complaints = current.count(None, INVITED), current.count(None, COMPLAINTS)
        still_open = min(self.still_open, invited)
        over = invited - still_open
        support_visits = sum(stage.support - stage.complaints for stage in stages)
        return MapTotals(
            customers=round(customers.people),
            visits=current.count(None, VISITS),
            invitations=invited,
            answers=sum(current.count(None, scale) for scale in Scale),
            response_rate=min(1.0, current.count(None, ANSWERED) / over)
            if over and self._may_tell_rate(over)
            else None,
            complaints=complaints,
            still_open=still_open,
            support=support_visits + complaints,  # also those about a place that the journey lost
            customers_is=customers.basis,
        )

    def _may_tell_rate(self, over: int) -> bool:
        """Return whether to tell how many answered: of a few who were asked anonymously, it would tell who did."""
        return not self.journey.anonymous or over >= self.thresholds.minimum

    def _stage_figures(self, stage: Stage) -> StageFigures:
        current, subjects = self.current, [stage.key, *(p.key for p in stage.touchpoints)]
        scores = self._stage_scores(stage, current)
        customers = current.find_people(stage.key, CUSTOMERS).clusters
        complaints = current.count(subjects, COMPLAINTS)
        flow = self.flow.get(stage.key)
        has_next = flow is not None and stage is not self.journey.stages[-1]
        shown = partial(self._shown_options, stage)
        told = self._told_facts(stage, flow, customers.at_least)
        return StageFigures(
            key=stage.key,
            title=stage.title.in_language(self.language),
            goal=stage.goal.in_language(self.language) if stage.goal else "",
            customers=round(customers.people),
            customers_is=customers.basis,
            walks=flow.walks if flow else 0,
            conversion=conversion_score(flow.over, flow.went_on, **self._limits) if flow and has_next else None,
            on_the_way=flow.on_the_way if flow and has_next else 0,
            time=flow.time if flow and has_next else None,
            scores=scores,
            before=self._stage_scores(stage, self.previous),
            change=UNKNOWN_CHANGE,
            target=self.journey.find_target(stage.key, self.journey.scale),
            visits=current.count(subjects, VISITS),
            complaints=complaints,
            support=current.count([p.key for p in stage.touchpoints if p.support], VISITS) + complaints,
            barriers=self._barriers(stage, scores),
            voices=self._voices(stage, scores),
            touchpoints=tuple(
                self._touchpoint_figures(p) for p in stage.touchpoints if p.status is not TouchpointStatus.REMOVED
            ),
            silence=self._silence(subjects),
            lost_reasons=find_lost_reasons(
                self.journey, self.language, shown, self.told_reasons.get(stage.key, {}), self.thresholds.minimum
            ),
            recalled=find_recalled_choices(self.journey, self.language, shown),
            measures=told.measures,
            amount=told.amount,
            start_time=told.start_time,
        )

    def _told_facts(self, stage: Stage, flow: StageFlow | None, customers: int) -> ToldFacts:
        counts, minimum = self.told_measures.get(stage.key, {}), self.thresholds.minimum
        return find_told_facts(self.journey, stage, self.language, flow, counts, customers=customers, minimum=minimum)

    def _silence(self, subjects: Collection[str]) -> Silence:
        delivered = self.current.count(subjects, INVITED)
        if not self._may_tell_rate(delivered):
            return Silence(delivered, None, None, None)
        return Silence(delivered, *(self.current.count(subjects, each) for each in (ANSWERED, DECLINED, IGNORED)))

    @property
    def _limits(self) -> dict[str, int]:
        return self.thresholds._asdict()

    def _touchpoint_figures(self, point: Touchpoint) -> TouchpointFigures:
        return TouchpointFigures(
            key=point.key,
            title=point.title.in_language(self.language),
            channel=point.channel,
            moment_of_truth=point.moment_of_truth,
            visits=self.current.count([point.key], VISITS),
            complaints=self.current.count([point.key], COMPLAINTS),
            scores=dict(self._touchpoint_scores(point, self.current)),
        )

    def _touchpoint_scores(self, point: Touchpoint, period: PeriodFigures) -> Iterator[tuple[Scale, Score]]:
        for scale in Scale:
            score = self._score(point.key, scale, period, period.count_values(point.key, scale))
            if score is not None:
                yield scale, score

    def _stage_scores(self, stage: Stage, period: PeriodFigures) -> dict[Scale, Score]:
        found = {}
        for scale in Scale:
            parts = {key: period.count_values(key, scale) for key in (stage.key, *(p.key for p in stage.touchpoints))}
            pooled = sum(parts.values(), Counter[int]())
            score = self._score(stage.key, scale, period, pooled)
            if score is not None:
                is_told = self._can_tell_counts(stage, scale, period, parts)
                found[scale] = score if is_told else replace(score, counts=None)
        return found

    def _can_tell_counts(
        self, stage: Stage, scale: Scale, period: PeriodFigures, parts: Mapping[str, Counter[int]]
    ) -> bool:
        """Return whether the stage's answers without those of its shown touchpoints are of nobody, or of enough people.

        How many people they are of is known only from below: at most all answers that somebody gave again are among
        them.
        """
        rest = parts[stage.key].total()
        for point in stage.touchpoints:
            score = self._score(point.key, scale, period, parts[point.key])
            if point.status is TouchpointStatus.REMOVED:
                rest += parts[point.key].total()
            elif score is not None and score.verdict is Verdict.WITHHELD:
                return False
        answers = sum(part.total() for part in parts.values())
        given_again = max(0, answers - period.find_people(stage.key, scale).clusters.at_least)
        return rest == 0 or rest - given_again >= self.thresholds.minimum

    def _score(self, subject: str, scale: Scale, period: PeriodFigures, counts: Mapping[int, int]) -> Score | None:
        people = period.find_people(subject, scale)
        if people.sums.n <= 0:
            return None
        # An answer about a place that the journey lost counts at its stage, but its value is not known here.
        answers = max(sum(counts.values()), people.sums.n)
        pooled = {value: counts.get(value, 0) for value in scale.spec.values}
        score = score_of_people(scale, people, answers, pooled, **self._limits)
        if (subject, scale) in period.hidden:
            return withhold_score(score)
        if score.verdict is Verdict.WITHHELD:
            return score
        return replace(score, recalled=self._find_recalled_share(subject, scale, period, answers))

    def _find_recalled_share(self, subject: str, scale: Scale, period: PeriodFigures, answers: int) -> RecallShare:
        stage = self.journey.stages_by_key.get(subject)
        parts = [subject, *(point.key for point in stage.touchpoints)] if stage else [subject]
        recalled = period.count(parts, RECALLED + scale)
        if recalled <= 0:
            return RecallShare.NONE
        return RecallShare.ALL if recalled >= answers else RecallShare.PARTLY

    def _barriers(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Barrier, ...]:
        """Return the reasons chosen most often; a choice that only satisfied people are offered is no barrier.

        Empty where all scores are withheld: among a few people, their reasons would tell how each of them answered.
        """
        if scores and all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        themes: Counter[str] = Counter()
        options: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for question in list_choices(self.journey, ChoiceMeaning.BARRIER):
            shown = self._shown_options(stage, question)
            for option in question.options:
                theme = option.title.in_language(self.language)
                themes[theme] += shown.get(option.key, 0)
                options[theme] += [(question.key, option.key)] if option.key in shown else []
        found = themes.most_common(MOST_BARRIERS)
        return tuple(Barrier(theme, n, tuple(options[theme])) for theme, n in found if n > 0)

    def _shown_options(self, stage: Stage, question: Question) -> Mapping[str, int]:
        """Return how often each option was chosen, without those that too few people chose."""
        measure = CHOICE + question.key
        chosen: Counter[str] = Counter()
        for subject in (stage.key, *(p.key for p in stage.touchpoints)):
            chosen.update({key: sums.n for key, sums in self.current.counts.get((subject, measure), {}).items()})
        options = {key: ChosenOption(stage.key, question.key, key) for key, n in chosen.items() if n > 0}
        people = {key: self.choosers.get(option, 1) for key, option in options.items()}
        shown = hide_small_counts(people, self.thresholds.minimum)
        return {key: chosen[key] for key in shown if options[key] not in self.hidden_options}

    def _voices(self, stage: Stage, scores: Mapping[Scale, Score]) -> tuple[Voice, ...]:
        """Return the latest quotes; empty without a shown figure, as a person could be recognised by their words.

        The same words of two customers stand once, as of the later one.
        """
        if all(score.verdict is Verdict.WITHHELD for score in scores.values()):
            return ()
        quotes = [each for each in self.quotes if each.stage == stage.key and len(each.text) in QUOTE_LENGTH]
        latest: dict[str, Quote] = {}
        for each in quotes:
            latest.setdefault(each.text, each)
        voices = [Voice(each.text, self._mood_of_quote(each), each.writer, each.recalled) for each in latest.values()]
        return _choose_voices(voices)

    def _mood_of_quote(self, quote: Quote) -> int | None:
        """Return the score of the same conversation as one of five moods, 0 the worst; None where it is withheld."""
        if quote.kind is None or quote.value is None:
            return None
        scale = Scale(quote.kind)
        for place in (quote.stage, quote.subject):
            score = self._score(place, scale, self.current, {})
            if score is None or score.verdict is Verdict.WITHHELD:
                return None
        values = scale.spec.values
        return min(4, int(5 * (quote.value - values[0]) / len(values)))


def _choose_voices(voices: Sequence[Voice]) -> tuple[Voice, ...]:
    """Return the latest voices, one with a mood among them where any has one: it says how the customer felt."""
    chosen = voices[:MOST_VOICES]
    with_mood = next((voice for voice in voices if voice.mood is not None), None)
    if with_mood is not None and all(voice.mood is None for voice in chosen):
        chosen = [*chosen[: MOST_VOICES - 1], with_mood]
    return tuple(chosen)
