"""The outbox's edges: a messenger that does as it is told, a kind of letter that remembers what it was told."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from bot.clock import Clock
from bot.db.delivery.letter_choice import ChatTurns
from bot.db.delivery.letters import Letter
from bot.db.engine.database import Connection, Database
from bot.messages.callbacks import pack_action
from bot.messages.limits import MessengerLimits
from bot.messages.message import Message, TextStyle, Upload, plain
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterOutcome
from bot.outbox.messenger import DeliveryError, SentMessage
from bot.outbox.pace import Pace
from bot.outbox.send_budget import PlannedStart, SendBudget, SendRequest
from bot.outbox.worker import Outbox
from cjm.address import Address

LIMITS = MessengerLimits(
    text_units=4096,
    caption_units=1024,
    callback_bytes=64,
    row_buttons=8,
    buttons=100,
    starts_per_second=29,
    group_starts_per_minute=20,
    private_interval=1.0,
)


@dataclass
class ScriptedMessenger:
    """Raises the errors in ``script`` for the address, or for everybody (None); without one a message arrives.

    It refuses messages beyond its limits, so every test that sends through it proves that ours are within them.
    """

    limits: ClassVar[MessengerLimits] = LIMITS
    script: dict[Address | None, deque[BaseException]] = field(default_factory=dict)
    arrived: list[tuple[Address, Message]] = field(default_factory=list)
    edits: list[tuple[Address, str, Message]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    lacks_right: set[Address] = field(default_factory=set)  # chats where we may not delete messages
    before: Callable[[Address], None] | None = None
    hold: asyncio.Event | None = None
    has_arrived: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    def is_group(self, to: Address) -> bool:
        return to.id.startswith("-")

    def will_raise(self, *errors: BaseException, to: Address | None = None) -> None:
        self.script.setdefault(to, deque()).extend(errors)

    def _play(self, to: Address | None) -> None:
        for who in (to, None):
            if planned := self.script.get(who):
                raise planned.popleft()

    async def send(self, to: Address, message: Message) -> SentMessage:
        self.calls["send"] += 1
        if self.before:
            self.before(to)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.hold is not None:
                await self.hold.wait()
        finally:
            self.at_once -= 1
        self._play(to)
        _check_limits(message)
        self.arrived.append((to, message))
        self.has_arrived.set()
        return SentMessage(str(len(self.arrived)), "file-1" if message.upload else None)

    async def edit(self, to: Address, message_id: str, message: Message) -> SentMessage:
        self.calls["edit"] += 1
        self._play(to)
        _check_limits(message)
        self.edits.append((to, message_id, message))
        return SentMessage(message_id)

    async def delete(self, to: Address, message_id: str) -> None:
        self.calls["delete"] += 1
        self._play(to)

    def message_link(self, to: Address, message_id: str) -> str | None:
        return f"https://t.me/c/{to.id.removeprefix('-')}/{message_id}" if self.is_group(to) else None

    async def may_delete(self, to: Address) -> bool:
        self.calls["may_delete"] += 1
        self._play(to)
        return to not in self.lacks_right

    async def ping(self) -> None:
        self.calls["ping"] += 1
        self._play(Address("telegram", "ping"))

    async def start_link(self, payload: str) -> str:
        return f"https://t.me/bot?start={payload}"

    async def wait_for_calls(self, calls: int) -> None:
        """Return when so many calls are under way at once."""
        while self.at_once < calls:  # noqa: ASYNC110 - one turn of the loop each
            await asyncio.sleep(0)

    async def wait_for_arrivals(self, messages: int) -> None:
        """Return when so many messages have arrived."""
        while len(self.arrived) < messages:
            self.has_arrived.clear()
            await self.has_arrived.wait()

    def sent_texts(self, to: Address | None = None) -> list[str]:
        return [str(message.text) for who, message in self.arrived if to in (None, who)]


def _check_limits(message: Message) -> None:
    """Buttons must be within the limits; words are cut by the messenger's renderer, which is not here.

    A message with a person's words tells whose they are, or nothing could take it away when they are forgotten.
    """
    shows_words = any(piece.style is TextStyle.QUOTE for piece in message.text.pieces)
    assert message.quotes is not None or not shows_words, message
    assert all(len(row) <= LIMITS.row_buttons for row in message.buttons)
    assert sum(len(row) for row in message.buttons) <= LIMITS.buttons
    for button in (button for row in message.buttons for button in row):
        assert button.url or (button.action and len(pack_action(button.action).encode()) <= LIMITS.callback_bytes)


@dataclass
class Note:
    """A letter that says its own key. ``fails`` raises while writing, ``spoils`` while settling."""

    name: str = "note"
    is_repeated: bool = False
    drop: str | None = None
    hold_until: datetime | None = None
    fails: int = 0
    spoils: bool = False
    picture: bytes | None = None
    written: Counter[str] = field(default_factory=Counter)
    settled: list[tuple[str, LetterOutcome]] = field(default_factory=list)

    async def write(self, letter: Letter) -> Message | LetterDropped | LetterHeld:
        self.written[letter.key] += 1
        if self.fails:
            self.fails -= 1
            raise KeyError("a customer's words")
        if self.drop:
            return LetterDropped(self.drop)
        if self.hold_until:
            return LetterHeld(self.hold_until, "quiet hours")
        upload = Upload("map.png", self.picture, cache_key="map-1") if self.picture else None
        return replace(Message(plain(letter.key)), upload=upload)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        self.settled.append((letter.key, outcome))
        if self.spoils:
            raise LookupError("nothing to settle")


def swift_pace() -> Pace:
    """One that is never in the way."""

    class Anytime(SendBudget):
        def earliest_of_all(self) -> float:
            return self.paused_until

        def earliest_in_chat(self, request: SendRequest) -> float:
            return self.chat_paused_until(request.to) if request.to else self.paused_until

        def earliest_begin(self, start: PlannedStart) -> float:
            return max(self.earliest_of_all(), self.earliest_in_chat(start.request))

        def cooling_chats(self, now: float) -> dict[Address, float]:
            return {chat: until for chat, until in self._pauses.items() if chat is not None and until > now}

        def list_turns(self, now: float) -> dict[Address, ChatTurns]:
            return {chat: replace(turns, is_crowded=False) for chat, turns in super().list_turns(now).items()}

    return Pace(ScriptedMessenger(), Anytime(LIMITS))


def make_outbox(
    db: Database,
    clock: Clock,
    messenger: ScriptedMessenger,
    kinds: Sequence[Note],
    pace: Pace | None = None,
    shutdown_seconds: float = 4.0,
) -> Outbox:
    return Outbox(
        db=db,
        clock=clock,
        messenger=messenger,
        pace=pace or swift_pace(),
        kinds=kinds,
        first_ping_pause=0.001,
        shutdown_seconds=shutdown_seconds,
    )


__all__ = ["LIMITS", "DeliveryError", "Note", "ScriptedMessenger", "make_outbox", "swift_pace"]
