"""Read the parts of the day of a map: scores by part, diaries, and the hours at which people answer."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.db.diary.entries import list_diary_entries
from bot.db.engine.database import Connection
from bot.db.figures.asking.asking_sums import read_asking
from bot.db.figures.day.part_facts import read_part_facts
from bot.db.figures.map_sums import MapScope
from bot.db.journeys import cohorts
from bot.usecases.maps.read_map import MapReading
from cjm.figures.day.diary_people import find_withheld_parts
from cjm.figures.day.part_scores import score_parts
from cjm.figures.day.parts import PartOfDay
from cjm.figures.findings.make_day import DayFacts, make_day
from cjm.figures.journey_map import JourneyMap
from cjm.figures.score import Thresholds


def add_day(
    tx: Connection, reading: MapReading, marked: JourneyMap, minimum: int, remind_after: timedelta, now: datetime
) -> JourneyMap:
    """Return the map with its day in the life; it is about all channels."""
    journey, scope, segment = reading.journey, reading.current.scope, reading.choice.segment
    thresholds = Thresholds.of_journey(journey, minimum)
    scores = score_parts(read_part_facts(tx, scope), segment.key if segment else None, scope.cohorts, thresholds)
    facts = DayFacts(
        counts=reading.current.figures.counts,
        scores=scores,
        entries=list_diary_entries(tx, scope),
        withheld=_find_withheld(tx, scope, segment.key, thresholds.minimum) if segment else frozenset(),
        hours=read_asking(tx, scope, remind_after, now).hours,
    )
    return replace(marked, day=make_day(journey, marked.language, facts, thresholds.minimum))


def _find_withheld(tx: Connection, scope: MapScope, segment: str, minimum: int) -> frozenset[PartOfDay]:
    """Return the parts of the day whose diaries tell too much of a segment, beside those of everyone."""
    everyone = list_diary_entries(tx, replace(scope, cohorts=None))
    return find_withheld_parts(everyone, cohorts.list_segments(tx, scope.journey), segment, minimum)
