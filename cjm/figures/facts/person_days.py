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


PersonDay = tuple[date, int, str]
"""Person-day of one person: its day, its cohort, and the key that its subject had then.

A plain tuple: an import makes some for each answer, and a named one takes several times as long.
"""

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
        gone, come, stay = old.get(subject, _NO_DAYS), new.get(subject, _NO_DAYS), rest.get(subject, _NO_DAYS)
        _add_subject(moves, journey, subject[1], gone, come, stay)
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
                groups.setdefault(subject, {}).setdefault((day, cohort_id, key), []).append(answer)
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
    same = [_value_day(scale, day, stay) for day, stay in rest.items() if day not in new and day not in old]
    before, after = same.copy(), same
    changed: set[date] = set()
    for day in {**old, **new}:
        gone, come, stay = old.get(day, _NO_ANSWERS), new.get(day, _NO_ANSWERS), rest.get(day, _NO_ANSWERS)
        answers_before, answers_after = stay + gone, stay + come
        if answers_before:
            before.append(_value_day(scale, day, answers_before))
        if answers_after:
            after.append(_value_day(scale, day, answers_after))
        if not gone or not come or sorted(gone) != sorted(come):
            changed.add(day[0])
            moves.counters.extend(reverse_moves(_day_moves(journey.key, scale, day, answers_before)))
            moves.counters.extend(_day_moves(journey.key, scale, day, answers_after))
    if changed and not journey.anonymous:
        moves.gaps.extend(pair_differences(journey.key, scale, before, after, changed))


def _value_day(scale: Scale, day: PersonDay, answers: _DayAnswers) -> PersonDayValue:
    return PersonDayValue(*day, _sum_day(scale, answers).total)


def _day_moves(journey: str, scale: Scale, person_day: PersonDay, answers: _DayAnswers) -> list[Move]:
    """Return the moves of one person-day: under each of its channels, and the correction of several channels."""
    if not answers:
        return []
    day, cohort_id, subject = person_day
    channels, measure = {channel for channel, _ in answers}, scale + PEOPLE
    if len(channels) == 1:
        by_channel = {channels.pop(): _sum_day(scale, answers)}
    else:
        by_channel = _sum_channels(scale, channels, answers)
    return [
        (CounterKey(journey, day, subject, measure, "", cohort_id, channel), sums)
        for channel, sums in by_channel.items()
    ]


def _sum_channels(scale: Scale, channels: Iterable[str], answers: _DayAnswers) -> dict[str, CounterSums]:
    """Return the sums of a person-day under each of its channels, and what makes their sum one person-day, under ""."""
    sums = {one: _sum_day(scale, [answer for answer in answers if answer[0] == one]) for one in channels}
    return sums | {"": sum((-of_channel for of_channel in sums.values()), _sum_day(scale, answers))}


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
