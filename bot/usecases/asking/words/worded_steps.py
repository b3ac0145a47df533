"""Steps after an answer in writing: the next step below the words, and the record of the message they came in.

Helpers for the use cases of this room; each runs in its caller's transaction.
"""

from datetime import datetime, timedelta

from bot.conversation.context import ConversationContext
from bot.db.conversation import left_messages
from bot.db.delivery import letters, message_subjects
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import UNFINISHED_STATES
from bot.db.engine.database import Connection
from bot.outbox.kinds import LetterName
from cjm.address import Address

QUICK_PERIOD = timedelta(seconds=10)
"""One message of ours stands for all words that come so soon after each other."""


def post_next_step(
    tx: Connection,
    address: Address,
    context: ConversationContext,
    message_id: str,
    now: datetime,
    answered: str | None = None,
) -> None:
    """Show the next step in a new message below the words. ``answered`` is the key of the question they answered."""
    invitation, response = context.invitation.id, context.response
    assert response is not None  # the words were just stored in it
    left_messages.save_left(tx, response, now)
    data = {"invitation": invitation, "touched": response.touched_at.isoformat(), "left": response.message_id}
    if answered is not None:
        data["answered"] = answered
    key = _step_key(invitation, message_id)
    letters.post(tx, NewLetter(key, address, LetterName.STEP, LetterPriority.CONFIRMATION, now, data), now)


def is_next_step_coming(tx: Connection, invitation: int, message_id: str) -> bool:
    """Return whether the step that was posted below these words has not arrived yet.

    Until it has, the conversation still stands in the message that it has left; that must not get its buttons back.
    """
    letter = letters.find_by_key(tx, _step_key(invitation, message_id))
    return letter is not None and letter.state in UNFINISHED_STATES


def _step_key(invitation: int, message_id: str) -> str:
    return f"step:{invitation}:{message_id}"


def record_source(
    tx: Connection,
    address: Address,
    context: ConversationContext,
    key: str,
    message_id: str,
    now: datetime,
    kind: SubjectKind = SubjectKind.COMMENT,
) -> None:
    """Record that the answer to this question came in this message, so that an edit of it changes the answer."""
    message_subjects.save(tx, address, message_id, MessageSubject(kind, context.answers[key].id), now)


def rest_of(message_id: str) -> str:
    """Return the id under which the source of the second answer of a message is recorded: the rest behind a mark."""
    return f"{message_id}/rest"
