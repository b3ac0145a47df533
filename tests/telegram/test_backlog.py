"""A backlog delays nobody else, each payload is read once, and no process or order of commits loses an update."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from aiogram import Bot
from aiogram.types import CallbackQuery, Message
from sqlalchemy import Connection, Engine, event

from bot.db.delivery import inbox, set_aside_updates
from bot.db.delivery.inbox import RawUpdate
from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table
from bot.db.engine.database import Database
from bot.db.engine.errors import DatabaseAway
from bot.sandbox.server import TOKEN
from bot.telegram.receiving.fair_queue import MOST_QUEUED
from bot.telegram.receiving.inbox_worker import MOST_HANDLERS, RetryDelays
from bot.telegram.receiving.raw_update import make_raw_update
from tests.telegram.doubles import message_update
from tests.telegram.test_inbox_worker import NOW, House, alone, quiet_bot, start, stop

T = TypeVar("T")
BOT = TOKEN.partition(":")[0]
FLOODER, OTHER = 7, 8
__all__ = ["alone", "quiet_bot"]


def tap_update(update_id: int, chat: int) -> dict[str, Any]:
    person = {"id": chat, "is_bot": False, "first_name": "Boris"}
    message = message_update(update_id, "question", chat)["message"]
    tap = {"id": str(update_id), "from": person, "chat_instance": "1", "message": message, "data": "tap"}
    return {"update_id": update_id, "callback_query": tap}


async def store_elsewhere(db: Database, *updates: RawUpdate) -> None:
    """Store updates as another process does: no worker hears of it."""
    await db.write(lambda tx: inbox.insert_updates(tx, BOT, updates, NOW))


def raw(*numbers: int, chat: int = FLOODER) -> list[RawUpdate]:
    return [make_raw_update(message_update(n, str(n), chat)) for n in numbers]


@contextmanager
def payload_reads() -> Iterator[list[int]]:
    """Collect the ids of the rows whose payloads are read, in any database."""
    ids: list[int] = []

    def listen(_connection: Connection, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT") and "payload" in statement:
            ids.extend(value for value in parameters if isinstance(value, int))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield ids
    finally:
        event.remove(Engine, "before_cursor_execute", listen)


class Crowd:
    """Handlers that record the order; the 30th update of the backlog waits for the gate."""

    def __init__(self, house: House) -> None:
        self.order: list[str] = []
        self.middle, self.gate = asyncio.Event(), asyncio.Event()
        self.tapped = asyncio.Event()
        house.router.message.register(self.hear)
        house.router.callback_query.register(self.notice)

    async def hear(self, message: Message) -> None:
        self.order.append(message.text or "")
        if len(self.order) == 30:
            self.middle.set()
            await self.gate.wait()

    async def notice(self, _tap: CallbackQuery) -> None:
        self.order.append("tap")
        self.tapped.set()


@pytest.mark.parametrize("stores_alone", [True, False])
async def test_a_tap_does_not_wait_for_five_thousand_updates_of_somebody_else(
    any_db: Database, quiet_bot: Bot, stores_alone: bool
) -> None:
    house = House(any_db, quiet_bot, stores_alone=stores_alone)
    crowd = Crowd(house)
    await store_elsewhere(any_db, *raw(*range(1, 5001)), make_raw_update(tap_update(6000, OTHER)))
    tasks = await start(house.receiving.run())
    await crowd.middle.wait()
    assert crowd.order.index("tap") <= 1  # stored last, and handled beside the first
    crowd.tapped.clear()
    await house.receiving.store([tap_update(6001, OTHER)])
    await crowd.tapped.wait()
    assert len(crowd.order) == 31  # 29 words and the first tap, the word that waits, and this tap
    crowd.gate.set()
    await stop(tasks)


async def test_a_long_backlog_is_handled_in_order_and_each_payload_is_read_once(
    any_db: Database, quiet_bot: Bot
) -> None:
    house = House(any_db, quiet_bot)
    house.on_message(house.hears)
    numbers = range(1, 601)
    await store_elsewhere(any_db, *raw(*numbers))
    with payload_reads() as read:
        tasks = await start(house.receiving.run())
        await house.receiving.wait_until_idle()
        await stop(tasks)
    assert house.heard == [str(n) for n in numbers]
    assert len(read) == len(set(read)) == len(numbers)


async def test_what_this_process_stores_is_not_read_back(alone: House) -> None:
    alone.on_message(alone.hears)
    await alone.receiving.store(message_update(n, str(n), chat=n) for n in range(5))
    await alone.receiving.wait_until_idle()  # from here on it knows that nothing else waits
    with payload_reads() as read:
        for first in range(10, 100, 10):
            await alone.receiving.store(message_update(n, str(n), chat=n % 7) for n in range(first, first + 10))
        await alone.receiving.wait_until_idle()
    assert (len(alone.heard), read) == (95, [])


async def test_a_crowd_larger_than_the_memory_is_handled_whole(db: Database, quiet_bot: Bot) -> None:
    house = House(db, quiet_bot)
    house.on_message(house.hears)
    crowd = range(1, MOST_QUEUED + 300)
    await store_elsewhere(db, *[update for n in crowd for update in raw(n, chat=n)])
    with payload_reads() as read:
        tasks = await start(house.receiving.run())
        await house.receiving.store([message_update(5000, "late", chat=5000)])
        await house.receiving.wait_until_idle()
        await stop(tasks)
    assert sorted(house.heard) == sorted([*map(str, crowd), "late"])
    assert len(read) == len(set(read))


async def test_what_another_process_stored_comes_before_what_this_one_stored_later(
    any_db: Database, quiet_bot: Bot
) -> None:
    house = House(any_db, quiet_bot, stores_alone=False)
    house.on_message(house.hears)
    tasks = await start(house.receiving.run())
    await house.receiving.store([message_update(1, "1")])
    await house.receiving.wait_until_idle()
    await store_elsewhere(any_db, *raw(2))
    await house.receiving.store([message_update(3, "3")])
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert house.heard == ["1", "2", "3"]


async def test_a_running_bot_takes_up_what_is_to_be_handled_again(alone: House) -> None:
    is_mended = False

    async def hear(message: Message) -> None:
        if not is_mended:
            raise LookupError
        await alone.hears(message)

    alone.on_message(hear)
    await alone.receiving.store([message_update(1, "1"), message_update(2, "2", chat=OTHER)])
    await alone.receiving.wait_until_idle()
    assert await alone.states() == {"failed": 2}
    is_mended = True
    assert await alone.db.write(lambda tx: set_aside_updates.retry_set_aside(tx, BOT)) == 2
    await alone.receiving.wait_until_idle()
    assert (sorted(alone.heard), await alone.states()) == (["1", "2"], {"done": 2})


async def test_an_update_whose_id_becomes_visible_late_is_handled(alone: House) -> None:
    alone.on_message(alone.hears)
    row = {"bot": BOT, "state": InboxState.NEW, "attempts": 0, "received_at": NOW}

    async def insert(row_id: int, update: RawUpdate) -> None:
        """Insert a row with a chosen id, as a transaction does that took its id early and commits late."""
        values = row | {"id": row_id, "update_id": update.update_id, "chat": update.chat, "payload": update.payload}
        await alone.db.write(lambda tx: tx.execute(inbox_table.insert().values(values)) and None)

    await insert(900, *raw(2))
    await alone.receiving.wait_until_idle()
    await insert(500, *raw(1))
    await alone.receiving.wait_until_idle()
    assert alone.heard == ["2", "1"]


async def test_a_leader_that_lost_and_won_again_handles_the_rest_on_the_same_worker(alone: House) -> None:
    reached = asyncio.Event()

    async def hear(message: Message) -> None:
        if message.text == "3" and not reached.is_set():
            reached.set()
            await asyncio.Event().wait()
        await alone.hears(message)
        await alone.note(message.text or "")

    alone.on_message(hear)
    worker = alone.receiving
    await worker.store(message_update(n, str(n)) for n in range(1, 6))
    await reached.wait()
    await alone.pause()
    # While it does not lead, it only stores; another leader handles some of it.
    await worker.store(message_update(n, str(n)) for n in range(6, 8))
    other = House(alone.db, alone.bot)
    other.on_message(other.hears)
    await handle_some(other, lambda: len(other.heard) >= 2)
    await alone.resume()
    await worker.wait_until_idle()
    heard = [*alone.heard[:2], *other.heard, *alone.heard[2:]]
    assert heard == [str(n) for n in range(1, 8)]


async def handle_some(house: House, is_enough: Callable[[], bool]) -> None:
    """Let a house handle updates until there are enough, and stop it between two of them."""
    enough = asyncio.Event()

    async def hear(message: Message) -> None:
        if is_enough():
            enough.set()
            await asyncio.Event().wait()
        await house.hears(message)
        await house.note(f"other {message.text}")

    house.router.message.handlers.clear()
    house.on_message(hear)
    tasks = await start(house.receiving.run())
    await enough.wait()
    await stop(tasks)


async def test_a_chat_that_fails_gives_its_place_to_others_while_it_waits(any_db: Database, quiet_bot: Bot) -> None:
    house = House(any_db, quiet_bot, delays=RetryDelays(tries=(3600.0,), database=(3600.0,)))
    away, handled = asyncio.Event(), asyncio.Event()
    failed: list[str] = []

    async def hear(message: Message) -> None:
        if message.chat.id != OTHER:
            failed.append(message.text or "")
            if len(failed) == 2 * MOST_HANDLERS:
                away.set()
            raise LookupError if message.chat.id % 2 else DatabaseAway("the database: it is full")
        await house.hears(message)
        handled.set()

    house.on_message(hear)
    tasks = await start(house.receiving.run())
    await house.receiving.store(message_update(n, str(n), chat=100 + n) for n in range(2 * MOST_HANDLERS))
    await away.wait()
    await house.receiving.store([message_update(1000, "others", chat=OTHER)])
    await handled.wait()
    await stop(tasks)
    assert (house.heard, len(failed)) == (["others"], 2 * MOST_HANDLERS)


class FaultyDatabase(Database):
    """Database whose reads fail with a fault of ours, as often as `faults` says."""

    faults = 0

    async def read(self, fn: Callable[[Connection], T]) -> T:
        if self.faults:
            self.faults -= 1
            raise RuntimeError("canary")
        return await super().read(fn)


async def test_a_fault_of_ours_does_not_end_the_worker(
    sqlite_url: str, quiet_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    db = FaultyDatabase(sqlite_url)
    house = House(db, quiet_bot)
    house.on_message(house.hears)
    await store_elsewhere(db, *raw(1))
    db.faults = 1
    await house.resume()
    await house.receiving.store([message_update(2, "2")])
    await house.receiving.wait_until_idle()
    await house.pause()
    await db.close()
    assert (house.heard, "canary" in caplog.text) == (["1", "2"], False)
    assert "inbox not read" in caplog.text


async def test_updates_that_wait_for_a_database_that_is_away_add_nothing_to_its_own_log_lines(
    any_db: Database, quiet_bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    house = House(any_db, quiet_bot)
    tries: list[str] = []

    async def hear(message: Message) -> None:
        tries.append(message.text or "")
        if len(tries) <= 40:
            raise DatabaseAway("the database: it is full")
        await house.hears(message)

    house.on_message(hear)
    tasks = await start(house.receiving.run())
    await house.receiving.store(message_update(n, str(n), chat=100 + n) for n in range(10))
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert [record.message for record in caplog.records if record.name.startswith("bot.")] == []
    assert await house.states() == {"done": 10}
