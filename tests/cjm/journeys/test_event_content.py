"""What differs when an event of a known id comes again: every value is compared, and equal in meaning is equal."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from cjm.journeys.event_content import digest_attributes, find_own_channel, list_differences, read_content
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL, small_journey

JOURNEY = small_journey()
WHEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
PAY = Event(
    "e1",
    "anna",
    "small",
    WHEN,
    touchpoint="pay",
    passage="order 7",
    attributes={"class": "gold", "orders": 3},
    measures={"minutes": 3, "items": 0.5},
    amount=20,
    lost_reason="price",
)
OTHER_VALUES: Mapping[str, Any] = {
    "at": WHEN + timedelta(microseconds=1),
    "touchpoint": "search",
    "channel": "courier",
    "passage": "order 8",
    "attributes": {"class": "gold", "orders": "3"},
    "measures": {"minutes": 3},
    "amount": 20.01,
    "lost_reason": "Price",
}
OWNERS = {"id", "customer", "journey"}  # an event of another owner is no other content


@pytest.mark.parametrize("key", OTHER_VALUES)
def test_each_value_that_is_another_one_is_named_alone(key: str) -> None:
    before = read_content(PAY, JOURNEY)
    assert list_differences(replace(PAY, **{key: OTHER_VALUES[key]}), JOURNEY, before) == [key]


@pytest.mark.parametrize("key", ["passage", "attributes", "measures", "amount", "lost_reason"])
def test_value_that_is_left_out_or_added_differs(key: str) -> None:
    nothing: dict[str, Any] = {key: None}
    without = replace(PAY, **nothing)
    assert list_differences(without, JOURNEY, read_content(PAY, JOURNEY)) == [key]
    assert list_differences(PAY, JOURNEY, read_content(without, JOURNEY)) == [key]


def test_every_value_of_an_event_is_compared() -> None:
    compared = OTHER_VALUES.keys() | OWNERS | {"stage", "withdrawn"}
    assert {field.name for field in fields(Event)} == compared


def test_all_differences_are_named_at_once() -> None:
    other = replace(PAY, **OTHER_VALUES)
    assert set(list_differences(other, JOURNEY, read_content(PAY, JOURNEY))) == OTHER_VALUES.keys()


@pytest.mark.parametrize(
    "again",
    [
        {"at": WHEN.astimezone(timezone(timedelta(hours=5, minutes=30)))},
        {"amount": 20.0},
        {"measures": {"items": 0.5, "minutes": 3.0}},
        {"attributes": {"orders": 3.0, "class": "gold"}},
        {"channel": JOURNEY.touchpoints["pay"].touchpoint.channel},
        {"stage": "buy"},
    ],
)
def test_values_that_are_equal_in_meaning_are_no_difference(again: Mapping[str, Any]) -> None:
    assert list_differences(replace(PAY, **again), JOURNEY, read_content(PAY, JOURNEY)) == []
    assert list_differences(PAY, JOURNEY, read_content(replace(PAY, **again), JOURNEY)) == []


def test_empty_values_are_as_missing_ones() -> None:
    nothing = replace(PAY, attributes=None, measures=None, lost_reason=None)
    empty = replace(PAY, attributes={}, measures={}, lost_reason="")
    assert list_differences(empty, JOURNEY, read_content(nothing, JOURNEY)) == []
    assert list_differences(nothing, JOURNEY, read_content(empty, JOURNEY)) == []


def test_stage_and_its_touchpoint_are_different_places() -> None:
    at_stage = replace(PAY, touchpoint=None, stage="buy")
    assert list_differences(at_stage, JOURNEY, read_content(PAY, JOURNEY)) == ["stage"]
    assert "touchpoint" in list_differences(PAY, JOURNEY, read_content(at_stage, JOURNEY))


def test_places_that_were_renamed_or_moved_are_the_same() -> None:
    before, at_stage = read_content(PAY, JOURNEY), replace(PAY, touchpoint=None, stage="buy")
    renamed = read_journey(SMALL.replace('key = "buy"', 'key = "purchase"\nwas = ["buy"]'), "small.toml")
    assert list_differences(PAY, renamed, before) == []
    assert list_differences(replace(at_stage, stage="purchase"), renamed, read_content(at_stage, JOURNEY)) == []


def test_withdrawal_may_have_left_out_what_its_event_says() -> None:
    bare = Event("e1", "anna", "small", WHEN, touchpoint="pay", withdrawn=True)
    assert list_differences(replace(PAY, channel="courier"), JOURNEY, read_content(bare, JOURNEY)) == []
    told = read_content(replace(bare, amount=3, channel="app"), JOURNEY)
    assert list_differences(PAY, JOURNEY, told) == ["channel", "amount"]


def test_what_an_old_visit_told_about_its_customer_is_unknown() -> None:
    old = replace(read_content(PAY, JOURNEY), attributes_digest=None)
    assert list_differences(replace(PAY, attributes=None), JOURNEY, old) == []
    assert list_differences(replace(PAY, attributes={"class": "silver"}), JOURNEY, old) == []


def test_texts_numbers_and_truth_are_different_attributes() -> None:
    digests = {digest_attributes({"vip": value}) for value in (1, True, "1", "true", 1.5, "")}
    assert len(digests) == 6
    assert digest_attributes({}) == digest_attributes(None) == b""


def test_place_that_a_journey_does_not_know_has_no_channel() -> None:
    assert find_own_channel(replace(PAY, touchpoint="nowhere"), JOURNEY) is None
