"""A tick: who has not answered is reminded once, and what nobody answers ends."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.conversation.context import decent, load
from bot.db.asking import invitations, responses
from bot.db.asking.invitations import lock_person
from bot.db.delivery import letters
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.engine.database import Connection, Database
from bot.usecases.asking.take_turn import keep
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import response as talks
from cjm.conversation.response import EXPIRED, ConversationMove, TapEffect

BATCH = 100


class RemindAndExpire:
    """``await remind_and_expire() -> (reminded, ended)``. Without ``remind_after`` nobody is reminded."""

    def __init__(self, db: Database, clock: Clock, remind_after: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._remind_after, self._quiet = db, clock, remind_after, quiet

    async def __call__(self) -> tuple[int, int]:
        reminded = ended = BATCH
        total_reminded = total_ended = 0
        while BATCH in (reminded, ended):
            now = self._clock.now()
            ended = await self._db.write(lambda tx: _expire(tx, now))  # noqa: B023 - awaited before it moves on
            reminded = await self._db.write(lambda tx: self._remind(tx, now))  # noqa: B023
            total_reminded, total_ended = total_reminded + reminded, total_ended + ended
        return total_reminded, total_ended

    def _remind(self, tx: Connection, now: datetime) -> int:
        if not self._remind_after:
            return 0
        due = responses.to_remind(tx, now - self._remind_after, now, BATCH)
        for invitation_id in due:
            self._remind_of(tx, invitation_id, now)
        responses.mark_reminded(tx, due, now)
        return len(due)

    def _remind_of(self, tx: Connection, invitation_id: int, now: datetime) -> None:
        scene = load(tx, invitation_id)
        if scene is None or scene.customer.address is None or scene.response is None:
            return
        data = {"invitation": invitation_id, "touched": scene.response.touched_at.isoformat()}
        letter = NewLetter(
            key=f"reminder:{invitation_id}",
            to=scene.customer.address,
            kind="reminder",
            priority=LetterPriority.REMINDER,
            due_at=decent(now, scene, self._quiet),
            data=data,
            not_after=scene.invitation.expires_at,
        )
        letters.post(tx, letter, now)


def _expire(tx: Connection, now: datetime) -> int:
    """End what is over. Its message is edited by the pass that mends messages."""
    over = responses.to_expire(tx, now, BATCH)
    for invitation_id in over:
        lock_person(tx, invitation_id)
        scene = load(tx, invitation_id)
        if scene is None or scene.response is None:
            invitations.set_state(tx, invitation_id, "expired")
        else:
            keep(tx, scene, ConversationMove(talks.close(scene.talk, EXPIRED, now), TapEffect.MOVED), now)
    return len(over)
