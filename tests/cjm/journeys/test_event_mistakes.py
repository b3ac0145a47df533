"""Mistakes of an event against its journey and the calendar: every one is found, each at its key."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cjm.errors import Mistake
from cjm.journeys.event_mistakes import find_event_mistakes
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.journeys import SMALL

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RIGHT = Event("e1", "anna", "small", NOW, touchpoint="pay")
JOURNEYS = {"small": read_journey(SMALL, "small.toml")}


@pytest.mark.parametrize(
    "event",
    [
        RIGHT,
        replace(RIGHT, stage="buy"),
        replace(RIGHT, touchpoint=None, stage="buy"),
        replace(RIGHT, at=NOW + timedelta(hours=23)),
        replace(RIGHT, at=datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_right_event_has_no_mistakes(event: Event) -> None:
    assert find_event_mistakes(event, JOURNEYS, NOW) == []


@pytest.mark.parametrize(
    ("event", "keys"),
    [
        (replace(RIGHT, journey="big"), ["journey"]),
        (replace(RIGHT, touchpoint=None), ["touchpoint"]),
        (replace(RIGHT, touchpoint="paying"), ["touchpoint"]),
        (replace(RIGHT, touchpoint="paying", stage="using"), ["touchpoint", "stage"]),
        (replace(RIGHT, stage="use"), ["stage"]),
        (replace(RIGHT, at=NOW + timedelta(hours=25)), ["at"]),
        (replace(RIGHT, journey="big", at=datetime(1999, 12, 31, tzinfo=UTC)), ["journey", "at"]),
        (replace(RIGHT, touchpoint="paying", at=datetime(1999, 12, 31, tzinfo=UTC)), ["touchpoint", "at"]),
    ],
)
def test_every_mistake_stands_at_its_key_and_repeats_no_value(event: Event, keys: list[str]) -> None:
    mistakes = find_event_mistakes(event, JOURNEYS, NOW)
    assert [mistake.path for mistake in mistakes] == keys
    assert not any(value in str(mistakes) for value in ("big", "paying", "using", "1999"))


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        (replace(RIGHT, touchpoint="payy"), "; did you mean pay?"),
        (replace(RIGHT, touchpoint=None, stage="elsewhere"), "; its stages are: find, buy, use"),
        (replace(RIGHT, touchpoint=None, stage="bu"), "; did you mean buy?"),
    ],
)
def test_the_declared_key_that_was_probably_meant_is_named(event: Event, meant: str) -> None:
    [mistake] = find_event_mistakes(event, JOURNEYS, NOW)
    assert mistake.message.removeprefix(f"the journey small has no {mistake.path} with this key") == meant


def test_an_event_older_than_the_retention_is_refused_only_where_rows_are_retired() -> None:
    old = replace(RIGHT, at=NOW - timedelta(days=31))
    assert find_event_mistakes(old, JOURNEYS, NOW) == []
    kept = find_event_mistakes(old, JOURNEYS, NOW, timedelta(days=30))
    assert kept == [Mistake("at", "is older than the 30 days that are kept")]


def test_without_any_journey_the_next_step_is_named() -> None:
    [mistake] = find_event_mistakes(RIGHT, {}, NOW)
    assert mistake.message == "there is no journey with this key; there is none yet: apply a journey file first"
