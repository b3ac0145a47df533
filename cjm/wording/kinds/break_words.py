"""Words for the days since which figures of a map may not mean the same, as a new version came into force."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.contrast import MeaningBreak
from cjm.wording.words import FigureWords

MOST_BREAKS = 2
"""Breaks that are told one by one; more become one sentence of each sort, from the first day on."""


def break_texts(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield a sentence for each thing that has another meaning since a day: questions, touchpoints, customers."""
    stages = {stage.key: stage.title for stage in journey_map.stages}
    points = {point.key: point.title for stage in journey_map.stages for point in stage.touchpoints}
    # A reader of a difference sees two sides, a reader of another map one row of days.
    asked = "map.break.asked" if journey_map.contrast is None else "map.contrast.break"
    for each in _gather(journey_map.breaks):
        day = _day_text(each.day, journey_map, words)
        if each.stages:
            yield words(asked, day=day, stages=_list_titles(each.stages, stages))
        if each.moved:
            yield words("map.break.moved", day=day, touchpoints=_list_titles(each.moved, points))
        if each.regroups:
            yield words("map.break.regroups", day=day)


def _gather(breaks: Sequence[MeaningBreak]) -> Iterator[MeaningBreak]:
    """Yield the breaks, or of more than a few one of each sort: since its first day something is asked otherwise."""
    if len(breaks) <= MOST_BREAKS:
        yield from breaks
        return
    asked, moved, regrouped = (
        [each for each in breaks if getattr(each, sort)] for sort in ("stages", "moved", "regroups")
    )
    if asked:
        yield MeaningBreak(asked[0].day, _unite(each.stages for each in asked))
    if moved:
        yield MeaningBreak(moved[0].day, (), moved=_unite(each.moved for each in moved))
    if regrouped:
        yield MeaningBreak(regrouped[0].day, (), regroups=True)


def _unite(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return every key once, in the order in which they come."""
    return tuple(dict.fromkeys(key for keys in lists for key in keys))


def _day_text(day: date, journey_map: JourneyMap, words: FigureWords) -> str:
    return words.days(day, day, now=journey_map.as_of.date()).replace(" ", "\u00a0")


def _list_titles(keys: Iterable[str], titles: dict[str, str]) -> str:
    return ", ".join(titles.get(key, key) for key in keys)
