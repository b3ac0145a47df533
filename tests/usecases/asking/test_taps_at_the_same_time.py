"""Taps of one person that are handled at the same time, as by two processes, wait for each other."""

import asyncio
from collections import Counter

from bot.usecases.asking.turn import ConversationTap, TapNotice
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, CSAT, FELT, World


async def test_first_taps_at_the_same_time_open_one_conversation_and_store_one_answer(any_world: World) -> None:
    world = any_world
    await world.record([Event("e1", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await world.ask_due()
    tap = ConversationTap(ALICE, "1", 1)
    turns = await asyncio.gather(*[world.give.answer(tap, FELT, 1) for _ in range(6)])
    assert Counter(turn.notice for turn in turns) == {TapNotice.SAVED: 1, TapNotice.SAME: 5}
    assert await world.stored_answers(1) == {"felt": 1}
    assert await world.wrong_counters() == []


async def test_a_tap_sees_what_another_one_has_stored_while_it_waited(any_world: World) -> None:
    world = any_world
    tap = world.make_tap(await world.visit())
    await world.give.answer(tap, FELT, 1)
    values = (1, 2, 3, 4, 5)
    turns = await asyncio.gather(*[world.give.answer(tap, CSAT, value) for value in values])
    assert Counter(turn.notice for turn in turns) == {TapNotice.SAVED: 1, TapNotice.CHANGED: 4}
    assert (await world.stored_answers(tap.invitation))["csat"] in values
    assert await world.wrong_counters() == []
