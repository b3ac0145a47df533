"""Updates are stored before they are acknowledged, handled in order per chat, each once; no update blocks a chat."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.types import CallbackQuery, Message
from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.delivery import inbox, pictures
from bot.db.delivery.inbox import AlreadyHandled, UpdateHandling
from bot.db.delivery.states import InboxState
from bot.db.delivery.tables import inbox_table, picture_table
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.joined_write import next_write_also
from bot.messages.notice import Notice
from bot.outbox.display import Display
from bot.outbox.replies import Replies
from bot.sandbox import faults
from bot.sandbox.server import TOKEN, Sandbox
from bot.telegram.connection import make_bot
from bot.telegram.handler_result import HandlerResult
from bot.telegram.receiving.inbox_worker import MOST_HANDLERS, MOST_HANDLERS_WITH_CONNECTIONS, InboxWorker, RetryDelays
from bot.telegram.receiving.polling import UpdatePoller
from bot.telegram.receiving.raw_update import find_chat_id, make_raw_update
from bot.telegram.receiving.webhook import Webhook, set_webhook
from tests.outbox.doubles import ScriptedMessenger, swift_pace
from tests.telegram.doubles import message_update

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
BRISK = RetryDelays(tries=(0.0,), database=(0.0,), tap=0.05)
Handler = Callable[[Message], Awaitable[object]]


class House:
    """Bot with one handler and its inbox; each handled text leaves a row in the database."""

    def __init__(self, db: Database, bot: Bot, *, delays: RetryDelays = BRISK, stores_alone: bool = True) -> None:
        self.db = db
        self.bot = bot
        self.clock = FrozenClock(NOW)
        self.router = Router()
        self.dispatcher = Dispatcher(disable_fsm=True)
        self.dispatcher.include_router(self.router)
        self.receiving = InboxWorker(
            db=db,
            clock=self.clock,
            bot=bot,
            dispatcher=self.dispatcher,
            display=Display(Replies(ScriptedMessenger(), swift_pace(), db, self.clock)),
            delays=delays,
            stores_alone=stores_alone,
        )
        self.heard: list[str] = []
        self._run: list[asyncio.Task[None]] = []

    async def resume(self) -> None:
        """Handle updates, for the first time or again."""
        self._run = await start(self.receiving.run())

    async def pause(self) -> None:
        await stop(self._run)

    async def note(self, text: str) -> None:
        """Insert a row for a text; a second row for the same text would fail."""

        def write(tx: Connection) -> None:
            tx.execute(picture_table.insert().values(key=text, file_id="x", at=NOW))

        await self.db.write(write)

    async def noted(self) -> list[str]:
        return sorted(await self.db.read(lambda tx: list(tx.execute(select(picture_table.c.key)).scalars())))

    async def states(self) -> dict[InboxState, int]:
        return await self.db.read(inbox.count_by_state)

    def on_message(self, handler: Handler) -> None:
        self.router.message.register(handler)

    async def hears(self, message: Message) -> None:
        self.heard.append(message.text or "")

    async def hears_all(self, message: Message) -> None:
        self.heard.append(message.text or "")
        await self.note(message.text or "")


async def start(*jobs: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(job) for job in jobs]


async def stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def house(db: Database, bot: Bot) -> House:
    return House(db, bot)


@pytest.fixture
async def quiet_bot() -> AsyncIterator[Bot]:
    """A bot that reaches no server."""
    bot = make_bot(TOKEN, "http://127.0.0.1:9")
    yield bot
    await bot.session.close()


@pytest.fixture
async def alone(any_db: Database, quiet_bot: Bot) -> AsyncIterator[House]:
    """Return a house at work; the test itself stores the updates."""
    made = House(any_db, quiet_bot)
    await made.resume()
    yield made
    await made.pause()


async def test_update_that_comes_twice_has_one_effect(alone: House) -> None:
    alone.on_message(alone.hears_all)
    for _twice in range(2):
        await alone.receiving.store([message_update(1, "a"), message_update(2, "b")])
        await alone.receiving.wait_until_idle()
    assert (alone.heard, await alone.noted()) == (["a", "b"], ["a", "b"])
    assert await alone.states() == {"done": 2}


async def test_handled_update_is_blanked_in_the_same_transaction(alone: House) -> None:
    async def look(message: Message) -> None:
        await alone.note(message.text or "")
        rows = await alone.db.read(
            lambda tx: [tuple(one) for one in tx.execute(select(inbox_table.c.state, inbox_table.c.payload))]
        )
        alone.heard.append(str(rows))

    alone.on_message(look)
    await alone.receiving.store([message_update(1, "secret words")])
    await alone.receiving.wait_until_idle()
    assert alone.heard == [str([(InboxState.DONE, None)])]


async def test_a_chat_is_handled_in_order_and_others_do_not_wait_for_it(alone: House) -> None:
    gate = asyncio.Event()

    async def handle(message: Message) -> None:
        if message.chat.id == 1 and message.text == "0":
            await gate.wait()
        alone.heard.append(f"{message.chat.id}:{message.text}")
        if len(alone.heard) == 5:
            gate.set()

    alone.on_message(handle)
    await alone.receiving.store([message_update(n, str(n // 2), chat=1 + n % 2) for n in range(10)])
    await alone.receiving.wait_until_idle()
    assert alone.heard[:5] == [f"2:{n}" for n in range(5)]
    assert alone.heard[5:] == [f"1:{n}" for n in range(5)]


async def test_no_more_chats_are_handled_at_once_than_there_are_places(alone: House) -> None:
    at_once = most = 0

    async def handle(_message: Message) -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        for _ in range(5):
            await asyncio.sleep(0)
        at_once -= 1

    alone.on_message(handle)
    await alone.receiving.store([message_update(n, "x", chat=n + 1) for n in range(40)])
    await alone.receiving.wait_until_idle()
    assert most == (MOST_HANDLERS if alone.db.is_sqlite else MOST_HANDLERS_WITH_CONNECTIONS)


async def test_update_that_cannot_be_parsed_is_set_aside_and_blocks_no_chat(
    alone: House, caplog: pytest.LogCaptureFixture
) -> None:
    alone.on_message(alone.hears_all)
    broken = message_update(1, "canary")
    broken["message"]["date"] = {"of": "no kind we know"}
    await alone.receiving.store([broken, message_update(2, "after")])
    await alone.receiving.wait_until_idle()
    assert (alone.heard, await alone.states()) == (["after"], {"failed": 1, "done": 1})
    assert "update set aside" in caplog.text
    assert "canary" not in caplog.text


async def test_an_unknown_kind_of_update_is_done_with(alone: House) -> None:
    await alone.receiving.store([{"update_id": 1, "telepathy": {"from": {"id": 7}}}, {"update_id": 2}, {"no": 1}])
    await alone.receiving.wait_until_idle()
    assert await alone.states() == {"done": 2}


async def test_a_handler_that_fails_is_tried_three_times_in_its_place_and_then_set_aside(
    alone: House, caplog: pytest.LogCaptureFixture
) -> None:
    async def handle(message: Message) -> None:
        alone.heard.append(message.text or "")
        if message.text == "bad" or (message.text == "shaky" and alone.heard.count("shaky") < 3):
            raise LookupError("canary")
        await alone.note(message.text or "")

    alone.on_message(handle)
    await alone.receiving.store([message_update(1, "bad"), message_update(2, "shaky"), message_update(3, "good")])
    await alone.receiving.wait_until_idle()
    assert alone.heard == ["bad"] * 3 + ["shaky"] * 3 + ["good"]
    assert (await alone.noted(), await alone.states()) == (["good", "shaky"], {"failed": 1, "done": 2})
    assert "canary" not in caplog.text
    (error,) = await alone.db.read(
        lambda tx: list(tx.execute(select(inbox_table.c.error).where(inbox_table.c.state == "failed")))
    )
    assert error[0].startswith("LookupError at test_inbox_worker.py:")


async def test_a_handler_that_fails_after_its_write_is_not_tried_again(alone: House) -> None:
    async def handle(message: Message) -> None:
        alone.heard.append(message.text or "")
        await alone.note(message.text or "")
        raise LookupError

    alone.on_message(handle)
    await alone.receiving.store([message_update(1, "a")])
    await alone.receiving.wait_until_idle()
    assert (alone.heard, await alone.noted(), await alone.states()) == (["a"], ["a"], {"done": 1})


async def test_failed_write_does_not_mark_the_update_as_done(alone: House) -> None:
    async def handle(message: Message) -> None:
        alone.heard.append(message.text or "")
        if len(alone.heard) == 1:
            await alone.db.write(lambda _tx: 1 // 0)
        await alone.note(message.text or "")

    alone.on_message(handle)
    await alone.receiving.store([message_update(1, "a")])
    await alone.receiving.wait_until_idle()
    assert (alone.heard, await alone.noted()) == (["a", "a"], ["a"])


async def test_a_database_that_is_away_costs_no_try(alone: House) -> None:
    async def handle(message: Message) -> None:
        alone.heard.append(message.text or "")
        if len(alone.heard) < 6:
            raise DatabaseError("the database: the disk is full")
        await alone.note(message.text or "")

    alone.on_message(handle)
    await alone.receiving.store([message_update(1, "a")])
    await alone.receiving.wait_until_idle()
    assert (len(alone.heard), await alone.states()) == (6, {"done": 1})


async def test_update_handled_by_another_process_has_no_second_effect(any_db: Database) -> None:
    (stored,) = await any_db.write(
        lambda tx: inbox.insert_updates(tx, "1", [make_raw_update(message_update(1, "a"))], NOW)
    )

    async def handle(key: str) -> None:
        handling = UpdateHandling(stored.id, lambda: NOW)
        with next_write_also(handling.mark_done, then=handling.confirm):
            await any_db.write(lambda tx: pictures.save(tx, key, "x", NOW))

    results = await asyncio.gather(*[handle(f"{number}") for number in range(4)], return_exceptions=True)
    assert [type(result) for result in results if result is not None] == [AlreadyHandled] * 3
    keys = await any_db.read(lambda tx: list(tx.execute(select(picture_table.c.key)).scalars()))
    assert len(keys) == 1


async def test_a_restart_in_the_middle_loses_nothing_and_repeats_nothing(any_db: Database, quiet_bot: Bot) -> None:
    first = House(any_db, quiet_bot)
    reached = asyncio.Event()

    async def handle(message: Message) -> None:
        if message.text == "2":
            reached.set()
            await asyncio.Event().wait()
        await first.note(message.text or "")

    first.on_message(handle)
    tasks = await start(first.receiving.run())
    await first.receiving.store([message_update(n, str(n)) for n in range(1, 5)])
    await reached.wait()
    await stop(tasks)
    assert await first.noted() == ["1"]

    second = House(any_db, quiet_bot)
    second.on_message(second.hears_all)
    tasks = await start(second.receiving.run())
    await second.receiving.wait_until_idle()
    await stop(tasks)
    assert second.heard == ["2", "3", "4"]
    assert await second.noted() == ["1", "2", "3", "4"]


async def test_old_rows_are_pruned_before_their_numbers_come_again(any_db: Database) -> None:
    def whole(tx: Connection) -> list[int]:
        first, _second = inbox.insert_updates(
            tx, "1", [make_raw_update(message_update(1, "a")), make_raw_update(message_update(2, "b"))], NOW
        )
        inbox.mark_done(tx, first.id, NOW)
        inbox.delete_done(tx, NOW + timedelta(days=3))
        again = inbox.insert_updates(
            tx, "1", [make_raw_update(message_update(1, "new")), make_raw_update(message_update(2, "b"))], NOW
        )
        return [stored.update_id for stored in again]

    assert await any_db.write(whole) == [1]


@pytest.mark.parametrize(
    ("update", "chat"),
    [
        (message_update(1, "x", chat=5), "5"),
        ({"update_id": 1, "callback_query": {"from": {"id": 3}, "message": {"chat": {"id": -9}}}}, "-9"),
        ({"update_id": 1, "callback_query": {"from": {"id": 3}, "inline_message_id": "x"}}, "3"),
        ({"update_id": 1, "my_chat_member": {"chat": {"id": 4}, "from": {"id": 3}}}, "4"),
        ({"update_id": 1, "poll": {"id": "1"}}, None),
        ({"update_id": 1, "message": "rubbish"}, None),
    ],
)
def test_chat_of_an_update_is_found_before_it_is_parsed(update: dict[str, Any], chat: str | None) -> None:
    assert find_chat_id(update) == chat


async def test_text_that_no_database_can_store_is_repaired(alone: House) -> None:
    alone.on_message(alone.hears_all)
    await alone.receiving.store([message_update(1, "a\x00b\ud83d c")])
    await alone.receiving.wait_until_idle()
    assert alone.heard == ["ab\ufffd c"]


# Over HTTP, against the sandbox


async def test_polled_message_is_handled_once_even_when_it_comes_twice(house: House, sandbox: Sandbox) -> None:
    house.on_message(house.hears_all)
    sandbox.world.updates.twice = True
    tasks = await start(house.receiving.run(), UpdatePoller(house.bot, house.receiving).run())
    anna = sandbox.add_person("Anna")
    await anna.start()
    await anna.send("hello")
    await sandbox.wait_until_acknowledged()
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert house.heard == ["/start", "hello"]


async def test_polling_goes_on_after_every_kind_of_failure(
    house: House, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="bot")
    house.on_message(house.hears_all)
    anna = sandbox.add_person("Anna")
    await anna.start()
    broken = (
        faults.server_error(),
        faults.garbage(processed=False),
        faults.reset_before(),
        faults.refusal(409, "Conflict: terminated by other getUpdates request"),
        faults.refusal(401, "Unauthorized"),
        faults.refusal(500, "Internal Server Error"),
    )
    for fault in broken:
        sandbox.plan_fault(fault, "getUpdates")
    sandbox.plan_fault(faults.reset_before(), "deleteWebhook")
    polling = UpdatePoller(house.bot, house.receiving, waits=(0.0,))
    tasks = await start(house.receiving.run(), polling.run())
    await sandbox.wait_until_acknowledged()
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert house.heard == ["/start"]
    messages = [record.message for record in caplog.records]
    # Once for the whole interruption, and once for each refusal that a person has to mend: 409 and 401.
    assert messages.count("polling interrupted") == 3
    assert messages.count("polling answers again") == 1
    assert TOKEN.partition(":")[2] not in caplog.text


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (faults.server_error(502), "Telegram answers 502"),
        (faults.garbage(processed=False), "Telegram's answer cannot be read"),
        (faults.wrong_json(processed=False), "Telegram's answer cannot be read"),
    ],
)
async def test_answer_of_a_gateway_is_told_in_words(
    house: House, sandbox: Sandbox, caplog: pytest.LogCaptureFixture, fault: faults.Fault, reason: str
) -> None:
    sandbox.plan_fault(fault, "getUpdates")
    await sandbox.add_person("Anna").start()
    tasks = await start(UpdatePoller(house.bot, house.receiving, waits=(0.0,)).run())
    await sandbox.wait_until_acknowledged()
    await stop(tasks)
    told = [record.__dict__["reason"] for record in caplog.records if record.message == "polling interrupted"]
    assert told == [reason]


async def test_nothing_is_acknowledged_that_could_not_be_stored(
    house: House, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And however long polling waits for Telegram by then, it goes on soon after the database is back."""
    monkeypatch.setattr("bot.telegram.receiving.polling.LONGEST_DATABASE_WAIT", 0.0)
    house.on_message(house.hears_all)
    store = house.receiving.store
    failures: list[list[int]] = []

    async def away_at_first(updates: Any) -> int:
        if len(failures) < 2:
            failures.append([update.id for update in sandbox.world.updates.waiting])
            raise DatabaseError("the disk is full")
        return await store(updates)

    monkeypatch.setattr(house.receiving, "store", away_at_first)
    anna = sandbox.add_person("Anna")
    await anna.start()
    tasks = await start(house.receiving.run(), UpdatePoller(house.bot, house.receiving, waits=(3600.0,)).run())
    await sandbox.wait_until_acknowledged()
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert len(failures) == 2
    assert failures[0] == failures[1] != []
    assert house.heard == ["/start"]


async def test_tap_is_acknowledged_with_the_handlers_notice_or_early_without_one(
    house: House, sandbox: Sandbox
) -> None:
    slow = asyncio.Event()

    async def on_tap(query: CallbackQuery) -> object:
        if query.data == "slow":
            await slow.wait()
        if query.data == "fails":
            raise LookupError
        notices = {"alert": Notice("read this", is_alert=True), "toast": Notice("saved")}
        return HandlerResult(notices.get(query.data or ""))

    async def on_message(message: Message) -> None:
        markup = {"inline_keyboard": [[{"text": data, "callback_data": data}] for data in names]}
        await message.answer("choose", reply_markup=markup)  # type: ignore[arg-type]  # aiogram takes a dict, too

    names = ("toast", "alert", "fails", "slow")
    house.router.callback_query.register(on_tap)
    house.on_message(on_message)
    tasks = await start(house.receiving.run(), UpdatePoller(house.bot, house.receiving).run())
    anna = sandbox.add_person("Anna")
    await anna.start()
    await anna.wait_for_message("choose")
    answers = {}
    for name in names:
        press = await anna.click(name)
        answers[name] = await anna.wait_for_answer(press)
    slow.set()
    await house.receiving.wait_until_idle()
    await stop(tasks)
    assert answers == {"toast": "saved", "alert": "read this", "fails": "", "slow": ""}


async def test_the_webhook_takes_updates_from_telegram_only(house: House, caplog: pytest.LogCaptureFixture) -> None:
    webhook = Webhook(house.receiving, "s3cret")
    body = json.dumps(message_update(1, "hello")).encode()
    right = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    assert "is for Telegram" in (webhook.find_refusal({}) or "")
    # The last one is how a header with bytes that are no text arrives.
    for wrong in ("", "s3cret ", "S3CRET", "ы", "\udcff"):
        assert "is for Telegram" in (webhook.find_refusal(dict.fromkeys(right, wrong)) or "")
    assert webhook.find_refusal(right) is None
    for _twice in range(2):
        await webhook.accept(body)
    await webhook.accept(b"{")
    await webhook.accept(b'["x"]')
    assert await house.states() == {"new": 1}
    with pytest.raises(ValueError, match="secret"):
        Webhook(house.receiving, "")


async def test_webhook_is_set_and_polling_deletes_it(house: House, sandbox: Sandbox) -> None:
    await set_webhook(house.bot, "https://tropa.example/telegram/webhook", "s3cret")
    assert sandbox.polling.webhook_active
    tasks = await start(UpdatePoller(house.bot, house.receiving).run())
    anna = sandbox.add_person("Anna")
    await anna.start()
    await sandbox.wait_until_acknowledged()
    await stop(tasks)
    assert not sandbox.polling.webhook_active


async def test_what_people_say_is_in_no_log(alone: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    alone.on_message(alone.hears_all)
    await alone.receiving.store([message_update(1, "canary")])
    await alone.receiving.wait_until_idle()
    ours = [record for record in caplog.records if record.name.startswith(("bot", "aiogram"))]
    assert ours
    assert not any("canary" in record.getMessage() for record in ours)
