"""Never above the limits in any sliding window; as fast as they allow; replies first; a pause holds for its chat."""

import asyncio
import heapq
import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.outbox.pace import AHEAD, LONGEST_LETTER_WAIT, MOST_REPLIES_IN_A_ROW, Pace
from bot.outbox.send_budget import KEPT_FOR_MESSAGES, REPLY_BURST, SendBudget, SendRequest, StartKind
from cjm.address import Address
from tests.depth import choose_depth
from tests.outbox.doubles import LIMITS, ScriptedMessenger

PEOPLE = [Address("telegram", str(number)) for number in range(1, 400)]
GROUP, OTHER_GROUP = Address("telegram", "-7"), Address("telegram", "-8")
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

    async def run(self, *waiting: asyncio.Task[Any]) -> None:
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


def start_at(budget: SendBudget, request: SendRequest, at: float) -> None:
    """Plan a start for this time, and begin it in time."""
    budget.begin(budget.plan(request, at), at)


def earliest_start(budget: SendBudget, request: SendRequest) -> float:
    return max(budget.earliest_of_all(), budget.earliest_in_chat(request))


kinds = st.sampled_from(StartKind)
requests = st.builds(
    lambda chat, priority, kind: SendRequest(chat, chat is not None and MESSENGER.is_group(chat), priority, kind),
    st.sampled_from([None, GROUP, GROUP, *PEOPLE[:60]]),
    st.sampled_from([0, 10, 50]),
    kinds,
)


@settings(max_examples=choose_depth(30, 600), deadline=None)
@given(st.lists(st.tuples(requests, st.floats(0, 0.5), st.floats(0, 2)), min_size=30, max_size=150))
def test_no_sliding_window_ever_holds_more_starts_than_its_limit(
    wishes: list[tuple[SendRequest, float, float]],
) -> None:
    budget, now = SendBudget(LIMITS), 0.0
    starts: list[float] = []
    per_chat: dict[Address, list[float]] = {}
    for wish, idle, late in wishes:
        # Now and then a waiting coroutine is woken late, as by a busy event loop.
        now = max(now + (idle if idle > 0.45 else 0.0), earliest_start(budget, wish)) + (late if late > 1.9 else 0.0)
        start_at(budget, wish, now)
        starts.append(now)
        if wish.to is not None and (wish.counts_for_group or wish.counts_for_person):
            per_chat.setdefault(wish.to, []).append(now)
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
    time, chance = FakeTime(), random.Random(seed)
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=lambda wait: time.sleep(wait + stall()))
    starts: list[float] = []

    def stall() -> float:
        return chance.choice([0.0, 0.0, 0.01, 0.029, 0.2]) * (chance.random() < 0.5)

    async def one(to: Address) -> None:
        await pace.wait_to_start(to, priority=50)
        starts.append(time.now)

    await time.run(*[asyncio.create_task(one(to)) for to in PEOPLE])
    assert most_in(1.0, starts) <= LIMITS.starts_per_second


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


async def test_replies_go_first_and_a_pause_that_two_chats_ask_for_holds_for_everybody() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    order: list[tuple[int, float]] = []

    async def one(number: int, priority: int) -> None:
        await pace.wait_to_start(PEOPLE[number], priority=priority)
        order.append((priority, time.now))

    pace.pause(PEOPLE[100], 9)
    pace.pause(PEOPLE[101], 7)
    tasks = [asyncio.create_task(one(number, priority)) for number, priority in enumerate([60, 50, 10, 0])]
    await time.run(*tasks)
    assert [priority for priority, _at in order] == [0, 10, 50, 60]
    assert order[0][1] >= 107.0


async def test_a_storm_of_replies_leaves_every_fifth_start_to_letters() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    gate, order = pace.make_gate(8), list[str]()

    async def reply(to: Address) -> None:
        await pace.wait_to_start(to, kind=StartKind.EDIT)
        order.append("reply")

    async def letter(to: Address) -> None:
        start = await pace.reserve_letter_start(to, 50, gate)
        assert start is not None
        await pace.begin(start)
        order.append("letter")

    replies = [asyncio.create_task(reply(to)) for to in PEOPLE[:60]]
    letters = [asyncio.create_task(letter(to)) for to in PEOPLE[100:105]]
    await time.run(*replies, *letters)
    last_letter = max(place for place, what in enumerate(order) if what == "letter")
    assert order.count("letter") == 5
    assert order[:MOST_REPLIES_IN_A_ROW] == ["reply"] * MOST_REPLIES_IN_A_ROW
    assert last_letter < 6 * (MOST_REPLIES_IN_A_ROW + 1)  # among the first starts, not behind all 60 replies


async def test_a_pause_of_one_chat_holds_for_that_chat_only() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: dict[tuple[Address, StartKind], float] = {}

    async def one(to: Address, kind: StartKind) -> None:
        await pace.wait_to_start(to, kind=kind)
        starts[to, kind] = time.now - 100.0

    pace.pause(GROUP, 30)
    assert (pace.seconds_paused(), pace.seconds_paused(GROUP), pace.seconds_paused(PEOPLE[0])) == (0, 30, 0)
    tasks = [asyncio.create_task(one(to, kind)) for to in (GROUP, *PEOPLE[:9]) for kind in StartKind]
    await time.run(*tasks)
    assert min(at for (to, _kind), at in starts.items() if to == GROUP) >= 30
    assert max(at for (to, _kind), at in starts.items() if to != GROUP) < 2


@settings(max_examples=choose_depth(30, 600), deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([None, GROUP, *PEOPLE[:3]]), st.floats(0.1, 60), st.floats(0, 20), st.booleans()),
        max_size=12,
    )
)
def test_everybody_is_paused_only_while_two_chats_ask_with_no_message_taken_in_between(
    story: list[tuple[Address | None, float, float, bool]],
) -> None:
    budget, now, until = SendBudget(LIMITS), 0.0, 0.0
    ends: dict[Address | None, float] = {}  # of each chat's pause
    asked: set[Address | None] = set()  # since a message was last taken
    stranger = SendRequest(PEOPLE[300])
    for chat, seconds, idle, is_taken in story:
        now += idle
        if is_taken:
            budget.note_taken_message()
            asked.clear()
        both = [min(now + seconds, ends[other]) for other in asked - {chat} if ends[other] > now]
        until = max([until, *both])
        ends[chat] = max(now + seconds, ends.get(chat, 0.0))
        asked.add(chat)
        budget.pause(chat, now, seconds)
        assert max(now, earliest_start(budget, stranger)) == max(now, until)
        if chat is not None:
            assert earliest_start(budget, SendRequest(chat, chat == GROUP)) >= ends[chat]


async def test_edits_count_in_a_group_and_leave_room_for_messages() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: dict[StartKind, list[float]] = {kind: [] for kind in StartKind}

    async def one(kind: StartKind) -> None:
        await pace.wait_to_start(GROUP, kind=kind)
        starts[kind].append(time.now - 100.0)

    redraws = [asyncio.create_task(one(StartKind.EDIT)) for _ in range(40)]
    first_edits = LIMITS.group_starts_per_minute - KEPT_FOR_MESSAGES
    await time.run(*redraws[:first_edits])
    assert starts[StartKind.EDIT][-1] < 2
    replies = [asyncio.create_task(one(StartKind.MESSAGE)) for _ in range(KEPT_FOR_MESSAGES)]
    await time.run(*replies)
    assert starts[StartKind.MESSAGE][-1] < 3
    deletion = asyncio.create_task(one(StartKind.DELETION))
    await time.run(deletion)
    assert starts[StartKind.DELETION][0] < 3
    await time.run(*redraws)
    counted = sorted(starts[StartKind.EDIT] + starts[StartKind.MESSAGE])
    assert most_in(60.0, counted) == LIMITS.group_starts_per_minute
    assert most_in(60.0, starts[StartKind.EDIT]) == first_edits


async def test_in_a_group_replies_go_before_the_edits_that_wait() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    order: list[StartKind] = []

    async def one(kind: StartKind) -> None:
        await pace.wait_to_start(GROUP, kind=kind)
        order.append(kind)

    pace.pause(GROUP, 5)
    wishes = [StartKind.EDIT, StartKind.EDIT, StartKind.MESSAGE]
    await time.run(*[asyncio.create_task(one(kind)) for kind in wishes])
    assert order == [StartKind.MESSAGE, StartKind.EDIT, StartKind.EDIT]


async def test_edits_of_a_private_chat_wait_for_no_allowance() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    edits = [asyncio.create_task(pace.wait_to_start(PEOPLE[0], kind=StartKind.EDIT)) for _ in range(20)]
    await time.run(*edits)
    assert time.now < 101


@pytest.mark.parametrize("when", ["before", "while it waits"])
async def test_a_letter_to_a_paused_chat_gives_its_place_to_others(when: str) -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    gate = pace.make_gate(1)
    gate.enter()  # so that the letter has to wait
    if when == "before":
        pace.pause(PEOPLE[0], 30)
    letter = asyncio.create_task(pace.reserve_letter_start(PEOPLE[0], 50, gate))
    await asyncio.sleep(0)
    pace.pause(PEOPLE[0], 30)
    assert await letter is None
    assert PEOPLE[0] in pace.cooling_chats()
    gate.leave()
    assert await pace.reserve_letter_start(PEOPLE[1], 50, gate) is not None
    assert not gate.is_open


async def test_a_letter_to_a_group_whose_minute_is_used_up_gives_its_place_to_others() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    gate = pace.make_gate(1)
    gate.enter()  # so that the letter has to wait
    tasks = [asyncio.create_task(pace.wait_to_start(GROUP)) for _ in range(LIMITS.group_starts_per_minute)]
    letter = asyncio.create_task(pace.reserve_letter_start(GROUP, 20, gate))
    await asyncio.wait_for(time.run(*tasks), 60)
    assert await asyncio.wait_for(letter, 60) is None
    assert pace.cooling_chats()[GROUP] > LONGEST_LETTER_WAIT


@settings(max_examples=choose_depth(15, 250), deadline=None)
@given(
    st.lists(st.tuples(requests, st.floats(0, 1)), min_size=1, max_size=60),
    st.dictionaries(st.sampled_from([GROUP, *PEOPLE[:20]]), st.floats(0.1, 40), max_size=4),
)
def test_nothing_starves_and_a_paused_chat_delays_nobody_else(
    wishes: list[tuple[SendRequest, float]], pauses: dict[Address, float]
) -> None:
    """The same wishes with and without pauses of single chats: the others start no later, and in the end all do."""
    waits = [asyncio.run(_list_waits(wishes, paused)) for paused in ({}, pauses)]
    for (wish, _idle), free, paused in zip(wishes, *waits, strict=True):
        if wish.to not in pauses:
            assert paused <= free + AHEAD + len(wishes) / LIMITS.starts_per_second
    assert max(waits[1]) < 60 + 60 * len(wishes) / (LIMITS.group_starts_per_minute - KEPT_FOR_MESSAGES)


async def _list_waits(wishes: list[tuple[SendRequest, float]], pauses: dict[Address, float]) -> list[float]:
    """Return how long each of these wishes, uttered one after the other, waits for its start."""
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    waits = [math.inf] * len(wishes)
    for chat, seconds in pauses.items():
        pace.pause(chat, seconds)
        pace.note_taken_message()

    async def one(place: int, wish: SendRequest, moment: float) -> None:
        await time.sleep(moment - time.now)
        await pace.wait_to_start(wish.to, wish.priority, wish.kind)
        waits[place] = time.now - moment

    tasks, moment = [], time.now
    for place, (wish, idle) in enumerate(wishes):
        moment += idle
        tasks.append(asyncio.create_task(one(place, wish, moment)))
    await time.run(*tasks)
    return waits


async def test_the_cost_of_a_start_does_not_grow_with_the_requests_that_wait() -> None:
    class CountingBudget(SendBudget):
        looks = 0

        def earliest_in_chat(self, request: SendRequest) -> float:
            self.looks += 1
            return super().earliest_in_chat(request)

    looks = []
    for waiting in (30, 300):
        time, budget = FakeTime(), CountingBudget(LIMITS)
        pace = Pace(MESSENGER, budget, monotonic=lambda: time.now, sleep=time.sleep)  # noqa: B023 - used in this turn
        tasks = [asyncio.create_task(pace.wait_to_start(to)) for to in PEOPLE[:waiting]]
        await time.run(*tasks)
        looks.append(budget.looks / waiting)
    assert looks[1] < 1.5 * looks[0]


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


def test_person_who_floods_a_group_leaves_starts_of_its_minute_to_others() -> None:
    budget, at = SendBudget(LIMITS), 0.0
    flood = SendRequest(GROUP, is_group=True, priority=20, about=1)
    edit = SendRequest(GROUP, is_group=True, kind=StartKind.EDIT)
    for request in (flood, edit) * LIMITS.group_starts_per_minute:
        at = max(at, budget.earliest_of_all())
        if budget.earliest_in_chat(request) <= at:
            start_at(budget, request, at)
    assert budget.earliest_in_chat(flood) > at + 50
    assert budget.list_turns(at)[GROUP].is_crowded
    for about in range(2, 2 + KEPT_FOR_MESSAGES):  # so many others are told of at once
        other = SendRequest(GROUP, is_group=True, priority=20, about=about)
        assert budget.earliest_in_chat(other) <= at
        start_at(budget, other, at)
    assert budget.list_turns(at + 61) == {}


@pytest.mark.parametrize("chat", [GROUP, PEOPLE[0]])
async def test_start_that_comes_late_begins_at_once_and_takes_of_its_chats_allowance_what_it_would_in_time(
    chat: Address,
) -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    starts: list[float] = []
    for _ in range(LIMITS.group_starts_per_minute):
        granted = asyncio.create_task(pace.reserve_letter_start(chat, 50, pace.make_gate(8)))
        await time.run(granted)
        start = granted.result()
        assert start is not None
        time.now = start.at + 0.5  # as on a machine with more to do than it can
        await asyncio.wait_for(pace.begin(start), 60)
        starts.append(time.now)
    one_more = asyncio.create_task(pace.wait_to_start(chat, 50))
    await time.run(one_more)
    if MESSENGER.is_group(chat):
        assert time.now >= starts[0] + 60
    else:
        assert min(later - one for one, later in itertools.pairwise([*starts, time.now])) >= 1


async def test_start_that_is_given_up_is_left_to_others() -> None:
    time = FakeTime()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=time.sleep)
    for _ in range(3 * LIMITS.group_starts_per_minute):
        granted = asyncio.create_task(pace.reserve_letter_start(GROUP, 0, pace.make_gate(8), about=7))
        await time.run(granted)
        start = granted.result()
        assert start is not None
        pace.give_up(start)
    assert time.now < 103
    assert pace.budget.earliest_in_chat(SendRequest(GROUP, is_group=True, about=7)) <= time.now
    assert pace.list_turns() == {}


@settings(max_examples=choose_depth(8, 200), deadline=None)
@given(
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.01, 0.03]),
    st.sampled_from([0.0, 0.3, 3.0]),
    st.sampled_from([0.0, 0.3, 2.0]),
)
def test_lateness_takes_no_more_than_its_own_time_and_no_second_ever_holds_too_many(
    seed: int, late_timers: float, latest_letter: float, longest_stall: float
) -> None:
    """Each timer is late, some letters are late by up to seconds, and now and then the whole process stands still."""
    time, chance, starts, stalls, ends = FakeTime(), random.Random(seed), list[float](), list[float](), list[float]()
    pace = Pace(MESSENGER, monotonic=lambda: time.now, sleep=lambda seconds: time.sleep(seconds + late_timers))
    gate, letters = pace.make_gate(16), iter(range(1, 250))

    async def send_letters() -> None:
        for number in letters:
            start = await pace.reserve_letter_start(Address("telegram", str(number)), 50, gate)
            assert start is not None
            assert start.at <= time.now + AHEAD  # a letter is marked as sending only when its turn has come
            is_late = chance.random() < 0.03
            await time.sleep(chance.random() * 0.01 + is_late * chance.random() * latest_letter)
            await pace.begin(start)
            starts.append(time.now)
            await time.sleep(chance.uniform(0.07, 0.13))
            if chance.random() < 0.02:
                stalls.append(chance.random() * longest_stall)
                time.now += stalls[-1]
            gate.leave()
        ends.append(time.now)

    async def send_all() -> None:
        await time.run(*[asyncio.create_task(send_letters()) for _ in range(24)])

    asyncio.run(send_all())
    assert most_in(1.0, starts) <= LIMITS.starts_per_second
    begun = sum(at <= ends[0] for at in starts)  # later ones have no others behind them
    usable = ends[0] - starts[0] - sum(stalls)
    assert begun >= 0.92 * LIMITS.starts_per_second * usable
