"""Read the figures of a map, and keep what its changes are tested with."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.db.engine.database import Connection
from bot.db.figures import map_sums, voices
from bot.db.figures.choosers import count_choosers
from bot.db.figures.flow_reads import read_flow
from bot.db.figures.lost_reasons import count_lost_reasons
from bot.db.figures.map_sums import MapScope, ScopeCounters
from bot.db.figures.option_parts import find_hidden_options
from bot.db.figures.part_people import find_hidden
from bot.db.figures.people_sums import read_people
from bot.db.figures.still_open import count_still_open
from cjm.figures.journey_map import JourneyMap, Period
from cjm.figures.map_builder import MapBuilder
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.score import Thresholds
from cjm.journeys.journey import Journey, Segment


@dataclass(frozen=True, slots=True)
class MapChoice:
    """Journey and period of a map, and what it is narrowed to."""

    journey: Journey
    period: Period
    segment: Segment | None
    channel: str | None
    language: str

    @property
    def before(self) -> Period:
        """As many days just before: a longer or shorter period would make counts look like a change."""
        first = self.period.first
        return Period(first - timedelta(days=self.period.days), first - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class ReadPeriod:
    """Figures of a period, with the part of the journey that they are about."""

    scope: MapScope
    figures: PeriodFigures


@dataclass(frozen=True, slots=True)
class MapReading:
    """Map without marks of change and notes, and the figures that it was made of: the period and the one before."""

    journey: Journey
    map: JourneyMap
    current: ReadPeriod
    previous: ReadPeriod


def read_map(tx: Connection, choice: MapChoice, minimum: int, now: datetime, remind_after: timedelta) -> MapReading:
    """Return the map of a choice, without marks and notes, and the figures that its changes are tested with."""
    journey, period, before = choice.journey, choice.period, choice.before
    cohorts = map_sums.find_cohorts(tx, journey, choice.segment)
    scope = MapScope(journey, period.first, period.last, cohorts, choice.channel)
    counters = map_sums.read_counters(tx, scope)
    thresholds = Thresholds.of_journey(journey, minimum)
    current, previous = (
        ReadPeriod(each.scope, _find_figures(tx, each, choice.segment, thresholds.minimum))
        for each in (counters, map_sums.read_counters(tx, replace(scope, first=before.first, last=before.last)))
    )
    builder = MapBuilder(
        journey=journey,
        language=choice.language,
        minimum=minimum,
        as_of=now,
        current=current.figures,
        previous=previous.figures,
        flow=read_flow(tx, scope, now, thresholds.minimum),
        quotes=voices.list_quotes(tx, scope),
        choosers=count_choosers(tx, counters),
        hidden_options=find_hidden_options(tx, scope, choice.segment, thresholds.minimum),
        still_open=count_still_open(tx, scope, remind_after, now),
        told_reasons=count_lost_reasons(tx, scope),
    )
    made = builder.build_map(period, before, choice.segment, choice.channel)
    return MapReading(journey, made, current, previous)


def read_period(tx: Connection, scope: MapScope) -> ReadPeriod:
    """Return the counters of everyone and the people behind them."""
    counters = map_sums.read_counters(tx, scope)
    return ReadPeriod(scope, PeriodFigures(counters.table, read_people(tx, counters)))


def _find_figures(tx: Connection, counters: ScopeCounters, segment: Segment | None, minimum: int) -> PeriodFigures:
    hidden = find_hidden(tx, counters, segment, minimum)
    return PeriodFigures(counters.table, read_people(tx, counters), hidden)
