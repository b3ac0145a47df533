"""Show a conversation in its message, as it stands when the turn of that message comes.

Invariants:

* What is shown is loaded right before it is sent, so several taps that wait for their turn show the last one's step.
* A message that shows the current step (or the menu over it) is marked so. Until then the response's ``shown`` is
  empty, and `RepairMessages` shows it, also after a crash.
* Only the message that the conversation is in gets its step; any other says that the conversation went on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load_context
from bot.db.asking import responses
from bot.db.engine.database import Database
from bot.messages.message import Message
from bot.outbox.letters import question
from bot.outbox.messenger import SentMessage
from bot.outbox.showings import Showing
from cjm.address import Address

RenderContext = Callable[[ConversationContext, datetime], Message]


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
        return ConversationShowing(chat, message_id, invitation, question.render_menu, self._db, self._clock)

    def answer_choice(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show the answers that can be changed."""
        return ConversationShowing(chat, message_id, invitation, question.render_answer_choice, self._db, self._clock)

    def left_message(self, chat: Address, message_id: str, invitation: int) -> Showing:
        """Show that the conversation goes on in another message."""
        return LeftMessageShowing(chat, message_id, invitation, self._db)


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
    """Message that a conversation has left: it loses its buttons and says where the conversation goes on."""

    invitation: int
    db: Database

    async def render(self) -> Message | None:
        context = await self.db.read(lambda tx: load_context(tx, self.invitation))
        return None if context is None else question.render_moved(context)
