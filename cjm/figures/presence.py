"""Presence: on which days a person was with us, at a stage and in the whole journey.

Invariants:

* A person is present at a stage on a day with a visit to it or to one of its touchpoints. They are present in the
  journey on a day with any visit, or with an answer that belongs to no visit: an imported one.
* Several signs of one person, day, subject and cohort are one person-day. It counts under each of its channels, and
  under "" as much less as makes the sum over all channels one.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from cjm.figures.gaps import GapMove, PersonDayValue
from cjm.figures.person_days import pair_differences
from cjm.figures.tally import CUSTOMERS, CounterKey, CounterSums, FactMoves, Move, reverse_moves
from cjm.journeys.journey import Journey

WHOLE_JOURNEY = ""
"""Subject of presence in the whole journey."""


class PresenceSign(NamedTuple):
    """Visit, or answer without a visit, of one person; ``stage`` is "" for such an answer."""

    day: date
    stage: str
    cohort_id: int
    channel: str


class _PresenceDay(NamedTuple):
    """Person-day of presence of one person."""

    subject: str
    day: date
    cohort_id: int


_DayChannels = dict[_PresenceDay, set[str]]


def presence_moves(journey: Journey, before: Iterable[PresenceSign], after: Iterable[PresenceSign]) -> FactMoves:
    """Return how the counters of presence move when the signs ``after`` stand instead of those ``before``.

    Both are all signs of ONE person on the days that change; days up to 365 days away must be in both.
    """
    old, new = _group_by_day(before), _group_by_day(after)
    changed = [day for day in old.keys() | new.keys() if old.get(day) != new.get(day)]
    counters = [
        *reverse_moves(move for day in changed if day in old for move in _day_moves(journey.key, day, old[day])),
        *(move for day in changed if day in new for move in _day_moves(journey.key, day, new[day])),
    ]
    return FactMoves(counters, [] if journey.anonymous else _gap_moves(journey, old, new, changed))


def _group_by_day(signs: Iterable[PresenceSign]) -> _DayChannels:
    days: _DayChannels = defaultdict(set)
    for sign in signs:
        for subject in {sign.stage, WHOLE_JOURNEY}:
            days[_PresenceDay(subject, sign.day, sign.cohort_id)].add(sign.channel)
    return days


def _day_moves(journey: str, day: _PresenceDay, channels: set[str]) -> list[Move]:
    counts = dict.fromkeys(channels, 1)
    if len(channels) > 1:
        counts[""] = 1 - len(channels)
    return [
        (CounterKey(journey, day.day, day.subject, CUSTOMERS, "", day.cohort_id, channel), CounterSums(n))
        for channel, n in counts.items()
    ]


def _gap_moves(
    journey: Journey, old: _DayChannels, new: _DayChannels, changed: Iterable[_PresenceDay]
) -> list[GapMove]:
    days_changed: defaultdict[str, set[date]] = defaultdict(set)
    for key in changed:
        days_changed[journey.current_key(key.subject)].add(key.day)
    before, after = _group_by_subject(journey, old), _group_by_subject(journey, new)
    moves: list[GapMove] = []
    for subject, days in days_changed.items():
        moves += pair_differences(journey.key, CUSTOMERS, before.get(subject, []), after.get(subject, []), days)
    return moves


def _group_by_subject(journey: Journey, days: _DayChannels) -> dict[str, list[PersonDayValue]]:
    groups: defaultdict[str, list[PersonDayValue]] = defaultdict(list)
    for key in days:
        groups[journey.current_key(key.subject)].append(PersonDayValue(key.day, key.cohort_id, key.subject, 1.0))
    return groups
