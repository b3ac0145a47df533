"""A customer wants less of us: later, not about this, not at all; and takes it back."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.clock import Clock
from bot.conversation.context import ConversationContext, decent, load
from bot.db.asking import invitations, mutes
from bot.db.asking.invitations import lock_person
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.usecases.asking.take_turn import Act, ConversationTap, TapNotice, TurnResult, keep, own_scene, take_turn
from cjm.address import Address
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import response as talks
from cjm.conversation.response import (
    DECLINED,
    STOPPED,
    Conversation,
    ConversationMove,
    TapEffect,
    TapRefusal,
    TapRefusalReason,
)

SNOOZE = timedelta(hours=24)
LAST_CALL = timedelta(hours=1)  # a reminder must leave at least so long to answer


class AskingChange(StrEnum):
    """Whether somebody is asked, after he has said something about it."""

    ON = "on"
    STOPPED = "stopped"  # now
    ALREADY = "already"  # it was so before
    NEVER = "never"  # there is no consent, so nobody asks


@dataclass(frozen=True, slots=True)
class AskingStopped:
    """What /stop did. ``scene`` is the open question that it ended, to be shown so."""

    asking: AskingChange
    scene: ConversationContext | None = None


class StopAsking:
    """From within a question (each method with a ``tap``) and by command."""

    def __init__(self, db: Database, clock: Clock, expire: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._expire, self._quiet = db, clock, expire, quiet

    async def later(self, tap: ConversationTap) -> TurnResult:
        """The question comes back tomorrow, if it is still open then."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, lambda talk, _at: talks.later(talk), now, self._expire)
            if turn.note is not TapNotice.MOVED or turn.scene is None:
                return turn
            return replace(turn, scene=self._snooze(tx, turn.scene, now))

        return await self._db.write(write)

    def _snooze(self, tx: Connection, scene: ConversationContext, now: datetime) -> ConversationContext:
        due, expires = decent(now + SNOOZE, scene, self._quiet), scene.invitation.expires_at
        response, address = scene.response, scene.customer.address
        assert response is not None  # it has just been put off
        assert address is not None
        if expires is not None and due > expires - LAST_CALL:
            due = now
        invitations.set_state(tx, scene.invitation.id, scene.invitation.state, reminded_at=due)
        if due > now:
            data = {"invitation": scene.invitation.id, "wanted": True, "touched": response.touched_at.isoformat()}
            key = f"later:{scene.invitation.id}:{now.isoformat()}"
            letters.post(
                tx, NewLetter(key, address, "reminder", LetterPriority.REMINDER, due, data, not_after=expires), now
            )
        kept = load(tx, scene.invitation.id)
        return kept or scene

    async def mute(self, tap: ConversationTap) -> TurnResult:
        """Not about this any more, for good."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _ending(DECLINED), now, self._expire)
            if turn.note is TapNotice.MOVED and turn.scene is not None:
                mutes.mute(tx, turn.scene.customer.id, turn.scene.invitation.subject)
            return turn

        return await self._db.write(write)

    async def stop(self, tap: ConversationTap) -> TurnResult:
        """No more questions at all."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _ending(STOPPED), now, self._expire)
            if turn.note is TapNotice.MOVED and turn.scene is not None:
                customers.update(tx, turn.scene.customer.id, stopped_at=now)
            return turn

        return await self._db.write(write)

    async def reopen(self, tap: ConversationTap) -> TurnResult:
        """Take "not about this" or "no more questions" back: the question is open again."""
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            lock_person(tx, tap.invitation)
            before = own_scene(tx, tap.who, tap.invitation)
            if isinstance(before, TapNotice):
                return TurnResult(before)
            _undo(tx, before, now)
            other = invitations.open_of(tx, before.customer.id)
            busy = other is not None and other.id != before.invitation.id
            return take_turn(tx, tap, _refuse if busy else talks.reopen, now, self._expire)

        return await self._db.write(write)

    # ---- by command --------------------------------------------------------------------------------------------------

    async def everything(self, who: Address) -> AskingStopped:
        now = self._clock.now()

        def write(tx: Connection) -> AskingStopped:
            person = customers.by_address(tx, who)
            if person is None or person.consent_at is None:
                return AskingStopped(AskingChange.NEVER)
            if person.stopped_at is not None:
                return AskingStopped(AskingChange.ALREADY)
            lock_customer(tx, person.id)
            customers.update(tx, person.id, stopped_at=now)
            return AskingStopped(AskingChange.STOPPED, _end_open(tx, person, now))

        return await self._db.write(write)

    async def again(self, who: Address) -> AskingChange:
        """Ask me again; without a consent there is nothing to take up."""
        now = self._clock.now()

        def write(tx: Connection) -> AskingChange:
            person = customers.by_address(tx, who)
            if person is None or person.consent_at is None:
                return AskingChange.NEVER
            customers.update(tx, person.id, stopped_at=None)
            invitations.wake(tx, person.id, now)
            return AskingChange.ON

        return await self._db.write(write)


def _ending(step: str) -> Act:
    def act(talk: Conversation, now: datetime) -> ConversationMove | TapRefusal:
        if talk.step in talks.CLOSED or talk.finished_at is not None:
            return TapRefusal(TapRefusalReason.ENDED)
        return ConversationMove(talks.close(talk, step, now), TapEffect.MOVED)

    return act


def _refuse(_talk: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    return TapRefusal(TapRefusalReason.ENDED)


def _undo(tx: Connection, scene: ConversationContext, now: datetime) -> None:
    """What the customer asked for when it ended is no longer so, also when the question itself stays closed."""
    if scene.talk.step == DECLINED:
        mutes.unmute(tx, scene.customer.id, scene.invitation.subject)
    if scene.talk.step == STOPPED:
        customers.update(tx, scene.customer.id, stopped_at=None)
        invitations.wake(tx, scene.customer.id, now)


def _end_open(tx: Connection, person: Customer, now: datetime) -> ConversationContext | None:
    """End the question that is open, if one is; what was answered stays."""
    invitation = invitations.open_of(tx, person.id)
    scene = load(tx, invitation.id) if invitation is not None else None
    if scene is None or scene.response is None:
        return None
    return keep(tx, scene, ConversationMove(talks.close(scene.talk, STOPPED, now), TapEffect.MOVED), now)
