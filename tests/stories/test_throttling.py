"""Telegram says "too many requests" to one chat: only that chat waits. A group's edits never make it say so."""

import asyncio
from datetime import timedelta

from bot.messages.message import Message, plain
from bot.outbox.pace import Pace
from bot.outbox.send_budget import KEPT_FOR_MESSAGES, StartKind
from bot.sandbox import Limits, Sandbox, faults
from bot.sandbox.world.limits import SendCounter
from bot.telegram.connection import make_bot
from bot.telegram.messenger import TelegramMessenger
from cjm.address import Address
from tests.outbox.test_pace import FakeTime
from tests.stories.stage import start_stage

WAIT = 30


async def test_a_chat_that_is_asked_to_wait_delays_nobody_else_and_loses_nothing(database_url: str) -> None:
    async with start_stage(database_url) as stage:
        people = await stage.add_consenting_customers([str(number) for number in range(6)])
        first, others = people[0], people[1:]
        stage.sandbox.plan_fault(faults.too_many(WAIT), "sendMessage", chat=first.id)
        for number in range(6):
            await stage.send_event(str(number), "delivery")
        await stage.settle()
        assert ["🙂" in person.last.buttons for person in people] == [False, True, True, True, True, True]
        pace = stage.tropa.parts.pace
        assert pace.seconds_paused(Address("telegram", str(first.id))) > 0
        assert pace.seconds_paused() == 0
        for person in others:
            await person.click("🙂")
        await stage.settle()
        assert not any("🙂" in person.last.buttons for person in others)  # their taps are answered meanwhile

        await stage.stop()  # the pause is forgotten with the process; the letter is not
        stage.clock.advance(timedelta(seconds=WAIT))
        await stage.start()
        await stage.settle()
        assert "🙂" in first.last.buttons


async def test_a_groups_edits_and_messages_together_never_meet_telegrams_limit() -> None:
    """Cards are redrawn all the time while commands are answered; the time of both sides is the same invented one."""
    time = FakeTime()
    async with Sandbox() as sandbox:
        sandbox.world.counter = SendCounter(Limits(), lambda: time.now)
        boss = sandbox.add_person("Boss")
        group = sandbox.add_group("Shop team", boss)
        await group.add_bot(by=boss)
        bot, to = make_bot(sandbox.token, sandbox.url), Address("telegram", str(group.id))
        messenger = TelegramMessenger(bot)
        pace = Pace(messenger, monotonic=lambda: time.now, sleep=time.sleep)

        async def start(kind: StartKind) -> float:
            asked_at = time.now
            await time.run(asyncio.create_task(pace.wait_to_start(to, kind=kind)))
            return time.now - asked_at

        await start(StartKind.MESSAGE)
        card = await messenger.send(to, Message(plain("card 0")))
        for turn in range(3):
            for number in range(Limits().group + 5):
                await start(StartKind.EDIT)
                await messenger.edit(to, card.message_id, Message(plain(f"card {turn} {number}")))
            for number in range(KEPT_FOR_MESSAGES):
                assert await start(StartKind.MESSAGE) < 1  # a reply does not wait for the cards
                await messenger.send(to, Message(plain(f"reply {turn} {number}")))
        await bot.session.close()
        assert not [call for call in sandbox.world.calls if call.outcome.startswith("429")]
