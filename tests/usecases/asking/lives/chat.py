"""Chats of customers: a messenger with outages, blocked chats, calls that are lost, and processes that die in them.

What arrives or is lost depends on the seed, the chat and the time only, never on the order of calls that run side by
side. A message's number is its place in its chat.
"""

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random

from bot.clock import Clock
from bot.messages.callbacks import ConversationVerb
from bot.messages.message import Message
from bot.outbox.messenger import NeverLeft, SentMessage, Uncertain, Unreachable
from bot.texts import words_in
from cjm.address import Address
from tests.outbox.doubles import ScriptedMessenger

HARMLESS = {
    ConversationVerb.CHANGE,
    ConversationVerb.CHOOSE,
    ConversationVerb.REOPEN,
    ConversationVerb.LESS_OFTEN,
    ConversationVerb.CONTACT,
}
"""Buttons that may stay under a question that is over: they take back what was answered or wished, or offer contact."""


class MessagePart(StrEnum):
    """Part that a message plays in its conversation, as its first words say."""

    QUESTION = "question"
    REMINDER = "reminder"
    KEPT_PROMISE = "kept promise"


@dataclass(eq=False)
class ChatMessage:
    """Message of ours in a chat, as it stands there now.

    ``invitation`` is that of its buttons, None without any. ``is_lost``: the call left, and nothing arrived.
    ``is_doubted``: it arrived, and we were not told so.
    """

    chat: Address
    number: str
    sent_at: datetime
    part: MessagePart
    message: Message
    invitation: int | None
    is_lost: bool = False
    is_doubted: bool = False
    dead_since: datetime | None = None

    def show(self, message: Message | None, now: datetime) -> None:
        """Show it changed; None takes it away."""
        self.message = message or Message(self.message.text)
        self.dead_since = None if has_live_buttons(self.message) else self.dead_since or now


@dataclass
class SimulatedMessenger(ScriptedMessenger):
    """Messenger of the life. ``is_away``: it takes no call. ``is_deadly``: who calls it dies before the answer."""

    seed: int = 0
    clock: Clock = field(default_factory=Clock)
    is_away: bool = False
    is_deadly: bool = False
    blocked: set[Address] = field(default_factory=set)
    messages: dict[tuple[Address, str], ChatMessage] = field(default_factory=dict)
    unread: list[ChatMessage] = field(default_factory=list)
    counts: Counter[Address] = field(default_factory=Counter)

    async def send(self, to: Address, message: Message) -> SentMessage:
        self._refuse(to)
        chance = Random(f"{self.seed}:{to}:{self.clock.now()}:{message.text}").random()
        is_doubted = self.is_deadly or chance < 0.02
        sent = self._put_into_chat(to, message, is_lost=is_doubted and chance % 0.02 < 0.01)
        sent.is_doubted = is_doubted
        if self.is_deadly:
            # It ends the task as a killed process does: what was called is recorded nowhere.
            raise asyncio.CancelledError
        if is_doubted:
            raise Uncertain("reset")
        return SentMessage(sent.number)

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        self._refuse(to)
        self.messages[to, message_id].show(message, self.clock.now())
        return SentMessage(message_id)

    async def delete(self, to: Address, message_id: str) -> None:
        self._refuse(to)
        self.messages[to, message_id].show(None, self.clock.now())

    def read_new(self) -> list[ChatMessage]:
        """Return what was sent since the last call, chat by chat."""
        new, self.unread = sorted(self.unread, key=lambda one: (one.chat.id, int(one.number))), []
        return new

    def _refuse(self, to: Address) -> None:
        if self.is_away:
            raise NeverLeft("no connection")
        if to in self.blocked:
            raise Unreachable("blocked by the customer")

    def _put_into_chat(self, to: Address, message: Message, *, is_lost: bool) -> ChatMessage:
        self.counts[to] += 1
        number, now = str(self.counts[to]), self.clock.now()
        sent = ChatMessage(to, number, now, find_part(message), message, find_invitation(message), is_lost)
        sent.show(message, now)
        self.messages[to, number] = sent
        self.unread.append(sent)
        return sent


def find_part(message: Message) -> MessagePart:
    words, text = words_in("en"), str(message.text)
    if text.startswith(words("chat.reminder.later")):
        return MessagePart.KEPT_PROMISE
    return MessagePart.REMINDER if text.startswith(words("chat.reminder")) else MessagePart.QUESTION


def list_buttons(
    message: Message, verbs: Collection[ConversationVerb]
) -> list[tuple[ConversationVerb, tuple[int, ...]]]:
    """Return the buttons of these sorts, each with its numbers."""
    actions = [button.action for row in message.buttons for button in row if button.action is not None]
    return [(ConversationVerb(a.verb), a.numbers or ()) for a in actions if a.verb in verbs]


def find_invitation(message: Message) -> int | None:
    return next((numbers[0] for _, numbers in list_buttons(message, list(ConversationVerb)) if numbers), None)


def has_live_buttons(message: Message) -> bool:
    """Return whether a button under it still answers, or puts off, a question."""
    return any(verb not in HARMLESS for verb, _ in list_buttons(message, list(ConversationVerb)))
