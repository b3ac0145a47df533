"""Person-days: what one person's answers of a day at one subject move, and how they pair with their other days.

Invariants:

* A person-day is one person, one day, one subject, one scale and one cohort. An answer belongs to the person-day of
  its stage and, unless it is about the stage itself, to that of its touchpoint. Where the part of the day of its visit
  is known, it belongs to the person-day of that part as well, never in an anonymous journey.
* Subjects are stored under the key that they had then. Days under a former key of a subject pair with its days of now.
* Moves are the difference of before and after. So it is the same whether answers are new, late, changed or gone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cjm.figures.day.day_places import part_place
from cjm.figures.day.parts import PartOfDay
from cjm.figures.gaps import GapMove, PersonDayValue, pair_moves
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
    part: PartOfDay | None = None


class PersonDay(NamedTuple):
    """Person-day of one person on one scale, under the key that its subject had then."""

    day: date
    cohort_id: int
    subject: str


_Subject = tuple[str, Scale]  # present key and scale: the person-days of one subject pair with each other
_DayAnswers = list[tuple[str, int]]  # channel and raw value of each answer
_Days = dict[PersonDay, _DayAnswers]
_NO_DAYS: _Days = {}
_NO_ANSWERS: _DayAnswers = []
_MOST_REMEMBERED = 10_000  # sets of arguments: an import asks for the same few places and sums again and again


def person_day_moves(
    journey: Journey,
    before: Iterable[ScaleAnswer],
    after: Iterable[ScaleAnswer],
    others: Iterable[ScaleAnswer] = (),
) -> FactMoves:
    """Return how counters of person-days and gap counters move when ``after`` stands instead of ``before``.

    All are answers of ONE person. ``others`` stand before and after: those of the same days, and those of days up to
    365 days away.
    """
    old, new = _group_by_subject(journey, before), _group_by_subject(journey, after)
    subjects = old.keys() | new.keys()
    rest = _group_by_subject(journey, others, subjects) if subjects else {}
    moves = FactMoves([], [])
    for subject in subjects:
        days = (those.get(subject, _NO_DAYS) for those in (old, new, rest))
        _add_subject(moves, journey, subject[1], *days)
    return moves


def _group_by_subject(
    journey: Journey, answers: Iterable[ScaleAnswer], wanted: Collection[_Subject] | None = None
) -> dict[_Subject, _Days]:
    """Return the person-days of these answers by subject: all, or those of wanted subjects."""
    groups: dict[_Subject, _Days] = {}
    current = journey.current_keys
    for subject_then, stage, scale, day, cohort_id, channel, value, part in answers:
        answer = (channel, value)
        for key in _list_places(subject_then, stage, part):
            subject = current.get(key, key), scale
            if wanted is None or subject in wanted:
                groups.setdefault(subject, {}).setdefault(PersonDay(day, cohort_id, key), []).append(answer)
    return groups


@lru_cache(_MOST_REMEMBERED)
def _list_places(subject: str, stage: str, part: PartOfDay | None) -> tuple[str, ...]:
    """Return the names under which an answer counts: its stage, its touchpoint, and the part of the day of its visit.

    An answer that was asked for anonymously has no part: it would tell the hour, where only the day may be known.
    """
    places = (stage,) if stage == subject else (stage, subject)
    return places if part is None else (*places, part_place(part))


def _add_subject(
    moves: FactMoves,
    journey: Journey,
    scale: Scale,
    old: Mapping[PersonDay, _DayAnswers],
    new: Mapping[PersonDay, _DayAnswers],
    rest: Mapping[PersonDay, _DayAnswers],
) -> None:
    """Add the moves of one subject, where the days ``new`` stand instead of ``old``, besides ``rest``."""
    changed = [day for day in old.keys() | new.keys() if sorted(old.get(day, ())) != sorted(new.get(day, ()))]
    if not changed:
        return
    before, after = (_join_answers(changed, days, rest) for days in (old, new))
    for day in changed:
        if day in before:
            moves.counters.extend(reverse_moves(_day_moves(journey.key, scale, day, before[day])))
        if day in after:
            moves.counters.extend(_day_moves(journey.key, scale, day, after[day]))
    if journey.anonymous:
        return
    same = _list_values(scale, _join_answers((old.keys() | rest.keys()).difference(changed), old, rest))
    if len(same) + len(changed) > 1:
        before_values, after_values = (same + _list_values(scale, days) for days in (before, after))
        days_changed = {day.day for day in changed}
        moves.gaps.extend(pair_differences(journey.key, scale, before_values, after_values, days_changed))


def _join_answers(
    wanted: Iterable[PersonDay], days: Mapping[PersonDay, _DayAnswers], rest: Mapping[PersonDay, _DayAnswers]
) -> _Days:
    """Return the answers of those of these days that have any, in ``days`` or in ``rest``."""
    joined = ((day, rest.get(day, _NO_ANSWERS) + days.get(day, _NO_ANSWERS)) for day in wanted)
    return {day: answers for day, answers in joined if answers}


def _list_values(scale: Scale, days: Mapping[PersonDay, _DayAnswers]) -> list[PersonDayValue]:
    return [PersonDayValue(*day, _sum_day(scale, answers).total) for day, answers in days.items()]


def _day_moves(journey: str, scale: Scale, day: PersonDay, answers: _DayAnswers) -> Iterable[Move]:
    """Return the moves of one person-day: under each of its channels, and the correction of several channels."""
    sums = _sum_day(scale, answers)
    channels = {channel for channel, _ in answers} if len(answers) > 1 else {answers[0][0]}
    if len(channels) == 1:
        by_channel = {channels.pop(): sums}
    else:
        by_channel = {one: _sum_day(scale, [answer for answer in answers if answer[0] == one]) for one in channels}
        by_channel[""] = sum((-of_channel for of_channel in by_channel.values()), sums)
    measure = scale + PEOPLE
    return [
        (CounterKey(journey, day.day, day.subject, measure, "", day.cohort_id, channel), of_channel)
        for channel, of_channel in by_channel.items()
    ]


def _sum_day(scale: Scale, answers: _DayAnswers) -> CounterSums:
    return _sum_values(scale, tuple([value for _, value in answers]))


@lru_cache(_MOST_REMEMBERED)
def _sum_values(scale: Scale, values: tuple[int, ...]) -> CounterSums:
    n, us = len(values), [contribution(scale, value) for value in values]
    # Contributions are whole numbers, so their sum depends on no rounding and no order.
    x, raw = sum(us) / n, sum(values) / n
    return CounterSums(1, x, x * x, raw, sum(u * u for u in us) / n)


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
    return [*reverse_moves(gone), *come]
