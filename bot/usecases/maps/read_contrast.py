"""Read what a map says of what it compares: the names of both sides, and since when figures may mean something else."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.db.engine.database import Connection
from bot.db.figures.map_parts.first_day import find_first_day
from bot.db.journeys import journeys
from bot.texts import words_in
from bot.usecases.maps.read_map import MapReading, MapSide
from cjm.figures.contrasts.meaning_breaks import DatedVersion, choose_versions, find_breaks
from cjm.figures.contrasts.requested_side import can_share_customers
from cjm.figures.facts.presence import WHOLE_JOURNEY
from cjm.figures.journey_map import Comparison, JourneyMap, MapKind, Period
from cjm.figures.map_parts.contrast import Contrast, MeaningBreak
from cjm.figures.tally import CUSTOMERS
from cjm.journeys.journey import Segment


def make_difference(reading: MapReading, other: MapSide, marked: JourneyMap) -> JourneyMap:
    """Return a marked map as the difference to the other side.

    No stage is called the weakest or the best: a difference map says where the sides differ, and nothing else.
    """
    contrast = _make_contrast(reading, other)
    days = None if contrast.is_of_segments else Comparison(marked.period, other.period)
    # Two segments are asked the same on the same days: a break meets both sides.
    breaks = () if contrast.is_of_segments else marked.breaks
    return replace(
        marked,
        kind=MapKind.DIFFERENCE,
        contrast=contrast,
        breaks=breaks,
        comparison=days,
        weakest=None,
        best=None,
    )


def _make_contrast(reading: MapReading, other: MapSide) -> Contrast:
    choice = reading.choice
    customers = reading.previous.figures.find_people(WHOLE_JOURNEY, CUSTOMERS).clusters
    title, other_title = _name_sides(reading, other)
    is_of_segments = choice.segment is not None and other.segment is not None and choice.segment is not other.segment
    return Contrast(
        title=title,
        other_title=other_title,
        other_customers=round(customers.people),
        other_customers_is=customers.basis,
        other_segment=other.segment.key if is_of_segments and other.segment else None,
        shares_customers=_share_customers(choice.segment, other.segment) if is_of_segments else False,
    )


def _share_customers(segment: Segment | None, other: Segment | None) -> bool:
    return segment is not None and other is not None and can_share_customers(segment, other)


def _name_sides(reading: MapReading, other: MapSide) -> tuple[str, str]:
    """Return the names of both sides: the titles of two segments, else the days."""
    made, words = reading.map, words_in(reading.map.language)
    if other.segment is not None and other.segment is not reading.choice.segment:
        return made.segment_title or "", other.segment.title.in_language(made.language)
    # Years stand on both sides or on none: "1–28 Nov" beside "2–29 Nov 2025" would leave a question.
    years = {day.year for each in (made.period, other.period) for day in (each.first, each.last)}
    now = made.as_of.date() if years == {made.as_of.year} else date.min
    title, other_title = (words.days(each.first, each.last, now=now) for each in (made.period, other.period))
    return title, other_title


def read_breaks(tx: Connection, reading: MapReading, periods: Sequence[Period]) -> tuple[MeaningBreak, ...]:
    """Return the breaks of meaning within and between periods; versions are read only where several were in force.

    What was changed before anything was counted is no break: there is no figure that could mean something else.
    """
    journey = reading.journey
    dates = journeys.list_version_times(tx, journey.key)
    days = [moment.astimezone(journey.zone).date() for moment in dates.values()]
    numbers = list(dates)
    chosen = choose_versions(days, periods)
    if len(chosen) < 2:
        return ()
    versions = [
        DatedVersion(days[i], found)
        for i in chosen
        if (found := journeys.find_version(tx, journey.key, numbers[i])) is not None
    ]
    breaks = find_breaks(versions, journey, reading.map.scale, is_narrow=reading.choice.segment is not None)
    first_day = find_first_day(tx, journey.key) if breaks else None
    return tuple(each for each in breaks if first_day is not None and first_day < each.day)
