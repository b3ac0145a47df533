"""Throttle the replies to a person who sends a lot at once, and drop taps that only repeat the tap before.

Invariants:

* Words, photos, voice messages and commands are always handled, however many come: nothing that a person says is lost.
* A person floods who sends more than `MOST_EVENTS` within `PERIOD_SECONDS`, by the messages' own time: messages that
  waited for us while we were down are no flood. A tap has no time of its own, so its arrival counts.
* Of a flooding person, a tap is dropped if it is the same button on the same message as what they did just before, and
  that tap was handled. It changes nothing, unless each tap of its button is a step (`STEPPING_VERBS`): these are kept.
* While a person floods, a command that was just answered is handled but not answered again.
* A refusal that a person has just read is not repeated for `PERIOD_SECONDS`, whether they flood or not.
* A person of whose flood a tap or command is left without an answer is told once, in their own language, that nothing
  is lost. Words, photos and voice messages are not counted for that: one answer stands for all that come quickly
  (`ReceiveMessage`, `WriteComment`), so that fifty of them get one answer.
* Groups are not limited: a team may write as much as it likes. Nor are taps whose message Telegram does not name.
"""

import logging
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from aiogram import BaseMiddleware, types

from bot.clock import monotonic
from bot.messages.callbacks import STEPPING_VERBS, unpack_action
from bot.outbox.showings import NewMessage
from bot.screens.customer.welcome import flood_warning
from bot.telegram import senders
from bot.telegram.handler_result import HandlerResult
from bot.telegram.incoming import is_command, read_case_text
from bot.texts import Words
from cjm.address import Address

log = logging.getLogger(__name__)
MOST_EVENTS, PERIOD_SECONDS = 20, 10.0
REMEMBERED = 5000  # people; beyond that, the one who has sent nothing for longest is forgotten
EventHandler = Callable[[types.TelegramObject, dict[str, Any]], Awaitable[Any]]
WordChoice = Callable[[types.Message | types.CallbackQuery], Awaitable[Words]]


@dataclass(slots=True, eq=False)
class _RecentEvents:
    """Last events of one person, and what they were told lately: what, and when by the monotonic clock."""

    times: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_EVENTS + 1))
    last_id: Hashable = None
    last_tap: Hashable = None
    told: dict[Hashable, float] = field(default_factory=dict)
    is_warned: bool = False
    is_flooding: bool = False

    def is_flood(self, event_id: Hashable, time: float) -> bool:
        """Count an event, and tell whether it is one too many. Another try of the same event counts once."""
        if event_id != self.last_id:
            self.times.append(time)
            self.last_id = event_id
        # Not the first and the last: times of taps and of messages come from different clocks.
        return len(self.times) > MOST_EVENTS and max(self.times) - min(self.times) < PERIOD_SECONDS

    def note_flood(self, *, is_flood: bool) -> None:
        if is_flood and not self.is_flooding:
            log.warning("person floods")
        self.is_flooding, self.is_warned = is_flood, is_flood and self.is_warned

    def was_told(self, what: Hashable, now: float) -> bool:
        """Note that the person is told this now, and return whether they were told it just before."""
        self.told = {each: at for each, at in self.told.items() if now - at < PERIOD_SECONDS}
        was_told = what in self.told
        self.told.setdefault(what, now)
        return was_told


class Throttle(BaseMiddleware):
    """Outer middleware for messages and taps in private chats; ``now`` is monotonic time in seconds.

    ``choose_words`` returns the texts in the language of an event's sender. ``data`` of a tap holds ``received_at``,
    the time when its update was stored.
    """

    def __init__(self, choose_words: WordChoice, now: Callable[[], float] = monotonic) -> None:
        self._choose_words, self._now = choose_words, now
        self._people: OrderedDict[Address, _RecentEvents] = OrderedDict()

    async def __call__(self, handler: EventHandler, event: types.TelegramObject, data: dict[str, Any]) -> Any:
        if not isinstance(event, (types.Message, types.CallbackQuery)) or not _is_private(event):
            return await handler(event, data)
        person = senders.customer_address(event)
        recent, tap = self._recall(person), _describe_tap(event)
        is_flood = recent.is_flood(_event_id(event), _event_time(event, data))
        # Read before the event is handled: when the database fails here, nothing is handled twice.
        needs_warning = is_flood and not recent.is_warned and not _is_kept(event)
        words = await self._choose_words(event) if needs_warning else None
        last_tap, recent.last_tap = recent.last_tap, None
        if is_flood and tap is not None and tap == last_tap:
            result = HandlerResult()
        else:
            result = self._leave_out_repeats(recent, event, await handler(event, data), is_flood=is_flood)
        recent.last_tap = tap  # only now: a tap whose handler failed is not repeated by the next one
        if words is not None and result == HandlerResult():
            result = HandlerResult(showings=(NewMessage(person, flood_warning(words)),))
            recent.is_warned = True
        recent.note_flood(is_flood=is_flood)
        return result

    def _recall(self, person: Address) -> _RecentEvents:
        recent = self._people.setdefault(person, _RecentEvents())
        self._people.move_to_end(person)
        if len(self._people) > REMEMBERED:
            self._people.popitem(last=False)
        return recent

    def _leave_out_repeats(
        self, recent: _RecentEvents, event: types.Message | types.CallbackQuery, result: object, *, is_flood: bool
    ) -> HandlerResult:
        """Return the handler's result, without what the person was told a moment ago."""
        if not isinstance(result, HandlerResult):  # aiogram's sign that nobody wanted the event
            return HandlerResult()
        if result.refusal is not None and recent.was_told(result.refusal, self._now()):
            return replace(result, showings=(), refusal=None)
        if isinstance(event, types.Message) and is_command(event):
            was_told = recent.was_told(event.text, self._now())
            return HandlerResult() if is_flood and was_told else result
        return result


def _is_private(event: types.Message | types.CallbackQuery) -> bool:
    message = event if isinstance(event, types.Message) else event.message
    return message is not None and message.chat.type == "private"


def _is_kept(event: types.Message | types.CallbackQuery) -> bool:
    """Return whether this is a message whose words or file are stored, and confirmed by what stores them."""
    return isinstance(event, types.Message) and not is_command(event) and read_case_text(event) is not None


def _event_time(event: types.Message | types.CallbackQuery, data: dict[str, Any]) -> float:
    """Return when somebody wrote, edited or tapped, in seconds."""
    if isinstance(event, types.Message):
        return event.edit_date or event.date.timestamp()
    received_at: datetime = data["received_at"]
    return received_at.timestamp()


def _event_id(event: types.Message | types.CallbackQuery) -> Hashable:
    return (event.message_id, event.edit_date) if isinstance(event, types.Message) else event.id


def _describe_tap(event: types.Message | types.CallbackQuery) -> Hashable:
    """Return what makes a tap a repetition of another; None for messages, and for buttons that step at each tap."""
    if isinstance(event, types.Message) or event.message is None:
        return None
    action = unpack_action(event.data)
    return None if action is not None and action.verb in STEPPING_VERBS else (event.message.message_id, event.data)
