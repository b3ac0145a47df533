"""Answers of two periods side by side, subject by subject: what the tests of change compare.

* The same answers are compared once: a stage whose answers on a scale are all about one touchpoint is compared by that
  touchpoint in a digest, and by itself on a map.
* Answers are alike when they are about one place and came with the same class of delay.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from cjm.figures.findings.change import Stratum
from cjm.figures.people import PeopleSums
from cjm.figures.period_figures import PeriodFigures
from cjm.figures.tally import split_value_bucket
from cjm.journeys.journey import Journey, Stage
from cjm.scales import Scale

Sides = tuple[PeriodFigures, PeriodFigures]
"""Figures of both periods of a comparison: now, before."""


class StratumKey(NamedTuple):
    """Answers that are alike: about one place (a touchpoint, or the stage itself), in one class of delay."""

    place: str
    delay: int


@dataclass(frozen=True, slots=True)
class SubjectComparison:
    """Answers about a stage or a touchpoint on one scale in two periods, and the people behind them: now, before.

    ``place_titles`` name the places of the strata, in the language of ``title``.
    """

    stage: str  # key of the stage
    subject: str  # the same key, or that of a touchpoint
    title: str
    scale: Scale
    strata: Mapping[StratumKey, Stratum]
    people: tuple[PeopleSums, PeopleSums]
    place_titles: Mapping[str, str]

    @property
    def is_stage(self) -> bool:
        """True for a whole stage."""
        return self.subject == self.stage

    @property
    def answers(self) -> tuple[int, int]:
        """Numbers of answers: now, before."""
        now, before = (sum(sum(stratum[side].values()) for stratum in self.strata.values()) for side in (0, 1))
        return now, before

    @property
    def fewest_people(self) -> int:
        """Number of people that both sides certainly have."""
        return min(side.clusters.at_least for side in self.people)


def list_comparisons(journey: Journey, language: str, sides: Sides) -> Iterator[SubjectComparison]:
    """Yield all stages and touchpoints on all scales, for a digest."""
    for stage in journey.stages:
        for scale in Scale:
            whole = _compare_stage(stage, scale, language, sides)
            places = dict.fromkeys(key.place for key in whole.strata)
            if len(places) > 1 or stage.key in places:
                yield whole
            yield from (_narrow_to_touchpoint(whole, place, sides) for place in places if place != stage.key)


def list_stage_comparisons(journey: Journey, language: str, sides: Sides) -> Iterator[SubjectComparison]:
    """Yield the headline figure of every stage, for a map."""
    for stage in journey.stages:
        yield _compare_stage(stage, journey.scale, language, sides)


def compare_place(
    journey: Journey, language: str, subject: str, sides: Sides, minimum: int
) -> SubjectComparison | None:
    """Return the headline figure of one stage or touchpoint; None for a place that the journey does not have.

    Touchpoints whose figure is withheld on a side are left out of a stage's.
    """
    place = journey.find_place(subject)
    if place is None:
        return None
    whole = leave_out_withheld(_compare_stage(place.stage, journey.scale, language, sides), sides, minimum)
    return whole if place.touchpoint is None else _narrow_to_touchpoint(whole, place.touchpoint.key, sides)


def leave_out_withheld(comparison: SubjectComparison, sides: Sides, minimum: int) -> SubjectComparison:
    """Return a stage's comparison without the touchpoints whose figure is withheld on a side that answered there.

    Both figures of the stage stay as they are: only the difference within places is of fewer places.
    """

    def is_withheld(place: str) -> bool:
        return place != comparison.subject and any(
            _is_withheld(side, place, comparison.scale, minimum) for side in sides
        )

    withheld = {place for place in {key.place for key in comparison.strata} if is_withheld(place)}
    strata = {key: stratum for key, stratum in comparison.strata.items() if key.place not in withheld}
    return replace(comparison, strata=strata) if withheld else comparison


def _is_withheld(side: PeriodFigures, place: str, scale: Scale, minimum: int) -> bool:
    people = side.find_people(place, scale)
    is_few = people.sums.n > 0 and people.clusters.at_least < minimum
    return is_few or (place, scale) in side.hidden


def _compare_stage(stage: Stage, scale: Scale, language: str, sides: Sides) -> SubjectComparison:
    titles = {stage.key: stage.title, **{point.key: point.title for point in stage.touchpoints}}
    return SubjectComparison(
        stage.key,
        stage.key,
        stage.title.in_language(language),
        scale,
        dict(_list_strata(titles, scale, sides)),
        _find_people(stage.key, scale, sides),
        {key: title.in_language(language) for key, title in titles.items()},
    )


def _narrow_to_touchpoint(whole: SubjectComparison, point: str, sides: Sides) -> SubjectComparison:
    strata = {key: stratum for key, stratum in whole.strata.items() if key.place == point}
    people, title = _find_people(point, whole.scale, sides), whole.place_titles[point]
    return SubjectComparison(whole.stage, point, title, whole.scale, strata, people, {point: title})


def _find_people(subject: str, scale: Scale, sides: Sides) -> tuple[PeopleSums, PeopleSums]:
    now, before = (side.find_people(subject, scale) for side in sides)
    return now, before


def _list_strata(places: Iterable[str], scale: Scale, sides: Sides) -> Iterator[tuple[StratumKey, Stratum]]:
    for place in places:
        by_delay: defaultdict[int, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
        for index, side in enumerate(sides):
            for bucket, sums in side.counts.get((place, scale), {}).items():
                value, delay = split_value_bucket(bucket)
                if sums.n > 0:
                    by_delay[delay][index][value] += sums.n
        yield from ((StratumKey(place, delay), by_delay[delay]) for delay in sorted(by_delay))
