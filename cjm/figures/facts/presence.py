"""Presence: on which days a person was with us, at a stage and in the whole journey.

Invariants:

* A person is present at a stage on a day with a visit to it or to one of its touchpoints. They are present in the
  journey on a day with any visit, or with an answer that belongs to no visit: an imported one.
* Several signs of one person, day, subject and cohort are one person-day. It counts under each of its channels, and
  under "" as much less as makes the sum over all channels one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Set
from datetime import date
from typing import NamedTuple

from cjm.figures.facts.person_days import pair_differences
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
    days = {sign.day for sign in changed}
    counters = [*reverse_moves(_count_days(journey.key, old, days)), *_count_days(journey.key, new, days)]
    has_pairs = not journey.anonymous and len(old | new) > 1
    return FactMoves(counters, _gap_moves(journey, old, new, changed) if has_pairs else [])


def _count_days(journey: str, signs: Iterable[PresenceSign], days: Collection[date]) -> list[Move]:
    """Return what the person-days of these days count."""
    channels: defaultdict[tuple[date, str, int], set[str]] = defaultdict(set)
    for sign in signs:
        if sign.day in days:
            channels[sign.day, sign.stage, sign.cohort_id].add(sign.channel)
            channels[sign.day, WHOLE_JOURNEY, sign.cohort_id].add(sign.channel)
    moves: list[Move] = []
    for (day, subject, cohort_id), of_day in channels.items():
        counts = dict.fromkeys(of_day, 1)
        if len(of_day) > 1:
            counts[""] = 1 - len(of_day)
        moves += [
            (CounterKey(journey, day, subject, CUSTOMERS, "", cohort_id, channel), CounterSums(n))
            for channel, n in counts.items()
        ]
    return moves


def _gap_moves(
    journey: Journey, old: Set[PresenceSign], new: Set[PresenceSign], changed: Set[PresenceSign]
) -> list[GapMove]:
    moves: list[GapMove] = []
    for subject in {WHOLE_JOURNEY, *(journey.current_key(sign.stage) for sign in changed)}:
        came, come = _list_days(journey, old, subject), _list_days(journey, new, subject)
        days = {day.day for day in came ^ come}
        if days:
            moves += pair_differences(journey.key, CUSTOMERS, list(came), list(come), days)
    return moves


def _list_days(journey: Journey, signs: Iterable[PresenceSign], subject: str) -> set[PersonDayValue]:
    """Return the person-days at one subject, each under the key that it is stored with."""
    if subject == WHOLE_JOURNEY:
        return {PersonDayValue(sign.day, sign.cohort_id, WHOLE_JOURNEY, 1.0) for sign in signs}
    keys = {stage for stage in {sign.stage for sign in signs} if journey.current_key(stage) == subject}
    return {PersonDayValue(sign.day, sign.cohort_id, sign.stage, 1.0) for sign in signs if sign.stage in keys}
