"""Never above the limits in any sliding window; as fast as they allow; replies first; everybody obeys a pause."""

import asyncio
import heapq
import itertools
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outbox.pace import REPLY_BURST, Pace, SendBudget, SendRequest
from cjm.address import Address
from tests.outbox.doubles import LIMITS, ScriptedMessenger

PEOPLE = [Address("telegram", str(number)) for number in range(1, 400)]
GROUP = Address("telegram", "-7")
MESSENGER = ScriptedMessenger()


class FakeTime:
    """A monotonic clock that jumps to whatever is waited for next."""

    def __init__(self) -> None:
        self.now = 100.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    async def sleep(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + max(0.0, seconds), next(self._order), done))
        await done

    async def run(self, *waiting: asyncio.Task[None]) -> None:
        """Let time pass until these are done."""
        while not all(task.done() for task in waiting):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers and not all(task.done() for task in waiting):
                moment, _order, done = heapq.heappop(self._sleepers)
                if not done.done():
                    self.now = max(self.now, moment)
                    done.set_result(None)
        await asyncio.gather(*waiting)


def most_in(window: float, starts: Sequence[float]) -> int:
    """Return the most starts in any half-open window of this length."""
    return max((sum(1 for other in starts if one <= other < one + window - 1e-9) for one in starts), default=0)


turns = st.builds(
    lambda number, priority, overall: SendRequest(
        None if overall else (GROUP if number == 0 else PEOPLE[number]), not overall and number == 0, priority
    ),
    st.integers(0, 60),
    st.sampled_from([0, 10, 50]),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(turns, st.floats(0, 0.5), st.floats(0, 2)), min_size=30, max_size=150))
def test_no_sliding_second_ever_holds_more_than_29_starts(wishes: list[tuple[SendRequest, float, float]]) -> None:
    budget, now = SendBudget(LIMITS), 0.0
    starts: list[float] = []
    per_chat: dict[Address, list[float]] = {}
    for turn, idle, late in wishes:
        # Now and then a waiting coroutine is woken late, as by a busy event loop.
        now = max(now + (idle if idle > 0.45 else 0.0), budget.earliest_start(turn)) + (late if late > 1.9 else 0.0)
        budget.count_start(turn, now)
        starts.append(now)
        if turn.to is not None:
            per_chat.setdefault(turn.to, []).append(now)
    assert most_in(1.0, starts) <= LIMITS.starts_per_second
    for chat, own in per_chat.items():
        assert most_in(60.0, own) <= (LIMITS.group_starts_per_minute if MESSENGER.is_group(chat) else 60 + REPLY_BURST)
        assert most_in(1.0, own) <= (LIMITS.group_starts_per_minute if MESSENGER.is_group(chat) else REPLY_BURST + 1)


async def test_a_full_queue_runs_at_97_percent_of_the_limit_or_more() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: list[float] = []

    async def one(to: Address) -> None:
        await pace.wait_to_start(to, priority=50)
        starts.append(time.now)

    await time.run(*[asyncio.create_task(one(to)) for to in PEOPLE[:290]])
    assert most_in(1.0, starts) <= LIMITS.starts_per_second
    assert 290 / (starts[-1] - starts[0]) >= 0.97 * LIMITS.starts_per_second


@pytest.mark.parametrize("seed", range(5))
async def test_an_event_loop_that_stalls_never_lets_too_many_go_at_once(seed: int) -> None:
    """Of what was planned some starts late and some bunches; the messenger still takes 30 in a second."""
    time, chance = FakeTime(), random.Random(seed)
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=lambda wait: time.sleep(wait + stall()))
    starts: list[float] = []

    def stall() -> float:
        return chance.choice([0.0, 0.0, 0.01, 0.029, 0.2]) * (chance.random() < 0.5)

    async def one(to: Address) -> None:
        await pace.wait_to_start(to, priority=50)
        starts.append(time.now)

    await time.run(*[asyncio.create_task(one(to)) for to in PEOPLE])
    assert most_in(1.0, sorted(starts)) <= LIMITS.starts_per_second + 1


async def test_letters_to_one_person_start_a_second_apart_and_quick_taps_are_answered_quickly() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: list[float] = []

    async def one(priority: int) -> None:
        await pace.wait_to_start(PEOPLE[0], priority=priority)
        starts.append(time.now - 100.0)

    await time.run(*[asyncio.create_task(one(0)) for _ in range(REPLY_BURST)])
    assert starts[-1] < 0.2
    await time.run(*[asyncio.create_task(one(50)) for _ in range(2)])
    assert starts[-2] >= REPLY_BURST
    assert starts[-1] - starts[-2] >= 1.0


async def test_a_group_gets_twenty_a_minute_and_holds_up_nobody_else() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: dict[Address, list[float]] = {GROUP: [], PEOPLE[0]: []}

    async def one(to: Address) -> None:
        await pace.wait_to_start(to, 50)
        starts[to].append(time.now - 100.0)

    tasks = [asyncio.create_task(one(to)) for to in [*[GROUP] * 45, PEOPLE[0]]]
    await time.run(*tasks)
    assert most_in(60.0, starts[GROUP]) == LIMITS.group_starts_per_minute
    assert starts[PEOPLE[0]][0] < 1.0
    assert starts[GROUP][-1] >= 120.0


async def test_replies_go_first_and_a_pause_holds_for_everybody() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    order: list[tuple[int, float]] = []

    async def one(number: int, priority: int) -> None:
        await pace.wait_to_start(PEOPLE[number], priority=priority)
        order.append((priority, time.now))

    pace.pause(7)
    tasks = [asyncio.create_task(one(number, priority)) for number, priority in enumerate([60, 50, 10, 0])]
    await time.run(*tasks)
    assert [priority for priority, _at in order] == [0, 10, 50, 60]
    assert order[0][1] >= 107.0


async def test_a_cancelled_request_uses_up_no_start() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    await pace.wait_to_start(PEOPLE[0], priority=50)
    impatient = asyncio.create_task(pace.wait_to_start(PEOPLE[0], priority=50))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)
    patient = asyncio.create_task(pace.wait_to_start(PEOPLE[0], priority=50))
    await time.run(patient)
    assert time.now < 101.1
