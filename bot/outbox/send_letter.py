"""The way of one letter: written → its turn → marked as sending → sent → recorded.

Between the mark and the record it is *in flight*: a crash there leaves it unknown. So as few as possible are, and
what became of one is recorded however long the database takes to come back: it is known nowhere else.
"""

import asyncio
import logging
from collections.abc import Mapping

from bot.clock import Clock
from bot.db.delivery import delivery, moves
from bot.db.delivery.delivery import AttemptRecord
from bot.db.delivery.letters import Letter
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.faults import fault
from bot.messages.message import Message
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterKind, LetterOutcome
from bot.outbox.messenger import ChatMoved, DeliveryError, Messenger, Rejected, SentMessage, Throttled, Uncertain
from bot.outbox.pace import Pace, is_group
from bot.outbox.policy import Happened, RenderingFailed
from bot.outbox.uploads import Uploads

log = logging.getLogger(__name__)
IN_FLIGHT = 8
STALE = 5.0  # seconds for which what was written stays true; who waited longer is written anew


class LetterSender:
    """Takes letters to their end. ``blocked`` stops those that were not marked yet: the way is broken, or we leave."""

    def __init__(
        self, *, db: Database, clock: Clock, messenger: Messenger, pace: Pace, kinds: Mapping[str, LetterKind]
    ) -> None:
        self.blocked = False
        self.in_flight: set[int] = set()
        self._db = db
        self._clock = clock
        self._messenger = messenger
        self._pace = pace
        self._kinds = kinds
        self._uploads = Uploads(db, clock)
        self._gate = pace.gate(IN_FLIGHT)

    async def take(self, letter: Letter, epoch: int) -> Happened | None:
        """What became of it; None when it was not tried after all and is due as before."""
        written = await self._write(letter)
        if not isinstance(written, Message):
            await self._record(letter, epoch, written)
            return written
        asked = self._pace.monotonic()
        start = await self._pace.turn(letter.to, is_group(letter.to), letter.priority, self._gate)
        try:
            stale = self._pace.monotonic() - asked > STALE
            if not await self._may_leave(letter, epoch, stale=stale):
                return None
            if not await self._pace.begin(start):  # the database was slow
                await self._pace.slot(letter.to, is_group(letter.to), letter.priority)
            return await self._send(letter, epoch, written)
        finally:
            self.in_flight.discard(letter.id)
            self._gate.leave()

    async def _write(self, letter: Letter) -> Message | LetterDropped | Rejected | RenderingFailed:
        if policy.is_too_late(letter, self._clock.now()):
            return policy.TOO_LATE
        kind = self._kinds.get(letter.kind)
        if kind is None:
            return Rejected("this version knows no such kind of letter")
        try:
            written = await kind.write(letter)
            return await self._uploads.known(written) if isinstance(written, Message) else written
        except Exception as error:  # one letter that cannot be written must not stop the others
            log.exception("letter cannot be written", extra=_about(letter), exc_info=False)
            return RenderingFailed(fault(error))

    async def _may_leave(self, letter: Letter, epoch: int, *, stale: bool) -> bool:
        if self.blocked or stale:
            await self._db.write(lambda tx: delivery.give_back(tx, letter.id, epoch))
            return False
        self.in_flight.add(letter.id)
        if await self._db.write(lambda tx: delivery.mark_sending(tx, letter.id, epoch)):
            return True
        log.warning("letter is not ours to send any more", extra=_about(letter))
        return False

    async def _send(self, letter: Letter, epoch: int, message: Message) -> Happened:
        happened = await self._call(letter, message)
        if isinstance(happened, Rejected) and (other := await self._uploads.anew(message)) is not None:
            message = other
            await self._pace.slot(letter.to, is_group(letter.to), letter.priority)
            happened = await self._call(letter, message)
        if isinstance(happened, Throttled):
            self._pace.pause(happened.seconds)
        await self._record(letter, epoch, happened, message)
        return happened

    async def _call(self, letter: Letter, message: Message) -> SentMessage | DeliveryError:
        try:
            return await self._messenger.send(letter.to, message)
        except DeliveryError as error:
            return error
        except Exception as error:  # against its word; it may have sent something
            log.exception("messenger failed", extra=_about(letter), exc_info=False)
            return Uncertain(fault(error))

    async def _record(self, letter: Letter, epoch: int, happened: Happened, message: Message | None = None) -> None:
        def whole(tx: Connection, settle: bool = True) -> None:
            if isinstance(happened, ChatMoved):
                moves.follow(tx, letter.to, happened.to)
            if message is not None and isinstance(happened, SentMessage):
                self._uploads.note(tx, message, happened)
            self._note(tx, letter, epoch, happened, settle=settle)

        wait = 0.5
        while True:
            try:
                return await self._db.write(whole)
            except DatabaseError as error:
                log.error("outcome not recorded yet", extra=_about(letter) | {"error": str(error)})
                await asyncio.sleep(wait)
                wait = min(wait * 2, 30.0)
            except Exception as error:  # what the kind makes of it must not hide what happened
                log.exception("letter not settled", extra=_about(letter) | {"error": fault(error)}, exc_info=False)
                return await self._db.write(lambda tx: whole(tx, settle=False))

    def _note(self, tx: Connection, letter: Letter, epoch: int, happened: Happened, *, settle: bool) -> None:
        now = self._clock.now()
        following = policy.after(happened, letter.attempts + 1)
        message_id = happened.message_id if isinstance(happened, SentMessage) else None
        result = AttemptRecord(
            state=following.state,
            attempts=letter.attempts + 1,
            reason=following.reason,
            due_at=now + following.delay if following.delay is not None else None,
            message_id=message_id,
        )
        kind = self._kinds.get(letter.kind)
        if delivery.record(tx, letter.id, epoch, result, now) and following.is_end and settle and kind is not None:
            kind.settle(tx, letter, LetterOutcome(following.state, now, following.reason, message_id))


def _about(letter: Letter) -> dict[str, object]:
    return {"letter": letter.id, "kind": letter.kind}
