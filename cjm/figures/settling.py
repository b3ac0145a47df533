"""Settling: the counts of rows that are about to be erased or retired lose their rows and keep their day.

Invariants:

* Over everyone the settled moves add up to the moves, counter by counter of a day, subject, measure and bucket. So no
  figure of everyone moves, in no window.
* A *cell* is a day, subject, cohort and channel. Where fewer people than the minimum answered in a cell of what is
  settled together, its answers go to the journey's unknown cohort, under no channel: otherwise the cohort of a few
  answers would tell who gave them. A segment or channel may lose such answers. It never gains any.
* Visits with their measures, walks, invitations, complaints and customers keep cohort and channel: they tell no answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from cjm.figures.tally import (
    AMOUNT,
    ANSWERED,
    ASKED,
    ASKED_AT,
    COMPLAINTS,
    CUSTOMERS,
    DECLINED,
    ENTERED,
    IGNORED,
    INVITED,
    MEASURE,
    PEOPLE,
    RECALLED,
    RETURNED,
    SINCE_START,
    TOOK,
    VISITS,
    WENT_ON,
    CounterKey,
    Move,
    Tally,
    sum_moves,
)
from cjm.scales import SCALES

_OF_ASKING = {INVITED, ANSWERED, DECLINED, IGNORED, ASKED_AT}  # and all that begin with `ASKED`
_OF_WALKS = {ENTERED, WENT_ON, TOOK, SINCE_START, AMOUNT}
_TELL_NO_ANSWER = {VISITS, CUSTOMERS, COMPLAINTS} | _OF_WALKS | _OF_ASKING  # and all that begin with `MEASURE`
_MOST_WAITING = 10_000  # moves that are held before they are summed: a bound on memory


class _Cell(NamedTuple):
    """Counters of one day, subject, cohort and channel."""

    day: date
    subject: str
    cohort_id: int
    channel: str


def settle_moves(people: Iterable[Iterable[Move]], minimum: int, unknown_cohort: int) -> list[Move]:
    """Return the moves of all these people as settled counts; ``people`` gives the moves of one person at a time.

    The people are read once, and what is kept of them is their sums.
    """
    whole: list[Move] = []
    divided: list[list[Move]] = []
    tally: Tally = {}
    for moves in people:
        single, over_channels = _split_person_days(moves)
        divided += over_channels
        whole += single
        if len(whole) > _MOST_WAITING:
            tally, whole = sum_moves([*tally.items(), *whole]), []
    tally = sum_moves([*tally.items(), *whole])
    small = _find_small_cells([*tally.items(), *(move for moves in divided for move in moves)], minimum)
    settled = [
        (_without_cell(counter, unknown_cohort) if _is_small(counter, small) else counter, sums)
        for counter, sums in tally.items()
    ]
    for moves in divided:
        settled += _settle_person_day(moves, small, unknown_cohort)
    return list(sum_moves((counter._replace(settled=True), sums) for counter, sums in settled).items())


def _split_person_days(moves: Iterable[Move]) -> tuple[list[Move], list[list[Move]]]:
    """Return one person's moves, and apart from them those of person-days over several channels."""
    whole: list[Move] = []
    days: defaultdict[CounterKey, list[Move]] = defaultdict(list)
    for counter, sums in moves:
        if counter.measure.endswith(PEOPLE) or counter.measure.removeprefix(RETURNED) in SCALES:
            days[counter._replace(channel="")].append((counter, sums))
        else:
            whole.append((counter, sums))
    divided = []
    for day_moves in days.values():
        if len(day_moves) == 1:
            whole += day_moves
        else:
            divided.append(day_moves)
    return whole, divided


def _find_small_cells(moves: Iterable[Move], minimum: int) -> set[_Cell]:
    """Return the cells in which fewer people than the minimum answered, by the measure that most of them answered."""
    sizes: defaultdict[_Cell, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for counter, sums in moves:
        # One person may give several values on a scale: their person-day counts instead of them.
        if _tells_answers(counter) and counter.measure.removeprefix(RECALLED) not in SCALES:
            sizes[_cell(counter)][counter.measure] += sums.n
    return {cell for cell, by_measure in sizes.items() if max(by_measure.values()) < minimum}


def _settle_person_day(moves: list[Move], small: set[_Cell], unknown_cohort: int) -> Iterator[Move]:
    """Yield the moves of one person-day over several channels.

    If it loses a channel, its correction goes too, because it corrects by all channels. Of the other channels only one
    keeps the person-day then: under two, without a correction, the segment would count it twice.
    """
    loses_channel = any(_cell(counter) in small for counter, _ in moves if counter.channel)
    is_kept = False
    for counter, sums in sorted(moves, key=lambda move: move[0].channel):
        if not loses_channel:
            yield counter, sums
        elif counter.channel and not is_kept and _cell(counter) not in small:
            is_kept = True
            yield counter, sums
        else:
            yield _without_cell(counter, unknown_cohort), sums


def _is_small(counter: CounterKey, small: set[_Cell]) -> bool:
    return _tells_answers(counter) and _cell(counter) in small


def _tells_answers(counter: CounterKey) -> bool:
    # By what tells no answer: a measure that is added later is taken for one that does.
    return counter.measure not in _TELL_NO_ANSWER and not counter.measure.startswith((ASKED, MEASURE))


def _cell(counter: CounterKey) -> _Cell:
    return _Cell(counter.day, counter.subject, counter.cohort_id, counter.channel)


def _without_cell(counter: CounterKey, unknown_cohort: int) -> CounterKey:
    return counter._replace(cohort_id=unknown_cohort, channel="")
