"""Remind customers who have not answered, once, and expire questions whose time is over. A tick calls it."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import load_context, outside_quiet_hours
from bot.conversation.saving import save_move
from bot.db.asking import invitation_deadlines, invitations
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.outbox.kinds import LetterName
from cjm.asking.invitation_state import InvitationState
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, ConversationMove, TapEffect

BATCH = 100


class RemindAndExpire:
    """``await remind_and_expire() -> (reminded, expired)``. With a ``remind_after`` of zero nobody is reminded."""

    def __init__(self, db: Database, clock: Clock, remind_after: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._remind_after, self._quiet = db, clock, remind_after, quiet

    async def __call__(self) -> tuple[int, int]:
        # Most ticks find nothing: the read spares them the write transactions, which look again.
        if not await self._db.read(self._is_anything_due):
            return 0, 0
        reminded = expired = BATCH
        total_reminded = total_expired = 0
        # A full batch means that more may be waiting. Each batch is a transaction of its own: taps come in between.
        while BATCH in (reminded, expired):
            now = self._clock.now()
            # Expired first, so that nobody is reminded of a question that ends in the same tick.
            expired = await self._db.write(lambda tx: expire_batch(tx, now))  # noqa: B023 - awaited before now changes
            reminded = await self._db.write(lambda tx: self._remind_batch(tx, now))  # noqa: B023 - as above
            total_reminded, total_expired = total_reminded + reminded, total_expired + expired
        return total_reminded, total_expired

    def _is_anything_due(self, tx: Connection) -> bool:
        now = self._clock.now()
        if invitation_deadlines.is_any_to_expire(tx, now):
            return True
        return bool(self._remind_after) and invitation_deadlines.is_any_to_remind(tx, now - self._remind_after, now)

    def _remind_batch(self, tx: Connection, now: datetime) -> int:
        if not self._remind_after:
            return 0
        due = invitation_deadlines.list_ids_to_remind(tx, now - self._remind_after, now, BATCH)
        for invitation_id in due:
            self._post_reminder(tx, invitation_id, now)
        invitation_deadlines.mark_reminded(tx, due, now)
        return len(due)

    def _post_reminder(self, tx: Connection, invitation_id: int, now: datetime) -> None:
        context = load_context(tx, invitation_id)
        if context is None or context.customer.address is None or context.response is None:
            return
        data = {"invitation": invitation_id, "touched": context.response.touched_at.isoformat()}
        letter = NewLetter(
            key=f"reminder:{invitation_id}",
            to=context.customer.address,
            kind=LetterName.REMINDER,
            priority=LetterPriority.REMINDER,
            due_at=outside_quiet_hours(now, context, self._quiet),
            data=data,
            not_after=context.invitation.expires_at,
        )
        letters.post(tx, letter, now)


def expire_batch(tx: Connection, now: datetime) -> int:
    """Close a batch of questions whose time is over; return how many. `RepairMessages` edits their messages."""
    due = invitation_deadlines.list_ids_to_expire(tx, now, BATCH)
    for invitation_id in due:
        context = load_context(tx, invitation_id, lock=True)
        if context is None or context.response is None:
            invitations.set_state(tx, invitation_id, InvitationState.EXPIRED)
        else:
            conversation = turns.close(context.conversation, ClosingStep.EXPIRED, now)
            save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)
    return len(due)
