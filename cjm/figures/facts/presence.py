"""Presence: on which days a person was with us, at a stage and in the whole journey.

Invariants:

* A person is present at a stage on a day with a visit to it or to one of its touchpoints. They are present in the
  journey on a day with any visit, or with an answer that belongs to no visit: an imported one.
* Several signs of one person, day, subject and cohort are one person-day. It counts under each of its channels, and
  under "" as much less as makes the sum over all channels one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Set
from datetime import date
from typing import NamedTuple

from cjm.figures.facts.person_days import PersonDay, pair_differences
from cjm.figures.gaps import GapMove, PersonDayValue
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


def presence_moves(journey: Journey, before: Iterable[PresenceSign], after: Iterable[PresenceSign]) -> FactMoves:
    """Return how the counters of presence move when the signs ``after`` stand instead of those ``before``.

    Both are all signs of ONE person on the days that change; days up to 365 days away must be in both.
    """
    old, new = set(before), set(after)
    changed = old ^ new
    if not changed:
        return FactMoves([], [])
    counters = _counter_moves(journey.key, old, new, changed)
    has_pairs = not journey.anonymous and len(old | new) > 1
    return FactMoves(counters, _gap_moves(journey, old, new, changed) if has_pairs else [])


def _counter_moves(
    journey: str, old: Iterable[PresenceSign], new: Iterable[PresenceSign], changed: Iterable[PresenceSign]
) -> list[Move]:
    """Return the moves of the person-days whose channels change; a second visit of a day seldom changes any."""
    touched = {day for sign in changed for day in _list_person_days(sign)}
    days = {sign.day for sign in changed}  # of a person's many days few change
    before, after = (_find_channels((sign for sign in signs if sign.day in days), touched) for signs in (old, new))
    moves: list[Move] = []
    for day in touched:
        if before.get(day) != after.get(day):
            moves += reverse_moves(_count_channels(journey, day, before.get(day, ())))
            moves += _count_channels(journey, day, after.get(day, ()))
    return moves


def _list_person_days(sign: PresenceSign) -> Collection[PersonDay]:
    """Return the person-days that a sign shows: of its stage, if it has one, and of the whole journey."""
    of_journey = (sign.day, sign.cohort_id, WHOLE_JOURNEY)
    return ((sign.day, sign.cohort_id, sign.stage), of_journey) if sign.stage else (of_journey,)


def _find_channels(signs: Iterable[PresenceSign], touched: Collection[PersonDay]) -> Mapping[PersonDay, set[str]]:
    channels: defaultdict[PersonDay, set[str]] = defaultdict(set)
    for sign in signs:
        for day in _list_person_days(sign):
            if day in touched:
                channels[day].add(sign.channel)
    return channels


def _count_channels(journey: str, person_day: PersonDay, channels: Collection[str]) -> list[Move]:
    """Return what a person-day with these channels counts."""
    day, cohort_id, subject = person_day
    counts = dict.fromkeys(channels, 1)
    if len(channels) > 1:
        counts[""] = 1 - len(channels)
    return [
        (CounterKey(journey, day, subject, CUSTOMERS, "", cohort_id, channel), CounterSums(n))
        for channel, n in counts.items()
    ]


def _gap_moves(
    journey: Journey, old: Set[PresenceSign], new: Set[PresenceSign], changed: Set[PresenceSign]
) -> list[GapMove]:
    current = journey.current_keys
    moves: list[GapMove] = []
    for subject in {WHOLE_JOURNEY, *(current.get(sign.stage, sign.stage) for sign in changed)}:
        days_before, days_after = (_list_days(current, signs, subject) for signs in (old, new))
        changed_days = {day for day, _, _ in days_before ^ days_after}
        # The only day of a person has no other one to pair with.
        if changed_days and max(len(days_before), len(days_after)) > 1:
            before, after = ([PersonDayValue(*day, 1.0) for day in days] for days in (days_before, days_after))
            moves += pair_differences(journey.key, CUSTOMERS, before, after, changed_days)
    return moves


def _list_days(current: Mapping[str, str], signs: Iterable[PresenceSign], subject: str) -> set[PersonDay]:
    """Return the person-days at one subject, each with the key that it is stored with."""
    if subject == WHOLE_JOURNEY:
        return {(sign.day, sign.cohort_id, WHOLE_JOURNEY) for sign in signs}
    return {(sign.day, sign.cohort_id, sign.stage) for sign in signs if current.get(sign.stage, sign.stage) == subject}
