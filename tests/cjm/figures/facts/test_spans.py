"""Spans of days: a window is made of whole weeks and of the days beside them, and each day counts once."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm.figures.facts.spans import DAY, WEEK, DayRange, split_window, total_moves, week_moves, week_start
from cjm.figures.tally import ENTERED, CounterKey, CounterSums, sum_moves

FIRST = date(2025, 12, 20)


def list_days(days: DayRange) -> list[date]:
    return [days.first + timedelta(days=ago) for ago in range((days.last - days.first).days + 1)]


@given(ago=st.integers(0, 30), days=st.integers(1, 800))
def test_spans_of_a_window_hold_each_of_its_days_once(ago: int, days: int) -> None:
    first = FIRST + timedelta(days=ago)
    window = DayRange(first, first + timedelta(days=days - 1))
    spans = split_window(*window)
    assert [day for each in spans for day in list_days(each)] == list_days(window)
    assert len(list_days(spans.weeks)) % WEEK == 0
    assert max(len(list_days(spans.before)), len(list_days(spans.after))) < WEEK or not list_days(spans.weeks)
    if list_days(spans.weeks):
        assert spans.weeks.first == week_start(spans.weeks.first)


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["visits", ENTERED]), st.sampled_from(["site", ""]))))
def test_sums_of_weeks_and_of_everyone_are_those_of_the_days(facts: list[tuple[int, str, str]]) -> None:
    moves = [
        (CounterKey("j", FIRST + timedelta(days=ago), "s", measure, "7", 1, channel), CounterSums(1, total=ago))
        for ago, measure, channel in facts
    ]
    whole = sum_moves(((key.measure,), sums) for key, sums in moves)
    for span in (DAY, WEEK):
        of_span = sum_moves(((key.measure,), sums) for key, sums in total_moves(moves) if key.span == span)
        assert of_span == whole
    assert sum_moves(((key.measure,), sums) for key, sums in week_moves(moves)) == whole
    # An entry keeps its day in the week: how long somebody waits is known by it.
    by_day = {key.day + timedelta(days=int(key.bucket)) for key, _ in week_moves(moves) if key.measure == ENTERED}
    assert by_day == {key.day for key, _ in moves if key.measure == ENTERED}
