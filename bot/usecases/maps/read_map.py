"""Read the figures of a map, and keep what its changes are tested with."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.db.engine.database import Connection
from bot.db.figures import map_sums, voices
from bot.db.figures.choosers import count_choosers
from bot.db.figures.flow_reads import read_flow
from bot.db.figures.lost_reasons import count_lost_reasons
from bot.db.figures.map_parts.amount_parts import withhold_amounts
from bot.db.figures.map_parts.channel_figures import read_channels
from bot.db.figures.map_parts.measure_counts import count_measures
from bot.db.figures.map_parts.removed_visitors import count_removed_visitors
from bot.db.figures.map_sums import MapScope, ScopeCounters
from bot.db.figures.option_parts import find_hidden_options
from bot.db.figures.part_people import find_hidden
from bot.db.figures.people_sums import read_people
from bot.db.figures.still_open import count_still_open
from cjm.figures.journey_map import JourneyMap, Period
from cjm.figures.map_builder import MapBuilder
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.plan.plan_parts import PlanFacts
from cjm.figures.score import Thresholds
from cjm.journeys.journey import Journey, Segment


@dataclass(frozen=True, slots=True)
class MapSide:
    """One side of a comparison: days, and the segment that they are narrowed to."""

    period: Period
    segment: Segment | None


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Journey and period of a map, and what it is narrowed to; ``other`` is the other side of a difference.

    Without ``with_channels`` the map's stages have none: most pictures do not show them, and they take half as long
    as the rest.
    """

    journey: Journey
    period: Period
    segment: Segment | None
    channel: str | None
    language: str
    other: MapSide | None = None
    with_channels: bool = False

    @property
    def before(self) -> Period:
        """As many days just before: a longer or shorter period would make counts look like a change."""
        first = self.period.first
        return Period(first - timedelta(days=self.period.days), first - timedelta(days=1))

    @property
    def other_side(self) -> MapSide:
        """The side that marks of change compare with: the other one, else the period before."""
        return self.other or MapSide(self.before, self.segment)


@dataclass(frozen=True, slots=True)
class ReadPeriod:
    """Figures of a period, with the part of the journey that they are about."""

    scope: MapScope
    figures: PeriodFigures


@dataclass(frozen=True, slots=True)
class MapReading:
    """Map without marks of change and notes, and the figures that it was made of: this side and the other one.

    The other side is the period before, unless a difference was asked for.
    """

    choice: MapChoice
    map: JourneyMap
    current: ReadPeriod
    previous: ReadPeriod

    @property
    def journey(self) -> Journey:
        return self.choice.journey


def read_map(tx: Connection, choice: MapChoice, minimum: int, now: datetime, remind_after: timedelta) -> MapReading:
    """Return the map of a choice, without marks and notes, and the figures that its changes are tested with."""
    journey, period, other = choice.journey, choice.period, choice.other_side
    scope = _find_scope(tx, choice, MapSide(period, choice.segment))
    counters = map_sums.read_counters(tx, scope)
    thresholds = Thresholds.of_journey(journey, minimum)
    least = thresholds.minimum
    current, previous = (
        ReadPeriod(each.scope, _find_figures(tx, each, segment, least))
        for each, segment in (
            (counters, choice.segment),
            (map_sums.read_counters(tx, _find_scope(tx, choice, other)), other.segment),
        )
    )
    builder = MapBuilder(
        journey=journey,
        language=choice.language,
        minimum=minimum,
        as_of=now,
        current=current.figures,
        previous=previous.figures,
        flow=withhold_amounts(tx, scope, choice.segment, read_flow(tx, scope, now, least), least),
        quotes=voices.list_quotes(tx, scope),
        choosers=count_choosers(tx, counters),
        hidden_options=find_hidden_options(tx, counters, choice.segment, least),
        still_open=count_still_open(tx, scope, remind_after, now),
        told_reasons=count_lost_reasons(tx, scope),
        told_measures=count_measures(tx, scope),
        plan_facts=PlanFacts(
            read_channels(tx, counters, choice.segment, current.figures, least, now) if choice.with_channels else None,
            count_removed_visitors(tx, counters),
        ),
    )
    made = builder.build_map(period, other.period, choice.segment, choice.channel)
    return MapReading(choice, made, current, previous)


def _find_scope(tx: Connection, choice: MapChoice, side: MapSide) -> MapScope:
    cohorts = map_sums.find_cohorts(tx, choice.journey, side.segment)
    return MapScope(choice.journey, side.period.first, side.period.last, cohorts, choice.channel)


def read_period(
    tx: Connection, choice: MapChoice, period: Period, minimum: int, measures: Collection[str] | None = None
) -> ReadPeriod:
    """Return the figures of other days, narrowed as a choice is; of some measures, or all."""
    counters = map_sums.read_counters(tx, _find_scope(tx, choice, MapSide(period, choice.segment)), measures)
    return ReadPeriod(counters.scope, _find_figures(tx, counters, choice.segment, minimum))


def _find_figures(tx: Connection, counters: ScopeCounters, segment: Segment | None, minimum: int) -> PeriodFigures:
    hidden = find_hidden(tx, counters, segment, minimum)
    return PeriodFigures(counters.table, read_people(tx, counters), hidden)
