"""Record of a storm: messages as they were posted, doubtful calls, starts beyond the limits, lines of the log."""

import logging
import re
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from bot.outbox.send_budget import PlannedStart, SendBudget, SendRequest
from bot.sandbox import Limits
from bot.sandbox.records import Change
from bot.sandbox.world.limits import SendCounter
from bot.sandbox.world.world import Call, World

_REFUSED = re.compile(r"(refused )?4\d\d\b")


@dataclass(frozen=True, slots=True)
class Post:
    """New message of the bot, as it was when it came; later edits do not change it."""

    chat: int
    words: str
    buttons: tuple[str, ...]
    has_picture: bool


class PostRecord:
    """Record of every new message of the bot in a world."""

    def __init__(self, world: World) -> None:
        self.posts: list[Post] = []
        world.watchers.append(self._note)

    def _note(self, change: Change) -> None:
        message = change.message
        if change.kind == "message" and message is not None and message.sender.is_bot:
            post = Post(change.chat, message.words, tuple(message.buttons), message.media is not None)
            self.posts.append(post)


class StartRecord:
    """Record of what a process starts to send, held against Telegram's limits. ``refused`` is what was beyond them.

    A start is judged by its own moment: on a busy machine calls arrive later than they start, and closer together.
    """

    def __init__(self, budget: SendBudget) -> None:
        self.started = 0
        self.refused: list[SendRequest] = []
        self._now = 0.0
        self._counter = SendCounter(Limits(), lambda: self._now)
        self._begin = budget.begin
        budget.begin = self._record  # type: ignore[method-assign]  # its starts are what is recorded

    def _record(self, start: PlannedStart, now: float) -> None:
        self._begin(start, now)
        self._now = now
        self.started += 1
        request = start.request
        chat = int(request.to.id) if request.to is not None else 0
        counts_for_chat = request.counts_for_group or request.counts_for_person
        if self._counter.seconds_to_wait(chat, counts_for_chat=counts_for_chat):
            self.refused.append(request)


class CallCounter(SendCounter):
    """Telegram's limits, with the number of calls that were held against them."""

    def __init__(self) -> None:
        super().__init__(Limits(), time.monotonic)
        self.counted = 0

    def seconds_to_wait(self, chat_id: int, *, counts_for_chat: bool = True) -> int:
        self.counted += 1
        return super().seconds_to_wait(chat_id, counts_for_chat=counts_for_chat)


def is_in_doubt(call: Call) -> bool:
    """Return whether the bot cannot know if this call was carried out."""
    return call.outcome != "ok" and not _REFUSED.match(call.outcome)


def count_faults(world: World) -> Counter[str]:
    """Return how many calls met which fault or refusal."""
    return Counter(call.outcome for call in world.calls if call.outcome != "ok")


class LogWatch(logging.Handler):
    """Lines that the product logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def __enter__(self) -> "LogWatch":
        logger = logging.getLogger("bot")
        self._level = logger.level
        logger.setLevel(logging.INFO)
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logger = logging.getLogger("bot")
        logger.removeHandler(self)
        logger.setLevel(self._level)

    def count(self, message: str, since: int = 0) -> int:
        return sum(record.message == message for record in self._list(since))

    def list_errors(self) -> list[str]:
        """Return the lines that are for a person: a fault of the product."""
        return [_describe(record) for record in self._list() if record.levelno >= logging.ERROR]

    def count_warnings(self, since: int) -> Counter[str]:
        return Counter(record.message for record in self._list(since) if record.levelno == logging.WARNING)

    def _list(self, since: int = 0) -> list[logging.LogRecord]:
        for record in self.records[since:]:
            record.message = record.getMessage()
        return self.records[since:]


def _describe(record: logging.LogRecord) -> str:
    fields: dict[str, Any] = record.__dict__
    return f"{record.message} {fields.get('error') or fields.get('fault') or ''}".strip()
