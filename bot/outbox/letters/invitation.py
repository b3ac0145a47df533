"""The invitation: the first question about a visit, checked once more just before it leaves.

Everything may have changed since it was decided: the customer stopped us, the visit was withdrawn, the hour is late.
The language is fixed when it is sent. Of one that may or may not have arrived the conversation is opened all the same:
a tap on it is the proof, and without one the reminder is the second chance.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import ConversationContext, load
from bot.db.asking import invitations, responses
from bot.db.asking.invitations import CountedInvitation
from bot.db.delivery import message_refs
from bot.db.delivery.letters import Letter, LetterState
from bot.db.delivery.message_refs import MessageSubject
from bot.db.engine.database import Connection, Database
from bot.db.journeys import visits
from bot.db.people import customers
from bot.messages.message import Message
from bot.outbox.kinds import LetterDropped, LetterOutcome
from bot.outbox.letters.question import screen
from cjm.asking.decision import AskingReason


class InvitationLetter:
    """``data``: ``invitation``. ``expire`` is how long it may be answered."""

    name = "invitation"

    def __init__(self, db: Database, clock: Clock, expire: timedelta) -> None:
        self._db, self._clock, self._expire = db, clock, expire

    async def write(self, letter: Letter) -> Message | LetterDropped:
        now = self._clock.now()

        def read(tx: Connection) -> Message | LetterDropped:
            scene = load(tx, letter.data["invitation"])
            reason = _reason_against(tx, scene, letter, now)
            return LetterDropped(reason or AskingReason.WITHDRAWN) if scene is None or reason else screen(scene, now)

        return await self._db.read(read)

    def settle(self, tx: Connection, letter: Letter, outcome: LetterOutcome) -> None:
        invitations.lock_person(tx, letter.data["invitation"])
        scene = load(tx, letter.data["invitation"])
        if scene is None:
            return
        if outcome.state in (LetterState.SENT, LetterState.UNKNOWN):
            opened = open_conversation(tx, scene, outcome.at, self._expire)
            if outcome.message_id is not None:
                note_message(tx, opened, letter, outcome.message_id, outcome.at)
            return
        if outcome.state is LetterState.UNREACHABLE:
            customers.update(tx, scene.customer.id, unreachable_at=outcome.at)
        if scene.invitation.state == "reserved":
            # A reason of ours is one of Reason's; of the messenger's sentences only the kind is kept.
            known = outcome.reason if outcome.reason in set(AskingReason) else str(outcome.state)
            invitations.set_state(tx, scene.invitation.id, "dropped", reason=known)


def _reason_against(tx: Connection, scene: ConversationContext | None, letter: Letter, now: datetime) -> str | None:
    """Why this must not be sent any more; None when it may."""
    if scene is None or scene.invitation.state != "reserved":
        return AskingReason.WITHDRAWN
    visit = visits.by_ids(tx, [scene.invitation.visit_id])
    if not visit or visit[0].withdrawn:
        return AskingReason.WITHDRAWN
    if scene.customer.address != letter.to:
        return AskingReason.NO_CHAT
    if scene.customer.consent_at is None:
        return AskingReason.NO_CONSENT
    if scene.customer.stopped_at is not None:
        return AskingReason.STOPPED
    return AskingReason.TOO_LATE if now > scene.invitation.not_after else None


def open_conversation(
    tx: Connection, scene: ConversationContext, now: datetime, expire: timedelta
) -> ConversationContext:
    """The invitation arrived, or may have: now it can be answered. A tap may come before we know that it arrived."""
    invitation, response = scene.invitation, scene.response
    if invitation.state == "reserved":
        invitation = replace(
            invitation, state="open", reason=None, language=scene.language, sent_at=now, expires_at=now + expire
        )
        answered = response is not None and response.started_at is not None
        invitations.save(tx, CountedInvitation(scene.invitation, answered), CountedInvitation(invitation, answered))
    if response is None:
        response = responses.begin(tx, invitation.id, scene.customer.id, scene.talk.step, now)
    return replace(scene, invitation=invitation, response=response)


def note_message(tx: Connection, scene: ConversationContext, letter: Letter, message_id: str, now: datetime) -> None:
    """This message shows the conversation now, unless a tap has already said which one does."""
    response = scene.response
    assert response is not None  # open_conversation() has seen to it
    message_refs.remember(tx, letter.to, message_id, MessageSubject("response", response.id), now)
    if response.message_id is None:
        responses.save(tx, replace(response, address=letter.to, message_id=message_id, shown=response.step))
