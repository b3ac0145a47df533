"""Find when a new version of a journey changed what the figures of a map, or of two sides, mean.

A version is applied as a file, and the file says which words stand in it: whether they mean the same to customers is
not known. So a break says no more than what happened: on this day a question about this stage got other words, ends or
another moment, a touchpoint came to another stage, or customers were counted by other attributes.

* Only versions that were in force on a day of a side count: what was tried and taken back between them changed nothing.
* A place that nobody was asked about before has no figures that could mean something else.
* Touchpoints that were added or removed are no break: figures of both sides are made by the present journey. Answers
  about one that was moved come along, too; visits from before stay at the stage at which they were made, and with them
  its customers and walks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from cjm.figures.journey_map import Period
from cjm.figures.map_parts.contrast import MeaningBreak
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Question, Survey
from cjm.scales import Scale

Meaning = frozenset[str]
"""What is asked about a place on a scale, as comparable texts."""


@dataclass(frozen=True, slots=True)
class DatedVersion:
    """Version of a journey with the first day on which it was in force, in the journey's zone."""

    day: date
    journey: Journey


def choose_versions(days: Sequence[date], sides: Iterable[Period]) -> list[int]:
    """Return the places of the versions that were in force on a day of a side; ``days`` are their first ones.

    What lies before the first version was imported later: it belongs to that one.
    """
    chosen = set()
    for side in sides:
        first = max((i for i, day in enumerate(days) if day <= side.first), default=0)
        chosen |= {i for i, day in enumerate(days) if i == first or side.first < day <= side.last}
    return sorted(chosen)


def find_breaks(
    versions: Sequence[DatedVersion], present: Journey, scale: Scale, *, is_narrow: bool
) -> tuple[MeaningBreak, ...]:
    """Return the breaks between versions that follow each other; ``versions`` are the chosen ones, oldest first.

    ``present`` is the journey whose stages and touchpoints the map shows. ``is_narrow`` says that a side is a segment,
    so that the attributes matter that customers are counted by.
    """
    return tuple(_find_breaks(versions, present, scale, is_narrow=is_narrow))


def _find_breaks(
    versions: Sequence[DatedVersion], present: Journey, scale: Scale, *, is_narrow: bool
) -> Iterator[MeaningBreak]:
    for older, newer in pairwise(versions):
        before, after = (_read_meanings(each.journey, present, scale) for each in (older, newer))
        changed = {place for place in before.keys() & after.keys() if before[place] != after[place]}
        stages = tuple(
            stage.key for stage in present.stages if changed & {stage.key, *(point.key for point in stage.touchpoints)}
        )
        regroups = is_narrow and older.journey.attributes != newer.journey.attributes
        moved = tuple(_find_moved(older.journey, newer.journey, present))
        if stages or regroups or moved:
            yield MeaningBreak(newer.day, stages, regroups, moved)


def _find_moved(older: Journey, newer: Journey, present: Journey) -> Iterator[str]:
    """Yield the touchpoints, by their present keys, that two versions have in different stages."""
    before, after = (_find_stages(each, present) for each in (older, newer))
    for stage in present.stages:
        for point in stage.touchpoints:
            if point.key in before and point.key in after and before[point.key] != after[point.key]:
                yield point.key


def _find_stages(journey: Journey, present: Journey) -> Mapping[str, str]:
    """Return the stage of each touchpoint of a version, both by their present keys."""
    return {
        present.current_key(point.key): present.current_key(stage.key)
        for stage in journey.stages
        for point in stage.touchpoints
    }


def _read_meanings(journey: Journey, present: Journey, scale: Scale) -> Mapping[str, Meaning]:
    """Return what is asked about each place, by its present key."""
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    for survey in journey.surveys:
        for question in survey.questions:
            if question.kind.scale is scale:
                place = present.current_key(journey.current_key(question.about or survey.on.subject))
                meanings[place].add(_describe_question(survey, question))
    return {place: frozenset(each) for place, each in meanings.items()}


def _describe_question(survey: Survey, question: Question) -> str:
    """Return what decides how a question is understood: its words, the ends of its scale, and when it is asked."""
    parts = question.model_dump_json(include={"text", "low", "high", "recalled", "not_applicable"})
    return f"{survey.on.kind} {parts}"
