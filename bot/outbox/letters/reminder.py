"""Reminders: the open question once more, in a message of its own; once by itself, or when the customer asked for it.

Also the step of a conversation that goes on in a new message, because the customer has written words below the old
one. In both, ``touched`` in the letter's data is when the conversation was last touched before it was posted.
"""

from dataclasses import replace
from datetime import datetime

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load
from bot.db.asking import responses
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter, LetterState
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.outbox.letters.question import reminder, screen
from cjm.conversation.response import LATER, Conversation, following


class ReminderLetter:
    """``data``: ``invitation``, and ``wanted`` when the customer said "later" (then it is sent also half-way)."""

    name = "reminder"

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def read(tx: Connection) -> Message | LetterDropped:
            scene = load(tx, letter.data["invitation"])
            reason = _reason_against(scene, letter, now)
            if scene is None or reason:
                return LetterDropped(reason or "gone")
            wanted = bool(letter.data.get("wanted"))
            return reminder(replace(scene, talk=_awake(scene.talk)), now, wanted=wanted)

        return await self._db.read(read)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        settle_in_new_message(tx, letter, outcome)


class StepLetter:
    """``data``: ``invitation``. Where the conversation stands, in a new message."""

    name = "step"

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def read(tx: Connection) -> Message | LetterDropped:
            scene = load(tx, letter.data["invitation"])
            return (
                screen(scene, now)
                if scene is not None and scene.customer.address == letter.to
                else LetterDropped("gone")
            )

        return await self._db.read(read)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        settle_in_new_message(tx, letter, outcome)


def _reason_against(scene: ConversationContext | None, letter: Letter, now: datetime) -> str | None:
    if scene is None or scene.customer.address != letter.to:
        return "gone"
    if scene.customer.stopped_at is not None:
        return "stopped"
    over = scene.invitation.expires_at is not None and now >= scene.invitation.expires_at
    wanted = bool(letter.data.get("wanted"))
    waiting = scene.invitation.state in (("open", "answering") if wanted else ("open",))
    if not waiting or over:
        return "answered or ended"
    return "answered meanwhile" if wanted and scene.talk.step != LATER else None


def _awake(talk: Conversation) -> Conversation:
    return replace(talk, step=following(talk)) if talk.step == LATER else talk


def settle_in_new_message(tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
    """The conversation is in the new message when that arrived; otherwise it stays where it was, to be shown there."""
    scene = load(tx, letter.data["invitation"])
    if scene is None or scene.response is None:
        return
    response = scene.response
    if outcome.state is LetterState.UNREACHABLE:
        customers.update(tx, scene.customer.id, unreachable_at=outcome.at)
    if outcome.state is LetterState.SENT and outcome.message_id is not None:
        message_refs.remember(tx, letter.to, outcome.message_id, MessageSubject("response", response.id), outcome.at)
        step = _awake(scene.talk).step
        # Whatever was tapped between posting and arriving may not be in this message: then the repair shows it.
        shown = step if letter.data.get("touched") == response.touched_at.isoformat() else None
        responses.save(tx, replace(response, address=letter.to, message_id=outcome.message_id, step=step, shown=shown))
