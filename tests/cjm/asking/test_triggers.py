"""Who stays behind: a stage that holds somebody for long, and a walk that ended."""

from datetime import UTC, datetime, timedelta

import pytest

from cjm.asking.triggers import AskedTrigger, StayingBehind, find_dwells, find_exits, is_overtaken
from cjm.journeys.survey import TriggerKind
from cjm.journeys.visit import PassageStep

BEGIN = datetime(2026, 11, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW, LONGEST = 14 * DAY, 5 * DAY
STAGES = ("look", "choose", "buy")


def step(stage: str, day: float, passage: str | None = None) -> PassageStep:
    at = BEGIN + day * DAY
    return PassageStep(stage, STAGES.index(stage), at, "site", 1, passage, f"{stage}-{day:g}")


def dwells(*steps: PassageStep, day: float) -> list[StayingBehind]:
    return find_dwells(steps, "choose", WINDOW, LONGEST, BEGIN + day * DAY)


def exits(*steps: PassageStep, day: float) -> list[StayingBehind]:
    return find_exits(steps, "choose", WINDOW, BEGIN + day * DAY)


def test_who_stands_on_a_stage_for_long_enough_dwells_since_the_visit_that_entered_it() -> None:
    walk = (step("look", 0), step("choose", 1), step("choose", 3))
    assert dwells(*walk, day=5.9) == []
    assert dwells(*walk, day=6) == [
        StayingBehind("choose-1", BEGIN + 6 * DAY, frozenset({"choose-1", "choose-3"})),
    ]


@pytest.mark.parametrize("passage", [None, "order-812"])
def test_who_has_gone_on_in_whatever_walk_neither_dwells_nor_leaves(passage: str | None) -> None:
    walk = (step("choose", 0), step("buy", 2, passage))
    assert dwells(*walk, day=6) == []
    assert exits(*walk, day=20) == []


def test_a_walk_that_is_over_is_an_exit_and_no_dwell() -> None:
    walk = (step("choose", 0), step("choose", 10))
    assert len(dwells(*walk, day=23.9)) == 1
    assert exits(*walk, day=23.9) == []
    assert dwells(*walk, day=24) == []
    assert exits(*walk, day=24) == [
        StayingBehind("choose-0", BEGIN + 24 * DAY, frozenset({"choose-0", "choose-10"})),
    ]


def test_who_came_back_in_another_walk_has_not_left() -> None:
    walk = (step("choose", 0), step("look", 15))
    assert exits(*walk, day=16) == []


def test_a_walk_ends_at_the_furthest_stage_also_if_its_last_visit_was_to_an_earlier_one() -> None:
    walk = (step("choose", 0, "a"), step("look", 2, "a"))
    (left,) = exits(*walk, day=16)
    assert (left.event_id, left.at) == ("choose-0", BEGIN + 16 * DAY)
    assert find_exits(walk, "look", WINDOW, BEGIN + 16 * DAY) == []


@pytest.mark.parametrize(
    ("kind", "order", "day", "overtaken"),
    [
        (TriggerKind.DWELL, 2, 3, True),
        (TriggerKind.DWELL, 1, 3, False),  # still choosing
        (TriggerKind.DWELL, 2, -1, False),  # an order of before
        (TriggerKind.EXIT, 0, 25, True),  # came back
        (TriggerKind.EXIT, 2, 12, True),  # had gone on: it is only known now
        (TriggerKind.EXIT, 2, 9, False),  # before the last visit of the walk
    ],
)
def test_a_later_visit_overtakes_a_dwell_and_any_visit_an_exit(
    kind: TriggerKind, order: int, day: int, overtaken: bool
) -> None:
    asked = AskedTrigger(kind, 1, BEGIN, BEGIN + 24 * DAY)
    assert is_overtaken(asked, order, BEGIN + day * DAY, WINDOW) is overtaken
