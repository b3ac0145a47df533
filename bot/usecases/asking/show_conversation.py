"""Show a conversation in its message, as it stands when the turn of that message comes.

Invariants:

* What is shown is loaded right before it is sent, so several taps that wait for their turn show the last one's step.
* A message that shows the current step (or the menu over it) is marked so. Until then the response's ``shown`` is
  empty, and `RepairMessages` shows it, also after a crash.
* Only the message that the conversation is in gets its step; any other says that the conversation went on.
* A message that was left keeps its row until it was changed. A try that failed is made again after a pause that grows,
  by `RepairMessages`, for two days; what cannot be changed any more (deleted, blocked) is given up at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.conversation import left_messages
from bot.db.conversation.left_messages import LeftMessage
from bot.db.engine.database import Connection, Database
from bot.messages.message import Message
from bot.outbox.letters import question, question_menu
from bot.outbox.messenger import SentMessage, cannot_be_changed
from bot.outbox.showings import Showing
from cjm.address import Address

TRIES = 20  # within two days: the messenger may be away for long
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=3)  # and four times as long after each try

RenderContext = Callable[[ConversationContext, datetime], Message]


def find_next_try(failed: int, now: datetime) -> datetime | None:
    """Return when a message is to be changed again after so many tries that failed; None if it is given up."""
    return now + min(FIRST_PAUSE * 4 ** (failed - 1), LONGEST_PAUSE) if failed < TRIES else None


class ShowConversation:
    """Maker of the showings of a conversation; each is rendered when its turn comes.

    ``chat`` and ``message_id`` are the message that is changed, ``invitation`` is the conversation's.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    def now(self) -> datetime:
        return self._clock.now()

    def step(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show the current step."""
        return ConversationShowing(chat, message_id, invitation, question.render_step, self._db, self._clock)

    def menu(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show the other things to do about the current question."""
        return ConversationShowing(chat, message_id, invitation, question_menu.render_menu, self._db, self._clock)

    def less_often(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show that the customer is asked less often from now on."""
        return ConversationShowing(chat, message_id, invitation, question_menu.render_less_often, self._db, self._clock)

    def answer_choice(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show the answers that can be changed."""
        return ConversationShowing(chat, message_id, invitation, question.render_answer_choice, self._db, self._clock)

    def diary_promise(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show what keeping a diary means."""
        return ConversationShowing(chat, message_id, invitation, question.render_diary_promise, self._db, self._clock)

    def left_message(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show that the conversation goes on in another message, or will as soon as that has arrived."""
        return LeftMessageShowing(chat, message_id, invitation, self._db, self._clock)

    def repair_left(self, message: LeftMessage) -> Showing:
        """Show that the conversation has gone on, unless it has come back to the message meanwhile."""
        return LeftMessageShowing(
            message.address, message.message_id, message.invitation_id, self._db, self._clock, may_be_back=True
        )


@dataclass(slots=True, eq=False)
class ConversationShowing(Showing):
    """Current state of a conversation in one message; ``draw`` renders it."""

    invitation: int
    draw: RenderContext
    db: Database
    clock: Clock
    rendered: ConversationContext | None = field(default=None, init=False)

    async def render(self) -> Message | None:
        context = await self.db.read(lambda tx: load_context(tx, self.invitation))
        self.rendered = context
        if context is None:
            return None
        is_elsewhere = context.response is not None and context.response.message_id not in (None, self.message_id)
        return question.render_moved(context) if is_elsewhere else self.draw(context, self.clock.now())

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if sent is not None and self.rendered is not None:
            await self.mark_shown(self.rendered)
        return ()

    async def mark_shown(self, context: ConversationContext) -> None:
        """Record that the message shows this context, unless the conversation has moved on meanwhile."""
        response, message_id = context.response, self.message_id
        if response is not None and response.shown is None and message_id is not None:
            await self.db.write(
                lambda tx: responses.mark_shown(tx, response.id, response.step, message_id, response.touched_at)
            )


@dataclass(slots=True, eq=False)
class LeftMessageShowing(Showing):
    """Message that a conversation has left: it loses its buttons and says where the conversation goes on.

    ``may_be_back``: if the conversation is in this message when its turn comes, the message shows the step.
    """

    invitation: int
    db: Database
    clock: Clock
    may_be_back: bool = False
    left: LeftMessage | None = field(default=None, init=False)
    is_given_up: bool = field(default=False, init=False)

    async def render(self) -> Message | None:
        chat, message_id = self.chat, self.message_id
        assert message_id is not None  # it is a message that was sent

        def read(tx: Connection) -> tuple[ConversationContext | None, LeftMessage | None]:
            return load_context(tx, self.invitation), left_messages.find_left(tx, chat, message_id)

        context, self.left = await self.db.read(read)
        if context is None:
            return None
        is_back = context.response is not None and context.response.message_id == message_id
        if is_back and self.may_be_back:
            return question.render_step(context, self.clock.now())
        return question.render_moved(context)

    def note_failure(self, error: Exception) -> bool:
        self.is_given_up = cannot_be_changed(error)
        return self.is_given_up

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if (left := self.left) is None:
            return ()
        due_at = find_next_try(left.attempts + 1, self.clock.now())
        if sent is not None or self.is_given_up or due_at is None:
            await self.db.write(lambda tx: left_messages.delete_left(tx, left))
        else:
            await self.db.write(lambda tx: left_messages.put_off(tx, left, due_at))
        return ()
