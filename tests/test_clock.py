"""Business time is aware and in UTC, can jump forward, and wakes those who wait."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.clock import Clock, FrozenClock, TravellingClock, wall_now

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_an_ordinary_clock_tells_the_time_in_utc() -> None:
    assert abs(Clock().now() - wall_now()) < timedelta(seconds=5)
    assert Clock().now().tzinfo is UTC


def test_a_travelling_clock_runs_on_from_where_it_was_set_and_calls_its_listeners() -> None:
    clock, heard = TravellingClock(), []
    end = clock.add_listener(lambda: heard.append(clock.now()))
    there = wall_now() + timedelta(days=3)
    clock.travel_to(there)
    assert timedelta() <= clock.now() - there < timedelta(seconds=5)
    assert len(heard) == 1
    end()
    clock.travel_to(there + timedelta(days=1))
    assert len(heard) == 1


def test_time_does_not_go_back() -> None:
    clock = TravellingClock(timedelta(days=2))
    with pytest.raises(ValueError, match="forward"):
        clock.travel_to(wall_now())


def test_a_frozen_clock_stands_still_until_it_is_set() -> None:
    clock = FrozenClock(NOON)
    moves: list[None] = []
    clock.add_listener(lambda: moves.append(None))
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(hours=1)) == NOON + timedelta(hours=1) == clock.now()
    clock.set(datetime(2026, 11, 3, 1, tzinfo=timezone(timedelta(hours=3))))
    assert clock.now() == datetime(2026, 11, 2, 22, tzinfo=UTC)
    assert len(moves) == 2
    with pytest.raises(ValueError, match="aware"):
        clock.set(datetime(2026, 11, 3))  # noqa: DTZ001 - the naive time is what is tested
