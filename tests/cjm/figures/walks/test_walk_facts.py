"""Worth of walks and their time from the start; random ones are compared with raw rows in `tests/usecases/maps`."""

from datetime import timedelta

import pytest

from cjm.figures.map_parts.stage_facts import StageAmount
from cjm.figures.walks.flow_counters import LARGEST_AMOUNT, FlowCounters, StageWalk
from cjm.figures.walks.stage_flow import StageFlow, measure_flow
from cjm.figures.walks.walk_facts import withhold_amount
from tests.cjm.figures.walks.lives import MOMENT, NOW, WINDOW, count_walks, walk_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVER = NOW - WINDOW - HOUR


def flow_of(walks: list[StageWalk]) -> StageFlow:
    return measure_flow([], count_walks(walks), MOMENT)


def worth(amount: float, *, went_on: bool, age: timedelta = timedelta(days=20)) -> StageWalk:
    return walk_at(NOW - age, DAY if went_on else None)._replace(amount=amount)


def test_what_did_not_go_on_is_the_worth_of_walks_that_are_over() -> None:
    walks = [worth(0.1, went_on=True)] * 30 + [worth(0.7, went_on=False)] * 5 + [worth(9, went_on=False, age=DAY)] * 5
    assert flow_of(walks).amount == StageAmount(n=40, total=51.5, lost_n=5, lost=3.5)


def test_a_walk_is_lost_when_its_whole_hour_is_over() -> None:
    hour = OVER.replace(minute=0, second=0)
    for at, lost_n in ((hour, 6), (hour + HOUR, 0)):
        amount = flow_of([walk_at(at)._replace(amount=1)] * 6).amount
        assert amount is not None
        assert amount.lost_n == lost_n


@pytest.mark.parametrize(("kept", "lost", "told"), [(3, 3, None), (20, 4, None), (4, 20, None), (20, 0, 0.0)])
def test_amounts_of_a_few_walks_are_withheld(kept: int, lost: int, told: float | None) -> None:
    amount = flow_of([worth(10, went_on=True)] * kept + [worth(10, went_on=False)] * lost).amount
    assert amount is not None
    assert (amount.total, amount.lost) == (10 * (kept + lost), told)
    assert flow_of([worth(10, went_on=True)] * 4).amount is None


@pytest.mark.parametrize(
    ("other_kept", "other_lost", "told"), [(2, 2, None), (8, 1, (90, None)), (1, 8, (90, None)), (5, 5, (90, 50))]
)
def test_a_part_tells_nothing_about_a_few_others_by_subtraction(
    other_kept: int, other_lost: int, told: tuple[float, float | None] | None
) -> None:
    part = [worth(5, went_on=True)] * 8 + [worth(10, went_on=False)] * 5
    others = [worth(7, went_on=True)] * other_kept + [worth(1234, went_on=False)] * other_lost
    amount, everyone = (flow_of(walks).amount for walks in (part, part + others))
    assert amount is not None
    assert everyone is not None
    shown = withhold_amount(amount, everyone, minimum=5)
    assert (None if shown is None else (shown.total, shown.lost)) == told


def test_a_slip_of_the_pen_is_no_amount() -> None:
    assert (
        flow_of([worth(amount, went_on=True) for amount in (2 * LARGEST_AMOUNT, float("inf")) for _ in range(5)]).amount
        is None
    )


def test_walks_that_began_here_tell_no_time_since_their_start() -> None:
    entry = walk_at(NOW - DAY)
    began = [entry._replace(started_at=entry.at - days * DAY) for days in (1, 2, 3, 30, 40)]
    start = flow_of([entry] * 50 + began).start_time
    assert start is not None
    assert start.median_s == pytest.approx(3 * 86_400, rel=0.001)
    assert start.n == 5
    assert flow_of([entry] * 50 + began[1:]).start_time is None


def test_amounts_are_added_and_taken_back_without_rounding() -> None:
    counters: FlowCounters = count_walks([worth(amount / 100, went_on=amount % 2 == 0) for amount in range(1, 2000)])
    for amount in range(1, 2000):
        counters.take_out([worth(amount / 100, went_on=amount % 2 == 0)], WINDOW)
    assert all(sums.is_zero and sums.squares == sums.total == 0 for sums in counters.amounts.values())
