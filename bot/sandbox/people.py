"""People as test tools: what they do, and what they see. They wait for changes, never for a fixed time.

>>> anna = sandbox.person("Anna", language="ru")
>>> await anna.start("payload")
>>> await anna.wait_for_message("how was")
>>> await anna.click("Good")
"""

import asyncio
import copy
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.sandbox.records import Chat, Json, Message, Press, Standing, Toast, User
from bot.sandbox.world import actions
from bot.sandbox.world.world import World

T = TypeVar("T")
MessageMatch = str | re.Pattern[str] | Callable[[Message], bool]
"""Part of a message's words, a pattern that is found in them, or a predicate of the message."""
TIMEOUT = 60.0  # seconds; only a test that fails waits so long


class NotSeenError(AssertionError):
    """Missing message or button. The text lists what is there instead."""


class Viewer:
    """One chat and a person who looks at it."""

    def __init__(self, world: World, chat_id: int) -> None:
        self.world = world
        self._chat_id = chat_id
        self._since = 0
        self._heard: set[tuple[int, int]] = set()

    @property
    def chat(self) -> Chat:
        """Chat as it is now; after an upgrade, the supergroup."""
        chat = self.world.chats[self._chat_id]
        return self.world.chats[chat.migrated_to] if chat.migrated_to else chat

    @property
    def messages(self) -> list[Message]:
        """Messages as they are now, oldest first. They are copies, which later edits do not change."""
        return [copy.copy(message) for message in self.chat.messages.values()]

    @property
    def last(self) -> Message:
        """Newest message of the bot."""
        own = [message for message in self.messages if message.sender.id == self.world.bot.id]
        if not own:
            raise NotSeenError("the bot has said nothing here")
        return own[-1]

    async def wait_for_message(self, match: MessageMatch, timeout: float = TIMEOUT) -> Message:  # noqa: ASYNC109 (a test says how long)
        """Return the first message of the bot that matches, new or edited since this person last wrote or pressed here.

        Each version of a message counts once: waiting for the same words again waits for the next one. Raises
        NotSeenError with the end of the chat after `timeout` seconds.
        """
        try:
            return await self.world.bell.until(lambda: self._find_unheard(match), timeout)
        except TimeoutError:
            raise NotSeenError(
                f"waited {timeout:g} s for {_match_text(match)}; the chat is {self.describe_chat()}"
            ) from None

    async def wait_until_deleted(self, message: Message, timeout: float = TIMEOUT) -> None:  # noqa: ASYNC109 (a test says how long)
        """Wait until this message is deleted. Raises TimeoutError after `timeout` seconds."""
        await self.world.bell.until(lambda: message.id not in self.chat.messages, timeout)

    def _find_unheard(self, match: MessageMatch) -> Message | None:
        for message in self.chat.messages.values():
            appearance = (message.id, message.last_change)
            # An old "Thank you" should not satisfy a test.
            if message.sender.id != self.world.bot.id or message.last_change <= self._since:
                continue
            if appearance not in self._heard and _matches(message, match):
                self._heard.add(appearance)
                # A copy: the test sees the message as it was, even if it is edited later.
                return copy.copy(message)
        return None

    def describe_chat(self) -> str:
        """Return the last 15 messages in words, for the message of a failed test."""
        lines = [
            f"  {message.sender.first_name}: {message.words or (message.media and message.media.kind) or '…'!s}"
            + (f"  {message.buttons}" if message.buttons else "")
            for message in list(self.chat.messages.values())[-15:]
        ]
        return "\n".join(["", *lines]) if lines else "an empty chat"

    def _begin_action(self) -> None:
        self._since = self.world.sequence

    def _find_original(self, message: Message | int | None) -> Message | None:
        """Return the message behind a copy or a number. The copy of a deleted message is returned itself."""
        if message is None:
            return None
        number = message if isinstance(message, int) else message.id
        original = self.chat.messages.get(number)
        if original is None and isinstance(message, int):
            raise NotSeenError(f"there is no message {number} here; the chat is {self.describe_chat()}")
        return original or (message if isinstance(message, Message) else None)

    def _press_button(self, person: User, button: str | int, message: Message | None) -> Press:
        target = self._find_original(message) or self._find_latest_with(button)
        pressed = _find_button(target, button)
        if pressed is None:
            raise NotSeenError(f"no button {button!r} under {target.words!r}; there are {target.buttons}")
        if "callback_data" not in pressed:
            raise NotSeenError(f"the button {pressed['text']!r} is a link or copies text; it cannot be pressed")
        self._begin_action()
        return actions.press_button(self.world, person, target, pressed["callback_data"])

    def _find_latest_with(self, button: str | int) -> Message:
        keyboards = [message for message in self.chat.messages.values() if message.rows]
        for message in reversed(keyboards):
            if _find_button(message, button) is not None:
                return message
        visible = [message.buttons for message in keyboards]
        raise NotSeenError(f"no button {button!r}; visible are {visible}; the chat is {self.describe_chat()}")


def _find_button(message: Message, index_or_label: str | int) -> Json | None:
    """Find a button by index, by label, or by a part of its label; None without one."""
    buttons = [button for row in message.rows for button in row]
    if isinstance(index_or_label, int):
        return buttons[index_or_label] if -len(buttons) <= index_or_label < len(buttons) else None
    # An exact label wins over a part of one: "1" over "10".
    exact = [button for button in buttons if button["text"] == index_or_label]
    return next(iter(exact or [button for button in buttons if index_or_label in button["text"]]), None)


def _matches(message: Message, match: MessageMatch) -> bool:
    return match(message) if callable(match) else message.matches(match)


def _match_text(match: MessageMatch) -> str:
    return repr(match.pattern if isinstance(match, re.Pattern) else match)


class Person(Viewer):
    """Person with a private chat with the bot."""

    def __init__(self, world: World, user_id: int) -> None:
        super().__init__(world, user_id)
        self.id = user_id

    @property
    def user(self) -> User:
        return self.world.people[self.id]

    @property
    def toasts(self) -> list[Toast]:
        """Notices and alerts that this person saw after pressing buttons."""
        return list(self.world.toasts.get(self.id, []))

    async def start(self, payload: str | None = None) -> Message:
        self._begin_action()
        return await _let_bot_run_after(actions.press_start(self.world, self.user, payload or ""))

    async def send(self, text: str, reply_to: Message | None = None) -> Message:
        self._begin_action()
        return await _let_bot_run_after(
            actions.send_text(self.world, self.user, self.chat, text, reply_to=self._find_original(reply_to))
        )

    async def send_photo(self, content: bytes, caption: str | None = None, reply_to: Message | None = None) -> Message:
        self._begin_action()
        answered = self._find_original(reply_to)
        return await _let_bot_run_after(
            actions.send_photo(self.world, self.user, self.chat, content, caption=caption or "", reply_to=answered)
        )

    async def send_album(self, contents: Sequence[bytes], caption: str | None = None) -> list[Message]:
        self._begin_action()
        return await _let_bot_run_after(
            actions.send_album(self.world, self.user, self.chat, contents, caption=caption or "")
        )

    async def send_voice(self, content: bytes, seconds: int = 3, reply_to: Message | None = None) -> Message:
        self._begin_action()
        answered = self._find_original(reply_to)
        return await _let_bot_run_after(
            actions.send_voice(self.world, self.user, self.chat, content, seconds=seconds, reply_to=answered)
        )

    async def send_file(
        self, content: bytes, name: str, caption: str | None = None, reply_to: Message | None = None
    ) -> Message:
        self._begin_action()
        return await _let_bot_run_after(
            actions.send_file(
                self.world,
                self.user,
                self.chat,
                content,
                name,
                caption=caption or "",
                reply_to=self._find_original(reply_to),
            )
        )

    async def edit(self, message: Message, text: str) -> None:
        """Edit a message of their own."""
        self._begin_action()
        own = self._find_original(message)
        if own is None:
            raise NotSeenError("there is no such message")
        actions.edit_text(self.world, self.user, own, text)
        await _let_bot_run()

    async def click(self, button: str | int, message: Message | None = None) -> Press:
        """Press an inline button of `message`, or of the latest message that has it.

        Raises NotSeenError with the visible buttons when there is none.
        """
        return await _let_bot_run_after(self._press_button(self.user, button, message))

    async def forge_callback(self, data: str, message: Message) -> Press:
        """Press a button that does not exist, as a forged request would."""
        self._begin_action()
        return await _let_bot_run_after(
            actions.press_button(self.world, self.user, self._find_original(message) or message, data)
        )

    async def wait_for_answer(self, press: Press, timeout: float = TIMEOUT) -> str:  # noqa: ASYNC109 (a test says how long)
        """Wait until the bot answers a press, and return the text of its notice, which may be empty.

        Raises TimeoutError after `timeout` seconds.
        """
        answer = await self.world.bell.until(lambda: press.answer, timeout)
        return str(answer.get("text", ""))

    async def block(self) -> None:
        actions.block_bot(self.world, self.user)
        await _let_bot_run()

    async def unblock(self) -> None:
        actions.unblock_bot(self.world, self.user)
        await _let_bot_run()


class Group(Viewer):
    """Group chat; each action names the person who does it."""

    def __init__(self, world: World, chat: Chat) -> None:
        super().__init__(world, chat.id)

    @property
    def id(self) -> int:
        return self.chat.id

    async def add(self, person: Person, by: Person | None = None) -> None:
        actions.join_group(self.world, self.chat, person.user, (by or person).user)
        await _let_bot_run()

    async def add_bot(self, by: Person, *, administrator: bool = False) -> None:
        """Add the bot to the group; as an administrator it reads everything."""
        self._begin_action()
        standing: Standing = "administrator" if administrator else "member"
        actions.add_bot(self.world, self.chat, by.user, standing)
        await _let_bot_run()

    async def promote_bot(self, by: Person, rights: frozenset[str] | None = None) -> None:
        """Make the bot an administrator; ``rights`` are the names of those it gets, None for all."""
        actions.promote_bot(self.world, self.chat, by.user, rights)
        await _let_bot_run()

    async def remove_bot(self, by: Person) -> None:
        actions.remove_bot(self.world, self.chat, by.user)
        await _let_bot_run()

    async def open_topic(self, by: Person, title: str) -> int:
        return await _let_bot_run_after(actions.open_topic(self.world, self.chat, by.user, title))

    async def send(
        self, person: Person, text: str, reply_to: Message | None = None, thread: int | None = None
    ) -> Message:
        self._begin_action()
        answered = self._find_original(reply_to)
        return await _let_bot_run_after(
            actions.send_text(self.world, person.user, self.chat, text, reply_to=answered, thread=thread)
        )

    async def send_photo(
        self, person: Person, content: bytes, caption: str | None = None, reply_to: Message | None = None
    ) -> Message:
        self._begin_action()
        answered = self._find_original(reply_to)
        return await _let_bot_run_after(
            actions.send_photo(self.world, person.user, self.chat, content, caption=caption or "", reply_to=answered)
        )

    async def click(self, person: Person, button: str | int, message: Message | None = None) -> Press:
        return await _let_bot_run_after(self._press_button(person.user, button, message))

    async def upgrade(self, by: Person | None = None) -> int:
        """Upgrade to a supergroup and return its id, which this group has from now on."""
        creator = next(number for number, standing in self.chat.members.items() if standing == "creator")
        upgrader = by.user if by is not None else self.world.people[creator]
        return await _let_bot_run_after(actions.upgrade_group(self.world, self.chat, upgrader).id)


async def _let_bot_run_after(result: T) -> T:
    await _let_bot_run()
    return result


async def _let_bot_run() -> None:
    """Let the bot's side run once."""
    await asyncio.sleep(0)
