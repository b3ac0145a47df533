"""Person-days: what one person's answers of a day at one subject move, and how they pair with their other days.

Invariants:

* A person-day is one person, one day, one subject, one scale and one cohort. An answer belongs to the person-day of
  its stage and, unless it is about the stage itself, to that of its touchpoint.
* Subjects are stored under the key that they had then. Days under a former key of a subject pair with its days of now.
* Moves are the difference of before and after. So it is the same whether answers are new, late, changed or gone.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from statistics import fmean
from typing import NamedTuple

from cjm.figures.gaps import GapMove, PersonDayValue, pair_moves, reverse_gap_moves
from cjm.figures.tally import PEOPLE, CounterKey, CounterSums, FactMoves, Move, reverse_moves
from cjm.journeys.journey import Journey
from cjm.scales import Scale, contribution


class ScaleAnswer(NamedTuple):
    """One person's answer on a scale, with all that it counts under."""

    subject: str
    stage: str
    scale: Scale
    day: date
    cohort_id: int
    channel: str
    value: int


class PersonDay(NamedTuple):
    """Person-day of one person."""

    subject: str
    scale: Scale
    day: date
    cohort_id: int


_DayValues = dict[PersonDay, list[tuple[str, int]]]  # channel and raw value of each answer


def person_day_moves(journey: Journey, before: Iterable[ScaleAnswer], after: Iterable[ScaleAnswer]) -> FactMoves:
    """Return how counters of person-days and gap counters move when ``after`` stands instead of ``before``.

    Both are all answers of ONE person on the days that change; days up to 365 days away must be in both.
    """
    old, new = _group_by_day(before), _group_by_day(after)
    changed = [key for key in old.keys() | new.keys() if not _is_same(old.get(key), new.get(key))]
    counters = [
        *reverse_moves(move for key in changed if key in old for move in _day_moves(journey.key, key, old[key])),
        *(move for key in changed if key in new for move in _day_moves(journey.key, key, new[key])),
    ]
    return FactMoves(counters, [] if journey.anonymous else _gap_moves(journey, old, new, changed))


def _group_by_day(answers: Iterable[ScaleAnswer]) -> _DayValues:
    days: _DayValues = defaultdict(list)
    for a in answers:
        for subject in {a.stage, a.subject}:
            days[PersonDay(subject, a.scale, a.day, a.cohort_id)].append((a.channel, a.value))
    return days


def _is_same(before: list[tuple[str, int]] | None, after: list[tuple[str, int]] | None) -> bool:
    return before is not None and after is not None and Counter(before) == Counter(after)


def _day_moves(journey: str, key: PersonDay, answers: Sequence[tuple[str, int]]) -> list[Move]:
    """Return the moves of one person-day: under each of its channels, and the correction of several channels."""
    by_channel: defaultdict[str, list[int]] = defaultdict(list)
    for channel, value in answers:
        by_channel[channel].append(value)
    sums = {channel: _sum_day(key.scale, values) for channel, values in by_channel.items()}
    if len(sums) > 1:
        over_all = _sum_day(key.scale, [value for _, value in answers])
        sums[""] = sum((-of_channel for of_channel in sums.values()), over_all)
    return [
        (CounterKey(journey, key.day, key.subject, key.scale + PEOPLE, "", key.cohort_id, channel), of_channel)
        for channel, of_channel in sums.items()
    ]


def _sum_day(scale: Scale, values: Sequence[int]) -> CounterSums:
    if len(values) == 1:  # most person-days
        u = contribution(scale, values[0])
        return CounterSums(1, u, u * u, values[0], u * u)
    contributions = [contribution(scale, value) for value in values]
    x = fmean(contributions)
    return CounterSums(1, x, x * x, fmean(values), fmean(u * u for u in contributions))


def _gap_moves(journey: Journey, old: _DayValues, new: _DayValues, changed: Iterable[PersonDay]) -> list[GapMove]:
    days_changed: defaultdict[tuple[str, Scale], set[date]] = defaultdict(set)
    for key in changed:
        days_changed[journey.current_key(key.subject), key.scale].add(key.day)
    before, after = _group_by_subject(journey, old), _group_by_subject(journey, new)
    moves: list[GapMove] = []
    for (subject, scale), days in days_changed.items():
        there = before.get((subject, scale), []), after.get((subject, scale), [])
        moves += pair_differences(journey.key, scale, *there, days)
    return moves


def _group_by_subject(journey: Journey, days: _DayValues) -> dict[tuple[str, Scale], list[PersonDayValue]]:
    groups: defaultdict[tuple[str, Scale], list[PersonDayValue]] = defaultdict(list)
    for key, answers in days.items():
        x = fmean(contribution(key.scale, value) for _, value in answers)
        groups[journey.current_key(key.subject), key.scale].append(
            PersonDayValue(key.day, key.cohort_id, key.subject, x)
        )
    return groups


def pair_differences(
    journey: str,
    measure: str,
    before: Sequence[PersonDayValue],
    after: Sequence[PersonDayValue],
    changed: Collection[date],
) -> list[GapMove]:
    """Return how one person's pairs at one subject move when the days ``after`` stand instead of those ``before``."""
    gone = pair_moves(journey, measure, before, changed) if len(before) > 1 else []
    come = pair_moves(journey, measure, after, changed) if len(after) > 1 else []
    return [*reverse_gap_moves(gone), *come]
