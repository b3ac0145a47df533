"""Returns of a forgotten person: which of their settled person-days and choices are not their first.

Their rows are gone, so nothing else tells that these are of one person: forgetting somebody who was the only one to
answer, on many days, must not look as if many had answered.

* A return counts under the same day, subject, cohort and channel as what it is about. It holds no score.
* Of a window that begins after the first one, a person is missing: people are then counted too few, never too many.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from cjm.figures.tally import CHOICE, PEOPLE, RETURNED, CounterKey, CounterSums, Move
from cjm.journeys.journey import Journey


class _Repeated(NamedTuple):
    """Act that somebody may repeat: answering about a place on a scale, or choosing an option at a stage."""

    place: str
    measure: str
    bucket: str


def list_returns(journey: Journey, moves: Iterable[Move]) -> list[Move]:
    """Return the returns in the moves of ONE person."""
    repeated: defaultdict[_Repeated, list[Move]] = defaultdict(list)
    for counter, sums in moves:
        if counter.measure.endswith(PEOPLE):
            place = journey.current_key(counter.subject)
            repeated[_Repeated(place, counter.measure.removesuffix(PEOPLE), "")].append((counter, sums))
        elif counter.measure.startswith(CHOICE) and (found := journey.find_place(counter.subject)) is not None:
            repeated[_Repeated(found.stage.key, counter.measure, counter.bucket)].append((counter, sums))
    return [
        (counter._replace(measure=RETURNED + what.measure), CounterSums(n))
        for what, of_what in repeated.items()
        for counter, n in _without_first(of_what, is_choice=what.measure.startswith(CHOICE))
        if n
    ]


def _without_first(moves: list[Move], *, is_choice: bool) -> list[tuple[CounterKey, int]]:
    """Return how often each counter counts again: all of a first person-day is left out, or one choice."""
    first = min((counter for counter, _ in moves), key=_order)
    if is_choice:
        return [(counter, sums.n - (counter == first)) for counter, sums in moves]
    return [(counter, sums.n) for counter, sums in moves if _order(counter)[:3] != _order(first)[:3]]


def _order(counter: CounterKey) -> tuple[str, str, int, str]:
    return counter.day.isoformat(), counter.subject, counter.cohort_id, counter.channel
