"""Mute a customer who floods: their messages are kept in their cases, and the team gets no letters about them.

Invariants:

* Who looks after a case may mute its customer for the journey of the case, and end the mute; both are recorded.
* Nothing is lost: when a mute ends, by a member or by itself, each case with news is shown to its team once more.
* Kept messages are read from the card, some at a time: each then comes as the letter that it would have been.
"""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.db.audit.audit_actions import AuditAction
from bot.db.cases import cases, kept_mutes, writer_mutes
from bot.db.cases.case_routing import CaseRouting
from bot.db.cases.writer_mutes import WriterMute
from bot.db.engine.database import Connection, Database
from bot.outbox import case_letters
from bot.usecases.cases.case_access import (
    Actor,
    CaseSnapshot,
    CaseStepRefused,
    admit_actor,
    load_snapshot,
    record_case_action,
    take_step,
)
from cjm.cases.case import Case, CaseRefused

MUTE_PERIOD = timedelta(days=7)
READ_AT_ONCE = 10
"""Kept messages that one tap brings."""

BATCH = 100


class MuteWriter:
    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def view_case(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Return the case for a team member who is about to mute its customer."""
        now = self._clock.now()
        # A write although the case stays as it is: the tap proves that the card arrived.
        return await self._db.write(lambda tx: take_step(tx, self._routing, actor, number, now, lambda case: case))

    async def __call__(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Mute the customer of a case for `MUTE_PERIOD`; somebody who is muted stays so until the earlier end."""
        now = self._clock.now()

        def mute(tx: Connection, case: Case) -> Case:
            if writer_mutes.find_mute(tx, case.customer_id, case.journey) is None:
                until = now + MUTE_PERIOD
                writer_mutes.insert_mute(tx, case.customer_id, case.journey, actor.member, now, until)
                case_letters.stop_letters(tx, case.customer_id, case.journey)
                record_case_action(tx, actor, case, AuditAction.MUTE_WRITER, now)
            return case

        return await self._db.write(
            lambda tx: take_step(tx, self._routing, actor, number, now, lambda case: mute(tx, case))
        )

    async def unmute(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """End the mute of a case's customer."""
        now = self._clock.now()

        def unmute(tx: Connection, case: Case) -> Case:
            mute = writer_mutes.find_mute(tx, case.customer_id, case.journey)
            if mute is not None:
                writer_mutes.end_mute(tx, mute, now, actor.member)
                record_case_action(tx, actor, case, AuditAction.UNMUTE_WRITER, now)
                _show_news(tx, self._routing, mute, now, seen=number)
            return case

        return await self._db.write(
            lambda tx: take_step(tx, self._routing, actor, number, now, lambda case: unmute(tx, case))
        )

    async def read_kept(self, actor: Actor, number: int) -> CaseSnapshot | CaseStepRefused:
        """Send the oldest kept messages of a case to the actor's chat."""
        now = self._clock.now()
        return await self._db.write(lambda tx: self._read_kept(tx, actor, number, now))

    def _read_kept(self, tx: Connection, actor: Actor, number: int, now: datetime) -> CaseSnapshot | CaseStepRefused:
        try:
            case, access = admit_actor(tx, self._routing, actor, number)
        except CaseRefused as refused:
            return CaseStepRefused(refused.reason)
        kept = [message.id for message in cases.list_messages(tx, number) if message.kept][:READ_AT_ONCE]
        case_letters.post_kept_messages(tx, access.reader, case, kept, now)
        cases.mark_kept(tx, kept, is_kept=False)
        if kept:
            record_case_action(tx, actor, case, AuditAction.READ_KEPT_MESSAGES, now)
        return load_snapshot(tx, self._routing, number, access)


class EndMutes:
    """End mutes whose time is over; a tick calls it."""

    def __init__(self, db: Database, clock: Clock, routing: CaseRouting) -> None:
        self._db = db
        self._clock = clock
        self._routing = routing

    async def __call__(self) -> int:
        """Return how many mutes ended."""
        now = self._clock.now()
        # Most ticks find nothing: the read spares them the write transaction.
        if not await self._db.read(lambda tx: writer_mutes.list_over(tx, now, 1) or kept_mutes.is_any_over(tx, now)):
            return 0
        return await self._db.write(lambda tx: self._end(tx, now))

    def _end(self, tx: Connection, now: datetime) -> int:
        kept_mutes.delete_over(tx, now)
        over = writer_mutes.list_over(tx, now, BATCH)
        for mute in over:
            writer_mutes.end_mute(tx, mute, now)
            _show_news(tx, self._routing, mute, now)
        return len(over)


def _show_news(tx: Connection, routing: CaseRouting, mute: WriterMute, now: datetime, seen: int | None = None) -> None:
    """Post the cards of cases with news of a customer whose mute ended, but not of the case whose card is ``seen``."""
    for case in cases.list_untold(tx, mute.customer_id, mute.journey or None, mute.at):
        if case.number != seen:
            readers = routing.list_readers(tx, case.journey)
            case_letters.post_cards(tx, readers, case, now, f":unmuted:{mute.id}")
