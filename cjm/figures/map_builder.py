"""Build a JourneyMap from counters and from the people behind them.

* Every figure is made of sums: a map costs the same however many answers there are.
* Everything that comes from answers respects the minimum: scores, reasons and quotes of fewer people are withheld.
  Visits, walks and complaints are no answers.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from cjm.figures.choices.chosen_options import ChosenOption, ChosenOptions
from cjm.figures.choices.stage_choices import ShownOptions, find_lost_reasons, find_recalled_choices
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.facts.subject_scores import SubjectScores
from cjm.figures.findings.comparisons import UNKNOWN_CHANGE
from cjm.figures.findings.ranking import find_best, find_weakest
from cjm.figures.journey_map import (
    JourneyMap,
    LostReason,
    MapKind,
    MapTotals,
    Period,
    Silence,
    StageFigures,
    TouchpointFigures,
)
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.plan.plan_parts import PlanFacts, PlanScope, add_plan_parts, find_map_hand_overs
from cjm.figures.plan.told_facts import ToldFacts, find_told_facts
from cjm.figures.quotes.stage_quotes import Quote, StageQuotes
from cjm.figures.score import Score, Thresholds
from cjm.figures.tally import ANSWERED, COMPLAINTS, CUSTOMERS, DECLINED, IGNORED, INVITED, VISITS
from cjm.figures.walks.stage_flow import StageFlow, conversion_score
from cjm.journeys.journey import Journey, Segment, Stage, Touchpoint
from cjm.journeys.parts.touchpoint_status import TouchpointStatus
from cjm.scales import Scale


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

    @property
    def _scores(self) -> SubjectScores:
        return SubjectScores(self.journey, self.thresholds)

    @property
    def _options(self) -> ChosenOptions:
        minimum = self.thresholds.minimum
        return ChosenOptions(self.journey, self.language, minimum, self.current, self.choosers, self.hidden_options)

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
            scenario=journey.scenario.in_language(self.language) if journey.scenario else "",
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
        scores = self._scores.find_stage_scores(stage, current)
        customers = current.find_people(stage.key, CUSTOMERS).clusters
        complaints = current.count(subjects, COMPLAINTS)
        flow = self.flow.get(stage.key)
        has_next = flow is not None and stage is not self.journey.stages[-1]
        shown = partial(self._options.find_shown, stage)
        told = self._told_facts(stage, flow, customers.at_least)
        return StageFigures(
            key=stage.key,
            title=stage.title.in_language(self.language),
            goal=stage.goal.in_language(self.language) if stage.goal else "",
            customers=round(customers.people),
            customers_is=customers.basis,
            walks=flow.walks if flow else 0,
            conversion=self._find_conversion(flow) if flow and has_next else None,
            on_the_way=flow.on_the_way if flow and has_next else 0,
            time=flow.time if flow and has_next else None,
            scores=scores,
            before=self._scores.find_stage_scores(stage, self.previous),
            change=UNKNOWN_CHANGE,
            target=self.journey.find_target(stage.key, self.journey.scale),
            visits=current.count(subjects, VISITS),
            complaints=complaints,
            support=current.count([p.key for p in stage.touchpoints if p.support], VISITS) + complaints,
            barriers=self._options.find_barriers(stage, scores),
            voices=StageQuotes(self.quotes, self._scores, current).choose_voices(stage.key, scores),
            touchpoints=tuple(
                self._touchpoint_figures(p) for p in stage.touchpoints if p.status is not TouchpointStatus.REMOVED
            ),
            silence=self._silence(subjects),
            lost_reasons=self._find_lost_reasons(stage, shown),
            recalled=find_recalled_choices(self.journey, self.language, shown),
            measures=told.measures,
            amount=told.amount,
            start_time=told.start_time,
        )

    def _find_lost_reasons(self, stage: Stage, shown: ShownOptions) -> tuple[LostReason, ...]:
        told, minimum = self.told_reasons.get(stage.key, {}), self.thresholds.minimum
        return find_lost_reasons(self.journey, self.language, shown, told, minimum)

    def _find_conversion(self, flow: StageFlow) -> Score:
        return conversion_score(flow.over, flow.went_on, **self.thresholds._asdict())

    def _told_facts(self, stage: Stage, flow: StageFlow | None, customers: int) -> ToldFacts:
        counts, minimum = self.told_measures.get(stage.key, {}), self.thresholds.minimum
        return find_told_facts(self.journey, stage, self.language, flow, counts, customers=customers, minimum=minimum)

    def _silence(self, subjects: Collection[str]) -> Silence:
        delivered = self.current.count(subjects, INVITED)
        if not self._may_tell_rate(delivered):
            return Silence(delivered, None, None, None)
        return Silence(delivered, *(self.current.count(subjects, each) for each in (ANSWERED, DECLINED, IGNORED)))

    def _touchpoint_figures(self, point: Touchpoint) -> TouchpointFigures:
        return TouchpointFigures(
            key=point.key,
            title=point.title.in_language(self.language),
            channel=point.channel,
            moment_of_truth=point.moment_of_truth,
            visits=self.current.count([point.key], VISITS),
            complaints=self.current.count([point.key], COMPLAINTS),
            scores=dict(self._scores.find_touchpoint_scores(point, self.current)),
        )
