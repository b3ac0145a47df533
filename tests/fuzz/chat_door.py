"""Doors of the messenger: updates of every kind through the real dispatcher, and posted to the webhook."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.http import HttpServer
from bot.messages.callbacks import VERBS
from bot.messages.commands import COMMANDS
from bot.sandbox.records import Chat, Message, User
from bot.sandbox.world import actions
from bot.telegram.receiving.update_handler import UNREADABLE
from bot.telegram.receiving.webhook import Webhook
from cjm import templates
from cjm.journeys.visit import Event
from tests.fuzz.chat_stage import BOSS, GROUPS, PEOPLE, PNG, ChatStage
from tests.fuzz.door import Door
from tests.fuzz.exchange import HttpRequest, exchange
from tests.fuzz.http_doors import assert_answer
from tests.fuzz.mutation import (
    CANARY,
    ODD_TEXTS,
    make_odd_value,
    mutate_bytes,
    mutate_lines,
    mutate_text,
    mutate_value,
    write_json,
)
from tests.fuzz.random_updates import KINDS, UpdateMaker
from tests.http.conftest import Outside, make_app

# Refusals that only say that the world has changed, or that an update named what is not there.
PASSING = (
    "not found", "is not modified", "query is too old", "can't be edited", "can't be deleted", "to be replied",
    "bot was blocked", "bot was kicked", "not a member", "can't initiate", "was upgraded", "no text in the message",
    "no caption in the message", "media can't be edited", "wrong remote file identifier", "no rights",
)  # fmt: skip
SECRET = "a-webhook-secret-of-sixteen"


class MessengerDoor(Door):
    """Base of both doors: the chat side, and what people do there."""

    knocks_per_life = 1_500
    secrets = (SECRET,)
    expected_errors = (UNREADABLE,)

    async def open(self, folder: Path) -> None:
        self.stage = ChatStage()
        await self.stage.open(folder)
        self._assert_calls()

    async def close(self) -> None:
        await self.stage.close()

    async def check(self) -> None:
        await self.stage.check()
        self._assert_calls()

    def _assert_calls(self) -> None:
        """Assert that Telegram refused nothing that we sent, other than what nobody could know."""
        calls = self.stage.world.calls
        wrong = [
            f"{call.method}: {call.outcome}"
            for call in calls
            if call.outcome != "ok" and not any(reason in call.outcome for reason in PASSING)
        ]
        self.outcomes["calls"] += len(calls)
        calls.clear()
        assert not wrong, wrong[:3]

    def make_update(self, random: Random) -> list[dict[str, Any]]:
        """Return updates: true ones, changed ones and invented ones."""
        if random.random() < 0.2:
            maker = UpdateMaker(random, [*GROUPS, BOSS, *PEOPLE], [BOSS, *PEOPLE])
            return [maker.make_readable(random.choice(KINDS), self._take_number())]
        self._act(random)
        updates = self.stage.take_updates()
        if random.random() < 0.3:
            changed = [(mutate_value(random, each), each["update_id"]) for each in updates]
            updates = [{**each, "update_id": number} for each, number in changed if isinstance(each, dict)]
        if random.random() < 0.05:
            updates *= 2
        return updates

    def _take_number(self) -> int:
        queue = self.stage.world.updates
        queue._next_id += 1
        return queue._next_id - 1

    # ---- what people do ------------------------------------------------------------------------------------------

    def _act(self, random: Random) -> None:
        world = self.stage.world
        person = world.people[random.choice((BOSS, BOSS, *PEOPLE))]
        chat = world.chats[random.choice((person.id, person.id, person.id, *GROUPS))]
        deeds: list[tuple[int, Callable[[Random, User, Chat], object]]] = [
            (30, self._press), (20, self._write), (16, self._command), (8, self._forge), (6, self._send_media),
            (5, self._send_journey), (3, self._edit), (3, self._move_bot), (4, self._start), (2, self._join),
        ]  # fmt: skip
        deed = random.choices([each for _, each in deeds], [weight for weight, _ in deeds])[0]
        try:
            deed(random, person, chat)
        except actions.CannotDoError:
            self.outcomes["cannot do"] += 1

    def _choose_message(self, random: Random, chat: Chat) -> Message | None:
        return random.choice(list(chat.messages.values())[-30:]) if chat.messages else None

    def _say(self, random: Random) -> str:
        odd = random.choice(ODD_TEXTS).replace("\ud800", "")[:2_000]
        return random.choice((f"{CANARY} words", f"{CANARY}{odd}", f"+48 601 000 000 {CANARY}", odd or "x", "5", "👍"))

    def _write(self, random: Random, person: User, chat: Chat) -> None:
        reply_to = self._choose_message(random, chat) if random.random() < 0.4 else None
        actions.send_text(self.stage.world, person, chat, self._say(random), reply_to=reply_to)

    def _command(self, random: Random, person: User, chat: Chat) -> None:
        name = random.choice(COMMANDS).name
        if random.random() < 0.1:
            name = mutate_text(random, name)[:64]
        words = random.choice(("", "", "shop", "x" * 70, "1", CANARY, "-1", "@tropa_bot")) or ""
        actions.send_text(self.stage.world, person, chat, f"/{name} {words}".strip())

    def _press(self, random: Random, person: User, chat: Chat) -> None:
        with_buttons = [m for m in list(chat.messages.values())[-60:] if m.rows]
        if not with_buttons:
            self._write(random, person, chat)
            return
        message = random.choice(with_buttons[-4:] if random.random() < 0.8 else with_buttons)
        data = [str(b["callback_data"]) for row in message.rows for b in row if "callback_data" in b]
        if data:
            pressed = random.choice(data)
            if random.random() < 0.15:
                pressed = mutate_text(random, pressed)[:64]
            actions.press_button(self.stage.world, person, message, pressed)

    def _forge(self, random: Random, person: User, chat: Chat) -> None:
        message = self._choose_message(random, chat)
        arguments = [str(random.choice((0, 1, 2, 7, -1, 10**18, "shop", "x", "checkout", ""))) for _ in range(3)]
        data = ":".join((random.choice(list(VERBS)), *arguments[: random.randrange(4)]))
        if message is not None:
            actions.press_button(self.stage.world, person, message, data[:64])

    def _send_media(self, random: Random, person: User, chat: Chat) -> None:
        world, reply_to = self.stage.world, self._choose_message(random, chat)
        caption = self._say(random)[:1_000]
        kind = random.randrange(4)
        if kind == 0:
            actions.send_photo(world, person, chat, PNG, caption=caption, reply_to=reply_to)
        elif kind == 1:
            actions.send_album(world, person, chat, [PNG] * random.randrange(2, 11), caption=caption)
        elif kind == 2:
            actions.send_voice(world, person, chat, b"voice", caption=caption, reply_to=reply_to)
        else:
            actions.send_file(world, person, chat, random.randbytes(50), f"{caption[:40]}.bin", caption=caption)

    def _send_journey(self, random: Random, person: User, chat: Chat) -> None:
        text = templates.text("shop")
        if random.random() < 0.8:
            text = mutate_lines(random, text)
        content = text.encode("utf-8", "replace")
        if random.random() >= 0.8:
            content = mutate_bytes(random, content)
        name = random.choice(("shop.toml", "shop.toml", "x.TOML", "../x.toml", f"{CANARY}.toml", "x.txt"))
        actions.send_file(self.stage.world, person, self.stage.world.chats[person.id], content, name)

    def _edit(self, random: Random, person: User, chat: Chat) -> None:
        own = [m for m in chat.messages.values() if m.sender.id == person.id and m.text]
        if own:
            actions.edit_text(self.stage.world, person, random.choice(own[-10:]), self._say(random))

    def _move_bot(self, random: Random, person: User, chat: Chat) -> None:
        world = self.stage.world
        if chat.kind == "private":
            random.choice((actions.block_bot, actions.unblock_bot))(world, world.people[chat.id])
        else:
            random.choice((actions.remove_bot, actions.add_bot, actions.add_bot, actions.promote_bot))(
                world, chat, person
            )

    def _start(self, random: Random, person: User, chat: Chat) -> None:
        payload = random.choice(("", "c-", "c-abc", "m-1", "x" * 64, f"g-{random.randrange(10**9)}", "first"))
        actions.press_start(self.stage.world, person, payload)

    def _join(self, random: Random, person: User, chat: Chat) -> None:
        world = self.stage.world
        if chat.kind == "group" and random.random() < 0.2:
            actions.upgrade_group(world, chat, person)
        elif chat.kind != "private":
            actions.join_group(world, chat, person, world.people[BOSS])


class ChatDoor(MessengerDoor):
    """Updates, events and time, as they come to the leader."""

    name = "chat"

    async def knock(self, random: Random) -> None:
        self.last = updates = self.make_update(random)
        if random.random() < 0.1:
            self.last = event = self._make_event(random)
            await self.stage.record([event])
        self.begin_to_watch()
        self.outcomes["updates"] += len(updates)
        if updates:
            await self.stage.deliver(*updates)
        if random.random() < 0.12:
            self.stage.clock.advance(timedelta(minutes=random.choice((0, 1, 30, 60 * 24, 60 * 24 * 8))))
            await self.stage.settle()
            self._assert_calls()

    def _make_event(self, random: Random) -> Event:
        place = random.choice(("checkout", "delivery", "advice", "club", "product_page"))
        person = random.choice(PEOPLE)
        now = self.stage.clock.now()
        number = self._take_number()
        return Event(f"e{number}", f"c{person}", "shop", now, touchpoint=place)


class WebhookDoor(MessengerDoor):
    """The address to which the messenger posts, open to everybody."""

    name = "webhook"

    async def open(self, folder: Path) -> None:
        await super().open(folder)
        stage, webhook = self.stage, Webhook(self.stage.inbox, SECRET)

        class _Outside(Outside):
            find_refusal = staticmethod(webhook.find_refusal)
            accept = staticmethod(webhook.accept)

        self.server = await HttpServer(make_app(stage.db, stage.clock, _Outside()), "127.0.0.1", 0).start()
        self._wrong_secrets = 0

    async def close(self) -> None:
        await self.server.stop()
        await super().close()

    async def knock(self, random: Random) -> None:
        for update in self.make_update(random) or [{"update_id": self._take_number()}]:
            body = write_json(random, update)
            if random.random() < 0.2:
                body = mutate_bytes(random, body)
            if random.random() < 0.05:
                body = write_json(random, make_odd_value(random))
            await self._post(random, body)
        if random.random() < 0.1:
            await self.stage.inbox.wait_until_idle()
            await self.stage.settle()
            self._assert_calls()

    async def _post(self, random: Random, body: bytes) -> None:
        secret = SECRET
        if random.random() < 0.01 and self._wrong_secrets < 3:
            self._wrong_secrets += 1
            secret = random.choice(("", "wrong", f"{SECRET}x", "й"))
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        raw, is_whole = HttpRequest("POST", "/messenger/webhook", headers, body).write(), random.random() > 0.04
        self.last = raw if is_whole else mutate_bytes(random, raw)
        self.begin_to_watch()
        answer = await exchange(self.server.url, self.last, is_whole=is_whole)
        self.outcomes[str(answer.status if answer else "hung up")] += 1
        if answer is not None:
            assert_answer(answer)
        if is_whole:
            assert answer is not None, "the server hung up"
            assert answer.status == (200 if secret == SECRET else 401), answer
