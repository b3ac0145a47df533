"""A tap is acknowledged once, right after its handler: neither an edit nor another acknowledgement is waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery

from bot.clock import FrozenClock
from bot.db.delivery import inbox, pictures
from bot.db.delivery.states import InboxState
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseError
from bot.messages.message import Message, plain
from bot.messages.notice import Notice
from bot.outbox.display import PLACES, Display
from bot.outbox.messenger import SentMessage
from bot.outbox.replies import Replies
from bot.outbox.showings import MessageEdit
from bot.sandbox.server import TOKEN
from bot.telegram.handler_result import HandlerResult, show
from bot.telegram.receiving.inbox_worker import InboxWorker, RetryDelays
from bot.telegram.senders import person_address
from cjm.address import Address
from tests.outbox.doubles import ScriptedMessenger, swift_pace
from tests.telegram.case_house import SilentSession
from tests.telegram.test_inbox_worker import NOW

Handle = Callable[[CallbackQuery], Awaitable[object]]
QUICK_TRIES = RetryDelays(tries=(0.0,), database=(0.0,), tap=60.0)


class Line(SilentSession):
    """Session that writes down acknowledgements, and holds them while ``gate`` is closed."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self.log, self.gate = log, asyncio.Event()
        self.gate.set()

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109 - aiogram's
        await self.gate.wait()
        answer = await super().make_request(bot, method, timeout)
        self.log.append(f"acknowledged {self.notices[-1] or ''}".strip())
        return answer


class EditingMessenger(ScriptedMessenger):
    """Messenger that writes down edits, and holds them while ``edit_gate`` is closed."""

    def __init__(self, log: list[str]) -> None:
        super().__init__()
        self.log, self.edit_gate = log, asyncio.Event()
        self.edit_gate.set()

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        await self.edit_gate.wait()
        self.log.append("edited")
        return await super().edit(to, message_id, message)


class TapHouse:
    """Bot whose taps are handled by one function; ``log`` holds what happened, in order."""

    def __init__(self, db: Database, handle: Handle, delays: RetryDelays) -> None:
        self.log: list[str] = []
        self.line, self.messenger, self.db = Line(self.log), EditingMessenger(self.log), db
        clock, router, dispatcher = FrozenClock(NOW), Router(), Dispatcher(disable_fsm=True)
        self.bot = Bot(TOKEN, session=self.line)
        router.callback_query.register(handle)
        dispatcher.include_router(router)
        self.display = Display(Replies(self.messenger, swift_pace(), db, clock))
        self.receiving = InboxWorker(
            db=db, clock=clock, bot=self.bot, dispatcher=dispatcher, display=self.display, delays=delays
        )

    async def tap(self, *people: int) -> None:
        updates = [
            {
                "update_id": number,
                "callback_query": {
                    "id": str(number),
                    "from": {"id": person, "is_bot": False, "first_name": "Anna"},
                    "chat_instance": "1",
                    "data": "x",
                },
            }
            for number, person in enumerate(people, 1)
        ]
        await self.receiving.store(updates)

    async def count_waiting_updates(self) -> int:
        return await self.db.read(lambda tx: inbox.count_by_state(tx).get(InboxState.NEW, 0))

    async def wait_for(self, line: str, times: int = 1) -> None:
        async with asyncio.timeout(60):
            while self.log.count(line) < times:  # noqa: ASYNC110 - one turn of the loop each
                await asyncio.sleep(0)


@asynccontextmanager
async def tap_house(db: Database, handle: Handle, delays: RetryDelays = QUICK_TRIES) -> AsyncIterator[TapHouse]:
    house = TapHouse(db, handle, delays)
    running = asyncio.create_task(house.receiving.run())
    try:
        yield house
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await house.display.stop(0.0)


def make_edit(query: CallbackQuery) -> HandlerResult:
    return show(MessageEdit(person_address(query.from_user), "1", Message(plain("step"))), notice=Notice("saved"))


async def test_tap_is_acknowledged_after_the_commit_and_before_its_edit(db: Database) -> None:
    async def handle(query: CallbackQuery) -> object:
        await db.write(lambda tx: pictures.save(tx, "k", "x", NOW))
        house.log.append("committed")
        return make_edit(query)

    async with tap_house(db, handle) as house:
        house.messenger.edit_gate.clear()
        await house.tap(7)
        await house.receiving.wait_until_idle()
        house.messenger.edit_gate.set()
        await house.display.wait_until_idle()
        assert house.log == ["committed", "acknowledged saved", "edited"]


async def test_taps_of_everybody_are_acknowledged_while_every_edit_hangs(db: Database) -> None:
    async def handle(query: CallbackQuery) -> object:
        return make_edit(query)

    async with tap_house(db, handle) as house:
        house.messenger.edit_gate.clear()
        await house.tap(*range(1, 3 * PLACES))
        await house.receiving.wait_until_idle()
        assert house.log == ["acknowledged saved"] * (3 * PLACES - 1)


async def test_hanging_acknowledgement_holds_neither_a_place_nor_its_chat(db: Database) -> None:
    async def handle(query: CallbackQuery) -> object:
        return make_edit(query)

    async with tap_house(db, handle) as house:
        house.line.gate.clear()
        await house.tap(7, *range(100, 200), 7)
        await house.wait_for("edited", 101)
        assert await house.count_waiting_updates() == 0
        house.line.gate.set()
        await house.receiving.wait_until_idle()
        assert house.log.count("acknowledged saved") == 102


async def test_tap_whose_handler_fails_is_acknowledged_once_without_words(db: Database) -> None:
    tries = 0

    async def handle(_query: CallbackQuery) -> object:
        nonlocal tries
        tries += 1
        raise LookupError

    async with tap_house(db, handle) as house:
        await house.tap(7)
        await house.receiving.wait_until_idle()
        assert (tries, house.log) == (3, ["acknowledged"])


@pytest.mark.parametrize("error", [LookupError("once"), DatabaseError("away")])
async def test_tap_whose_handler_works_at_the_second_try_is_acknowledged_once_with_its_notice(
    db: Database, error: Exception
) -> None:
    tries = 0

    async def handle(query: CallbackQuery) -> object:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise error
        return make_edit(query)

    async with tap_house(db, handle) as house:
        await house.tap(7)
        await house.receiving.wait_until_idle()
        await house.display.wait_until_idle()
        assert sorted(house.log) == ["acknowledged saved", "edited"]


async def test_tap_whose_handler_fails_after_its_write_is_acknowledged(db: Database) -> None:
    async def handle(_query: CallbackQuery) -> object:
        await db.write(lambda tx: pictures.save(tx, "k", "x", NOW))
        raise LookupError

    async with tap_house(db, handle) as house:
        await house.tap(7)
        await house.receiving.wait_until_idle()
        assert house.log == ["acknowledged"]


async def test_tap_whose_handler_is_slow_is_acknowledged_once_and_early(db: Database) -> None:
    slow = asyncio.Event()

    async def handle(query: CallbackQuery) -> object:
        await slow.wait()
        return make_edit(query)

    async with tap_house(db, handle, RetryDelays(tap=0.001)) as house:
        await house.tap(7)
        await house.wait_for("acknowledged")
        slow.set()
        await house.receiving.wait_until_idle()
        await house.display.wait_until_idle()
        assert house.log == ["acknowledged", "edited"]


async def test_stopping_waits_a_moment_for_an_acknowledgement_and_not_for_ever(db: Database) -> None:
    async def handle(query: CallbackQuery) -> object:
        return make_edit(query)

    async with tap_house(db, handle) as house:
        house.line.gate.clear()
        await house.tap(7)
        await house.wait_for("edited")
    assert house.log == ["edited"], "the call that hung was cut off"
