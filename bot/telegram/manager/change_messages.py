"""Messages of changes that ask for something that is typed: they lose their buttons once an answer stands below them.

Invariants:

* A message that asks is noted with the part that is awaited, as soon as it is in the chat.
* A tapped answer takes the place of its question. A typed one is shown below it, and the question keeps its words only:
  an old button would answer a question that was answered already.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from aiogram import types

from bot.messages.message import Message
from bot.outbox.messenger import SentMessage
from bot.outbox.showings import MessageEdit, MessageReplacement, Showing
from bot.telegram.tapped_message import replace_tapped
from bot.usecases.changes.awaited_parts import AwaitChangePart, AwaitedPart
from bot.usecases.teams.recognize_viewer import MapViewer

NoteMessage = Callable[[str], Awaitable[None]]


@dataclass(slots=True, eq=False)
class AskingMessage(MessageReplacement):
    """Message that asks for what is typed next; ``note`` is called with its id once it is in the chat."""

    note: NoteMessage = field(kw_only=True)

    async def settle(self, sent: SentMessage | None) -> Sequence[Showing]:
        if sent is not None:
            await self.note(sent.message_id)
        # A new message that may have arrived is not sent again.
        return () if self.message_id is None else await MessageReplacement.settle(self, sent)


class AskForPart:
    """Maker of the showings of messages that ask for a part of a change; ``ref`` is what `AwaitedPart` calls so."""

    def __init__(self, await_part: AwaitChangePart) -> None:
        self._await_part = await_part

    def in_place(self, query: types.CallbackQuery, viewer: MapViewer, ref: int, message: Message) -> Showing:
        """Ask in place of the tapped message."""
        shown = replace_tapped(query, message)
        if not isinstance(shown, MessageReplacement):
            return self.below(viewer, ref, message)
        return AskingMessage(shown.chat, shown.message_id, message, shown.thread, note=self._note(viewer, ref))

    def below(self, viewer: MapViewer, ref: int, message: Message) -> Showing:
        """Ask in a new message."""
        return AskingMessage(viewer.chat, None, message, note=self._note(viewer, ref))

    def _note(self, viewer: MapViewer, ref: int) -> NoteMessage:
        async def note(message_id: str) -> None:
            await self._await_part.note_message(viewer, ref, message_id)

        return note


def leave_question(viewer: MapViewer, awaited: AwaitedPart, question: Message) -> tuple[Showing, ...]:
    """Take the buttons from the message that asked for a part, where it is known which one that is."""
    if awaited.message is None:
        return ()
    return (MessageEdit(viewer.chat, awaited.message, replace(question, buttons=())),)
