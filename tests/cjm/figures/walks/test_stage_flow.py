"""Flow of a stage: time against an exact Kaplan–Meier, conversion against counting, from rows and from counters."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from statsmodels.stats.proportion import proportion_confint

from cjm.figures.score import Verdict
from cjm.figures.walks.entry_times import EntryDetail
from cjm.figures.walks.flow_counters import FlowCounters, walk_moves
from cjm.figures.walks.stage_flow import FlowMoment, conversion_score, measure_flow
from tests.cjm.figures.walks.lives import (
    NOW,
    WARSAW,
    WINDOW,
    count_walks,
    exact_quantile,
    is_within_a_hair,
    measure,
    random_log,
    walk_at,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at_local(hour: int, minute: int = 0, day: int = 26) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WARSAW).astimezone(UTC)


@pytest.mark.parametrize("most_rows", [1000, 50, 0])
def test_seventy_of_a_hundred_who_still_wait_are_over_half(most_rows: int) -> None:
    entered = at_local(6)
    walks = [walk_at(entered, 10 * MINUTE) for _ in range(30)] + [walk_at(entered) for _ in range(70)]
    time = measure(walks, FlowMoment(at_local(20), WINDOW, WARSAW), most_rows).time
    assert (time.median_s, time.p90_s, time.n) == (None, None, 100)
    assert time.median_high_s is None


@pytest.mark.parametrize("most_rows", [1000, 50, 0])
def test_sixty_who_have_just_come_say_nothing_about_the_six_hours_of_others(most_rows: int) -> None:
    now = at_local(0, 10, day=27)
    walks = [walk_at(at_local(23, 50)) for _ in range(60)] + [walk_at(at_local(12), 6 * HOUR) for _ in range(20)]
    time = measure(walks, FlowMoment(now, WINDOW, WARSAW), most_rows).time
    assert time.median_s == pytest.approx(6 * 3600, rel=0.001)
    assert time.p90_s == pytest.approx(6 * 3600, rel=0.001)
    assert time.n == 80


@pytest.mark.parametrize(("most_rows", "hair"), [(1000, 0.002), (200, 0.002), (0, 0.01)])
def test_time_is_within_two_and_a_half_per_cent_of_an_exact_kaplan_meier_on_any_log(
    most_rows: int, hair: float
) -> None:
    exactly = found = 0
    for seed in range(60):
        walks = random_log(seed, 400 if seed % 2 else 1300)
        if most_rows < 1000 and max(w.at for w in walks) - min(w.at for w in walks) < HOUR:
            continue  # six times as many within an hour as rows are read: counters by the hour are too coarse for that
        time = measure(walks, most_rows=most_rows).time
        for share, seconds in ((0.5, time.median_s), (0.1, time.p90_s)):
            assert is_within_a_hair(seconds, walks, share, hair), (seed, share)
            exactly += is_within_a_hair(seconds, walks, share, 0)
            found += 1
    assert exactly >= 0.97 * found  # the others run along a half, or a tenth, for long and by a hair


def test_of_thousands_who_came_within_half_an_hour_the_first_are_not_lost() -> None:
    """Were they, the few who went on last would have nobody beside them, and half would seem to have gone."""
    walks = random_log(50_111, 6000)
    assert exact_quantile(walks, 0.5) is None
    assert measure(walks).time.median_s is None


def test_few_walks_are_exact_to_the_second() -> None:
    for seed in range(200, 240):
        walks = random_log(seed, 60)
        time = measure(walks).time
        assert (time.median_s, time.p90_s) == (exact_quantile(walks, 0.5), exact_quantile(walks, 0.1))


def test_a_day_of_25_hours_moves_nobody() -> None:
    """Read counters of the day on which clocks are set back, without rows: the hour that comes twice is two hours."""
    first = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # midnight in Warsaw
    walks = [walk_at(first + number * 5 * MINUTE, 90 * MINUTE if number % 3 else None) for number in range(300)]
    moment = FlowMoment(datetime(2026, 10, 26, 9, tzinfo=UTC), timedelta(hours=30), WARSAW)
    exact, counted = measure(walks, moment), measure(walks, moment, most_rows=0)
    assert counted.over == pytest.approx(exact.over, abs=1)
    assert counted.on_the_way == pytest.approx(exact.on_the_way, abs=1)
    assert counted.time.median_s == pytest.approx(exact.time.median_s, rel=0.025)


def test_entries_that_know_no_hour_count_as_spread_over_their_day() -> None:
    walks = [walk_at(at_local(0, day=20) + number * 14 * MINUTE, HOUR) for number in range(100)]
    counters = FlowCounters(EntryDetail(NOW.date()))  # all hours are before this day
    for walk in walks:
        for move in walk_moves(walk, WINDOW):
            counters.add(move)
    moment = FlowMoment(at_local(12, day=20) + WINDOW, WINDOW, WARSAW)
    flow = measure_flow([], counters, moment)
    assert flow.walks == 100
    assert flow.over == flow.went_on == pytest.approx(50, abs=3)
    assert flow.time.median_s == pytest.approx(3600, rel=0.001)


def test_a_walk_is_over_when_the_window_has_passed_to_the_second() -> None:
    edge = NOW - WINDOW
    walks = [walk_at(edge), walk_at(edge - timedelta(seconds=1)), walk_at(edge + timedelta(seconds=1))]
    flow = measure(walks)
    assert (flow.over, flow.went_on, flow.on_the_way) == (1, 0, 2)


def test_who_went_on_after_the_window_was_not_converted_but_has_a_time() -> None:
    flow = measure([walk_at(NOW - timedelta(days=40), timedelta(days=20)) for _ in range(9)])
    assert (flow.walks, flow.over, flow.went_on, flow.on_the_way) == (9, 9, 0, 0)
    assert flow.time.median_s == 20 * 86_400


def test_who_went_on_and_still_had_time_is_part_of_no_conversion_yet() -> None:
    flow = measure([walk_at(NOW - timedelta(days=3), HOUR) for _ in range(9)])
    assert (flow.walks, flow.over, flow.went_on, flow.on_the_way) == (9, 0, 0, 0)


@pytest.mark.parametrize("most_rows", [1000, 50, 0])
def test_conversion_from_counters_equals_counting_up_to_the_hour_that_is_divided(most_rows: int) -> None:
    for seed in range(60):
        walks = random_log(seed, 300)
        window = timedelta(hours=random.Random(seed).choice([7, 36, 336]))
        flow = measure(walks, FlowMoment(NOW, window, WARSAW), most_rows)
        end = NOW - window
        over = [w for w in walks if w.at < end]
        went_on = sum(w.next_at is not None and w.next_at - w.at <= window for w in over)
        divided = sum(abs(w.at - end) < HOUR for w in walks) if len(walks) > most_rows else 0
        assert flow.walks == 300
        assert abs(flow.over - len(over)) <= divided
        assert abs(flow.went_on - went_on) <= divided
        assert abs(flow.on_the_way - sum(w.next_at is None and w.at >= end for w in walks)) <= divided


def test_an_event_from_a_clock_that_runs_ahead_has_not_waited_yet() -> None:
    walks = [walk_at(NOW + HOUR) for _ in range(5)] + [walk_at(NOW - HOUR, MINUTE) for _ in range(5)]
    for most_rows in (1000, 0):
        assert measure(walks, most_rows=most_rows).time.median_s == pytest.approx(60, rel=0.001)


def test_counters_add_up_and_are_taken_back_without_a_rest() -> None:
    walks = random_log(3, 200)
    counters = count_walks(walks)
    counters.take_out(random.Random(1).sample(walks, len(walks)), WINDOW)
    assert counters.walks == counters.went_on == 0
    assert all(sums.is_zero for sums in [*counters.entered.values(), *counters.took.values()])


@pytest.mark.parametrize(("went_on", "entered"), [(0, 10), (5, 12), (24, 30), (80, 100), (30, 30)])
def test_conversion_is_a_wilson_share_in_per_cent(went_on: int, entered: int) -> None:
    score = conversion_score(entered, went_on)
    low, high = proportion_confint(went_on, entered, method="wilson")
    assert (score.value, score.n) == (100 * went_on / entered, entered)
    assert [score.low, score.high] == pytest.approx([100 * low, 100 * high])
    assert score.mean is None
    assert score.counts is None


@pytest.mark.parametrize(
    ("entered", "verdict"),
    [(0, Verdict.WITHHELD), (4, Verdict.WITHHELD), (5, Verdict.GREY), (9, Verdict.GREY), (10, Verdict.OK)],
)
def test_conversion_of_few_is_not_judged_and_of_fewer_not_shown(entered: int, verdict: Verdict) -> None:
    score = conversion_score(entered, entered)
    assert score.verdict is verdict
    assert (score.value is None) == (verdict is Verdict.WITHHELD)


@pytest.mark.parametrize(("entered", "went_on"), [(10, 11), (10, -1), (-3, 0)])
def test_conversion_refuses_counters_that_cannot_be(entered: int, went_on: int) -> None:
    with pytest.raises(ValueError, match="went on"):
        conversion_score(entered, went_on)
