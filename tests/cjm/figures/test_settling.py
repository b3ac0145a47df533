"""Settling: everyone keeps every count of every day; a few answers lose the cohort that tells whose they are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

import pytest

from cjm.figures.settling import settle_moves
from cjm.figures.tally import (
    ANSWERED,
    CHOICE,
    COMPLAINTS,
    CUSTOMERS,
    INVITED,
    PEOPLE,
    VISITS,
    CounterKey,
    CounterSums,
    Move,
    sum_moves,
)

FIRST = date(2026, 10, 5)  # a Monday
UNKNOWN = 99
MINIMUM = 5
CHANNELS = ("site", "app", "phone")


def answer_moves(values: Sequence[tuple[str, int]], day: date, subject: str, cohort: int) -> list[Move]:
    """Return the moves of one person-day on a scale: its values, its channels, and the correction over all channels."""

    def counter(measure: str, bucket: str, channel: str) -> CounterKey:
        return CounterKey("j", day, subject, measure, bucket, cohort, channel)

    def sums(own: Sequence[int]) -> CounterSums:
        x = sum(value >= 4 for value in own) / len(own)
        return CounterSums(1, x, x * x, sum(own) / len(own))

    moves = [(counter("csat", str(value), channel), CounterSums()) for channel, value in values]
    by_channel: dict[str, list[int]] = {}
    for channel, value in values:
        by_channel.setdefault(channel, []).append(value)
    people = [(counter("csat" + PEOPLE, "", channel), sums(own)) for channel, own in by_channel.items()]
    if len(people) > 1:
        correction = sums([value for _, value in values])
        for _, one in people:
            correction += -one
        people.append((counter("csat" + PEOPLE, "", ""), correction))
    return moves + people


def one_answer(day: date = FIRST, cohort: int = 1, channel: str = "site", value: int = 5) -> list[Move]:
    return answer_moves([(channel, value)], day, "pay", cohort)


def random_people(random: Random, count: int) -> list[list[Move]]:
    """Return the moves of people with days over four weeks, some over several channels and cohorts, and with visits."""
    people = []
    for _ in range(count):
        moves: list[Move] = []
        for _ in range(random.randint(1, 4)):
            day, cohort = FIRST + timedelta(days=random.randint(0, 27)), random.choices([1, 2, 3], [8, 3, 1])[0]
            for subject in random.sample(["pay", "ship", "buy"], 2):
                channels = random.choices(CHANNELS, [6, 4, 1], k=random.choice([1, 1, 2, 4]))
                moves += answer_moves([(c, random.randint(1, 5)) for c in channels], day, subject, cohort)
                for measure, bucket in ((CHOICE + "why", random.choice("ab")), (VISITS, ""), (COMPLAINTS, "")):
                    counter = CounterKey("j", day, subject, measure, bucket, cohort, channels[0])
                    moves.append((counter, CounterSums()))
        people.append(moves)
    return people


def everyones_sums(moves: Iterable[Move]) -> dict[tuple[date, str, str, str], tuple[float, ...]]:
    """Return the sums over all cohorts and channels, live and settled, by day, subject, measure and bucket."""
    sums: defaultdict[tuple[date, str, str, str], CounterSums] = defaultdict(lambda: CounterSums(0))
    for counter, amount in moves:
        key = (counter.day, counter.subject, counter.measure, counter.bucket)
        sums[key] += amount
    return {
        key: (one.n, round(one.total, 6), round(one.squares, 6), round(one.raw, 6))
        for key, one in sums.items()
        if not one.is_zero
    }


@pytest.mark.parametrize("seed", range(6))
def test_no_sum_of_everyone_moves_on_any_day(seed: int) -> None:
    random = Random(seed)
    people = random_people(random, random.choice([3, 40, 400]))
    moves = [move for person in people for move in person]
    settled = settle_moves(people, MINIMUM, UNKNOWN)
    assert all(counter.settled for counter, _ in settled)
    assert everyones_sums(settled) == everyones_sums(moves)


@pytest.mark.parametrize("seed", range(6))
def test_segment_and_channel_never_gain_and_have_no_impossible_sums(seed: int) -> None:
    people = random_people(Random(seed), 300)
    before = sum_moves(move for person in people for move in person)
    after = sum_moves(settle_moves(people, MINIMUM, UNKNOWN))
    for part in ("cohort_id", "channel"):
        had, has = (parts_of(tally.items(), part) for tally in (before, after))
        for key, sums in has.items():
            if key[-1] not in (UNKNOWN, ""):
                assert sums.n <= had[key].n, key
                assert -1e-9 <= sums.squares <= sums.total + 1e-9 <= sums.n + 2e-9, key  # x is a share of 0 to 1
    assert any(counter.cohort_id != UNKNOWN for counter in after), "the large cells stay"


def parts_of(moves: Iterable[Move], part: str) -> dict[tuple[object, ...], CounterSums]:
    """Return the sums of person-days by day, subject and a segment (over all channels) or a channel."""
    sums: defaultdict[tuple[object, ...], CounterSums] = defaultdict(lambda: CounterSums(0))
    for counter, amount in moves:
        if counter.measure.endswith(PEOPLE):
            sums[counter.day, counter.subject, getattr(counter, part)] += amount
    return sums


def test_few_answers_lose_cohort_and_channel_and_many_keep_them() -> None:
    few = [one_answer(cohort=2, channel="phone") for _ in range(MINIMUM - 1)]
    many = [one_answer() for _ in range(MINIMUM)]
    settled = sum_moves(settle_moves(few + many, MINIMUM, UNKNOWN))
    found = {(c.measure, c.cohort_id, c.channel): sums.n for c, sums in settled.items()}
    assert found == {
        ("csat", UNKNOWN, ""): MINIMUM - 1,
        ("csat" + PEOPLE, UNKNOWN, ""): MINIMUM - 1,
        ("csat", 1, "site"): MINIMUM,
        ("csat" + PEOPLE, 1, "site"): MINIMUM,
    }
    assert {c.day for c in settled} == {FIRST}, "the day stays"


def test_many_answers_of_one_person_are_one_person() -> None:
    person = answer_moves([("site", 5)] * 2 * MINIMUM, FIRST, "pay", 1)
    assert {(c.cohort_id, c.channel) for c, _ in settle_moves([person], MINIMUM, UNKNOWN)} == {(UNKNOWN, "")}


def test_cell_is_one_day() -> None:
    """Sunday and Monday do not help each other to the minimum, nor do two Mondays."""
    days = [FIRST + timedelta(days=offset) for offset in (6, 7, 0)]
    people = [one_answer(day) for day in days for _ in range(MINIMUM - 1)]
    assert {c.cohort_id for c, _ in settle_moves(people, MINIMUM, UNKNOWN)} == {UNKNOWN}


def test_visits_complaints_and_invitations_keep_cohort_and_channel() -> None:
    counters = [CounterKey("j", FIRST, "pay", m, "", 1, "site") for m in (VISITS, INVITED, ANSWERED, COMPLAINTS)]
    counters += [CounterKey("j", FIRST, "", CUSTOMERS, "", 1, channel) for channel in ("site", "app", "")]
    moves = [(counter, CounterSums(-1 if not counter.channel else 1)) for counter in counters]
    assert {c for c, _ in settle_moves([moves], MINIMUM, UNKNOWN)} == {c._replace(settled=True) for c in counters}


def test_person_over_two_channels_counts_once_for_a_segment_that_loses_one_of_them() -> None:
    over_both = answer_moves([("site", 5), ("phone", 1)], FIRST, "pay", 1)
    people = [over_both, *[one_answer() for _ in range(MINIMUM)]]
    settled = sum_moves(settle_moves(people, MINIMUM, UNKNOWN))
    by_cohort = parts_of(settled.items(), "cohort_id")
    of_segment, of_nobody = by_cohort[FIRST, "pay", 1], by_cohort[FIRST, "pay", UNKNOWN]
    assert (of_segment.n, of_segment.total) == (MINIMUM + 1, MINIMUM + 1), "by the channel that stays"
    assert (of_nobody.n, of_nobody.total) == (0, -0.5), "what is missing to everyone's figure"


def test_minimum_of_one_takes_nothing_away() -> None:
    settled = settle_moves([one_answer()], 1, UNKNOWN)
    assert {(c.cohort_id, c.channel) for c, _ in settled} == {(1, "site")}
