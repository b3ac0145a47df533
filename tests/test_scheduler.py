"""Ticks run at the start, again after a failure, never beside themselves, and at once when time is moved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import FrozenClock, wall_now
from bot.scheduler import AT_ONCE, RARE, TickScheduler

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SOON, SELDOM = timedelta(seconds=0.02), timedelta(hours=1)


class Tick:
    """Tick that counts its runs; ``fail`` makes it raise, ``hold`` makes it wait."""

    def __init__(self) -> None:
        self.began = 0
        self.at_once = 0
        self.most_at_once = 0
        self.fail: Exception | None = None
        self.hold: asyncio.Event | None = None
        self._moved = asyncio.Condition()

    async def __call__(self) -> None:
        self.began += 1
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        async with self._moved:
            self._moved.notify_all()
        try:
            if self.hold is not None:
                await self.hold.wait()
            if self.fail is not None:
                raise self.fail
        finally:
            self.at_once -= 1

    async def came(self, times: int) -> None:
        async with asyncio.timeout(60), self._moved:
            await self._moved.wait_for(lambda: self.began >= times)


@pytest.fixture
def tick() -> Tick:
    return Tick()


@pytest.fixture
async def running(tick: Tick, request: pytest.FixtureRequest) -> AsyncIterator[tuple[TickScheduler, FrozenClock]]:
    clock = FrozenClock(NOW)
    metronome = TickScheduler({"tick": (getattr(request, "param", SOON), tick)}, clock)
    metronome.start()
    yield metronome, clock
    await metronome.stop()


async def test_a_tick_that_is_cut_off_at_the_end_is_no_error(tick: Tick, caplog: pytest.LogCaptureFixture) -> None:
    tick.hold = asyncio.Event()
    metronome = TickScheduler({"tick": (SELDOM, tick)}, FrozenClock(NOW))
    metronome.start()
    await tick.came(1)
    await metronome.stop()
    await asyncio.sleep(0.05)  # APScheduler reports a job after it has ended
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_tick_that_fails_is_reported_without_its_words_and_comes_again(
    tick: Tick, running: object, caplog: pytest.LogCaptureFixture
) -> None:
    tick.fail = ValueError("what a customer said")
    await tick.came(3)
    assert "tick failed" in caplog.text
    assert "what a customer said" not in caplog.text


async def test_a_slow_tick_never_runs_beside_itself(tick: Tick, running: tuple[TickScheduler, FrozenClock]) -> None:
    tick.hold = asyncio.Event()
    await tick.came(1)
    everything = asyncio.create_task(running[0].run_all())
    await asyncio.sleep(0.1)  # five intervals: room for what must not happen
    assert tick.most_at_once == 1
    tick.hold.set()
    await everything
    await tick.came(4)
    assert tick.most_at_once == 1


async def test_of_ticks_that_fall_due_together_a_few_run_at_once_and_none_is_left_out() -> None:
    ticks = [Tick() for _ in range(3 * AT_ONCE)]
    gate = asyncio.Event()
    for each in ticks:
        each.hold = gate
    every = timedelta(minutes=30)
    scheduler = TickScheduler({str(number): (every, each) for number, each in enumerate(ticks)}, FrozenClock(NOW))
    scheduler.start()
    await asyncio.gather(*(each.came(1) for each in ticks[:AT_ONCE]))
    await asyncio.sleep(0.05)  # room for what must not happen
    assert [each.began for each in ticks] == [1] * AT_ONCE + [0] * 2 * AT_ONCE
    gate.set()
    await asyncio.gather(*(each.came(1) for each in ticks))
    await scheduler.stop()


async def test_rare_ticks_that_take_long_leave_a_place_to_others(tick: Tick) -> None:
    rare = [Tick() for _ in range(2 * AT_ONCE)]
    for each in rare:
        each.hold = asyncio.Event()
    intervals = {f"rare {number}": (RARE, each) for number, each in enumerate(rare)}
    scheduler = TickScheduler({**intervals, "tick": (SOON, tick)}, FrozenClock(NOW))
    scheduler.start()
    await tick.came(2)
    assert sum(each.began for each in rare) < AT_ONCE
    await scheduler.stop()


@pytest.mark.parametrize(("patience", "lines"), [(timedelta(0), 1), (timedelta(minutes=1), 0)])
async def test_a_slow_tick_is_told_once_and_only_after_a_patience(
    tick: Tick, caplog: pytest.LogCaptureFixture, patience: timedelta, lines: int
) -> None:
    tick.hold = asyncio.Event()
    metronome = TickScheduler({"tick": (SOON, tick)}, FrozenClock(NOW), patience)
    metronome.start()
    await tick.came(1)
    await asyncio.sleep(0.2)  # ten intervals: room for what must not happen
    assert caplog.text.count("tick takes longer than its interval") == lines
    await metronome.stop()


async def test_a_tick_that_waits_for_its_turn_is_not_called_slow(caplog: pytest.LogCaptureFixture) -> None:
    ticks = [Tick() for _ in range(AT_ONCE + 1)]
    for each in ticks:
        each.hold = asyncio.Event()
    every = {str(number): (SOON, each) for number, each in enumerate(ticks)}
    scheduler = TickScheduler(every, FrozenClock(NOW), timedelta(0))
    scheduler.start()
    await asyncio.gather(*(each.came(1) for each in ticks[:AT_ONCE]))
    async with asyncio.timeout(60):
        while caplog.text.count("tick takes longer than its interval") < AT_ONCE:  # noqa: ASYNC110 - lines of a log tell nobody that they come
            await asyncio.sleep(SOON.total_seconds())
    await asyncio.sleep(0.1)  # room for what must not happen
    await scheduler.stop()
    assert {record.tick for record in caplog.records} == {str(number) for number in range(AT_ONCE)}  # type: ignore[attr-defined]  # a field of the line


@pytest.mark.parametrize("running", [SELDOM], indirect=True)
async def test_ticks_come_at_the_start_and_at_once_when_time_is_moved(
    tick: Tick, running: tuple[TickScheduler, FrozenClock]
) -> None:
    await tick.came(1)
    running[1].advance(timedelta(days=1))
    await tick.came(2)


@pytest.mark.parametrize("running", [SELDOM], indirect=True)
async def test_a_tick_that_was_running_when_time_was_moved_comes_again(
    tick: Tick, running: tuple[TickScheduler, FrozenClock]
) -> None:
    tick.hold = asyncio.Event()
    await tick.came(1)
    running[1].advance(timedelta(days=1))
    tick.hold.set()
    await tick.came(2)


async def test_run_all_runs_each_tick_once_in_order_and_raises() -> None:
    order: list[str] = []

    async def first() -> None:
        order.append("first")

    async def second() -> None:
        order.append("second")
        raise LookupError

    metronome = TickScheduler({"first": (SELDOM, first), "second": (SELDOM, second)}, FrozenClock(NOW))
    with pytest.raises(LookupError):
        await metronome.run_all()
    assert order == ["first", "second"]


async def test_a_rare_tick_runs_again_when_its_interval_has_passed_in_business_time() -> None:
    often, seldom, clock = Tick(), Tick(), FrozenClock(NOW)
    metronome = TickScheduler({"often": (SOON, often), "seldom": (SELDOM, seldom)}, clock)
    for minutes in (0, 30, 29, 1):
        clock.advance(timedelta(minutes=minutes))
        await metronome.run_all()
    assert (often.began, seldom.began) == (4, 2)
    clock.set(NOW)  # set back: what would be looked for is not known any more
    await metronome.run_all()
    assert seldom.began == 3


async def test_a_rare_tick_that_failed_runs_again_at_once() -> None:
    seldom = Tick()
    metronome = TickScheduler({"seldom": (SELDOM, seldom)}, FrozenClock(NOW))
    seldom.fail = LookupError()
    with pytest.raises(LookupError):
        await metronome.run_all()
    seldom.fail = None
    await metronome.run_all()
    assert seldom.began == 2


async def test_a_tick_comes_although_the_wall_clock_was_set_back_a_week(tick: Tick) -> None:
    scheduler = TickScheduler({"tick": (SOON, tick)}, FrozenClock(NOW), wall_check=SOON)
    scheduler.start()
    await tick.came(1)
    # What such a clock leaves behind: the next time is what it showed before.
    assert scheduler._scheduler is not None
    scheduler._scheduler.modify_job("tick", next_run_time=wall_now() + timedelta(days=7))
    await tick.came(tick.began + 2)
    await scheduler.stop()


async def test_many_events_run_a_tick_at_once_and_once_more_for_the_last_of_them(tick: Tick) -> None:
    scheduler = TickScheduler({"tick": (timedelta(minutes=30), tick)}, FrozenClock(NOW))
    scheduler.start()
    await tick.came(1)  # at the start
    scheduler.run_for_events()
    await tick.came(2)
    for _ in range(100):
        scheduler.run_for_events()
    await tick.came(3)
    await scheduler.stop()
    assert tick.began <= 4  # where the machine stood still for longer than the pause, one of the hundred ran it at once
