"""One letter's way out: rendered → its start reserved → marked as sending → sent → recorded.

Invariants:

* A letter is marked as sending, in its own transaction, before the call that sends it; only the holder of the newest
  lease epoch can mark one.
* Between the mark and the record a letter is *in flight*, and a crash there leaves it in doubt: it may have arrived. So
  at most `IN_FLIGHT` are at once.
* The result of a call waits in memory until the database takes it, also while this process does not lead: it is known
  nowhere else. A database that is away before the call costs the letter no try: it is given back.
* A letter that waited longer than `STALE` for its start is rendered again, also when business time has jumped: the
  demo moves it, and a machine that slept wakes later. So people read how things stand now, and what forbids the letter
  now (quiet hours that began, a wish not to be asked) is seen.
* A letter whose call has not begun is due as before when it must not leave now: only a call leaves it in doubt.
* One letter that cannot be rendered or settled stops no other chat's letters.
* A letter whose words were erased after it was rendered does not leave. One that arrived while they were erased is
  taken away: whom it quotes is stored in the transaction that records its number.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from bot.clock import Clock
from bot.db.delivery import chat_migration, letter_steps, quoted_messages
from bot.db.delivery.letter_steps import AttemptRecord
from bot.db.delivery.letters import Letter
from bot.db.delivery.quoted_messages import Quotes
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.faults import describe_fault
from bot.messages.message import Message
from bot.outbox import policy
from bot.outbox.kinds import LetterDropped, LetterHeld, LetterKind, LetterOutcome
from bot.outbox.messenger import ChatMoved, DeliveryError, Messenger, Rejected, SentMessage, Throttled, Uncertain
from bot.outbox.pace import Pace
from bot.outbox.policy import AttemptResult, RenderingFailed
from bot.outbox.quotes import find_quotes
from bot.outbox.uploads import Uploads

log = logging.getLogger(__name__)
IN_FLIGHT = 8
STALE = 5.0  # seconds
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between tries to write, while the database is away
LATE_PATIENCE = 2.0  # seconds that a marked letter waits for its start to begin


class _Moment(NamedTuple):
    business: datetime
    monotonic: float


class _Record(Protocol):
    """Write of a result; ``settle``: also what follows from it for the letter's kind."""

    def __call__(self, tx: Connection, settle: bool = True) -> None: ...


class LetterSender:
    """Takes letters to their end.

    ``is_blocked`` stops letters whose call has not begun: the connection is broken, or we are shutting down.
    ``in_flight`` holds the ids of those between mark and record.
    """

    def __init__(
        self, *, db: Database, clock: Clock, messenger: Messenger, pace: Pace, kinds: Mapping[str, LetterKind]
    ) -> None:
        self.is_blocked = False
        self.in_flight: set[int] = set()
        self._db = db
        self._clock = clock
        self._messenger = messenger
        self._pace = pace
        self._kinds = kinds
        self._uploads = Uploads(db, clock)
        self._gate = pace.make_gate(IN_FLIGHT)
        self._calls: set[asyncio.Timeout] = set()
        self._unrecorded: dict[int, tuple[Letter, _Record]] = {}  # by letter; of tasks that were cancelled too

    async def deliver(self, letter: Letter, epoch: int) -> AttemptResult | None:
        """Return what became of it, or None when it was not tried: it is due as before, or no longer ours to send.

        A database that is away costs the letter no try.
        """
        try:
            return await self._try_to_deliver(letter, epoch)
        except DatabaseError:  # the database logs it, once; recording waits for it, so this came before a call
            await asyncio.sleep(FIRST_WAIT)
            await self._give_back(letter, epoch)
            return None

    async def _try_to_deliver(self, letter: Letter, epoch: int) -> AttemptResult | None:
        began = _Moment(self._clock.now(), self._pace.monotonic())
        written = await self._render(letter)
        if not isinstance(written, Message):
            await self._record(letter, epoch, written)
            return written
        asked_at = self._pace.monotonic()
        start = await self._pace.reserve_letter_start(letter.to, letter.priority, self._gate, letter.about)
        if start is None:  # its chat takes nothing for a while: others go first
            await self._give_back(letter, epoch)
            return None
        try:
            is_stale = self._pace.monotonic() - asked_at > STALE or self._has_time_jumped(began)
            if not await self._mark_sending(letter, epoch, written, is_stale=is_stale):
                return None
            has_begun = await self._finish_in_time(self._pace.begin(start))
            if not has_begun or self.is_blocked or self._has_time_jumped(began):
                await self._give_back(letter, epoch)
                return None
            return await self._send(letter, epoch, written)
        finally:
            self._pace.give_up(start)
            self.in_flight.discard(letter.id)
            self._gate.leave()

    def break_off(self) -> None:
        """Wait no longer for the answers to calls that have begun: their letters may have arrived."""
        now = asyncio.get_running_loop().time()
        for call in self._calls:
            call.reschedule(now)

    async def _render(self, letter: Letter) -> Message | LetterDropped | LetterHeld | Rejected | RenderingFailed:
        if policy.is_too_late(letter, self._clock.now()):
            return policy.TOO_LATE
        kind = self._kinds.get(letter.kind)
        if kind is None:
            return Rejected("this version knows no letter of this kind")
        try:
            written = await kind.write(letter)
            if isinstance(written, LetterHeld) and policy.is_too_late(letter, written.until):
                return policy.TOO_LATE
            return await self._uploads.use_known_file(written) if isinstance(written, Message) else written
        except DatabaseError:
            raise
        except Exception as error:  # a fault in one letter must not stop the others
            log.exception("letter cannot be rendered", extra=log_fields(letter), exc_info=False)
            return RenderingFailed(describe_fault(error))

    async def _mark_sending(self, letter: Letter, epoch: int, message: Message, *, is_stale: bool) -> bool:
        """Mark the letter; False when it must not leave now, or not by us."""
        if self.is_blocked or is_stale:
            await self._give_back(letter, epoch)
            return False
        self.in_flight.add(letter.id)
        quotes = find_quotes(message)

        def mark(tx: Connection) -> bool | None:
            if quotes is not None and quotes.people - quoted_messages.lock_people(tx, quotes.people):
                return None
            return letter_steps.mark_sending(tx, letter.id, epoch, quotes)

        is_marked = await self._db.write(mark)
        if is_marked is None:  # rendered again, it shows what is left
            await self._record(letter, epoch, RenderingFailed("somebody whom it quotes was forgotten meanwhile"))
        elif not is_marked:
            log.warning("letter is not ours to send any more", extra=log_fields(letter))
        return bool(is_marked)

    def _has_time_jumped(self, since: _Moment) -> bool:
        """Return whether more business time than real time has gone by."""
        business = (self._clock.now() - since.business).total_seconds()
        return business - (self._pace.monotonic() - since.monotonic) > STALE

    async def _wait_for_another_start(self, letter: Letter) -> bool:
        """Wait for a second start of a marked letter, which keeps its place in flight; False when it takes too long."""
        return await self._finish_in_time(self._pace.wait_to_start(letter.to, letter.priority, about=letter.about))

    async def _finish_in_time(self, start: Coroutine[Any, Any, None]) -> bool:
        """Wait until a start of a marked letter has begun; False when that takes too long, as in a pause."""
        try:
            async with asyncio.timeout(LATE_PATIENCE):
                await start
        except TimeoutError:
            return False
        return True

    async def _give_back(self, letter: Letter, epoch: int) -> None:
        """Let the letter be due again; also when it may be marked, because the answer to that write was lost."""
        await self._write_at_last(lambda tx: letter_steps.give_back(tx, letter.id, epoch))

    async def _write_at_last(self, fn: Callable[[Connection], None]) -> None:
        """Write as soon as the database takes it."""
        wait = FIRST_WAIT
        while True:
            try:
                return await self._db.write(fn)
            except DatabaseError:  # as above
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _send(self, letter: Letter, epoch: int, message: Message) -> AttemptResult | None:
        result = await self._call(letter, message)
        if isinstance(result, Rejected) and (with_bytes := await self._uploads.use_bytes_again(message)) is not None:
            message = with_bytes
            if not await self._wait_for_another_start(letter) or self.is_blocked:
                await self._give_back(letter, epoch)  # the refused one did not arrive, and the stale id is forgotten
                return None
            result = await self._call(letter, message)
        if isinstance(result, Throttled):
            self._pace.pause(letter.to, result.seconds)
        if isinstance(result, SentMessage):
            self._pace.note_taken_message()
        await self._record(letter, epoch, result, message)
        if policy.may_have_arrived(result):
            log.warning("letter may have arrived", extra=log_fields(letter))
        return result

    async def _call(self, letter: Letter, message: Message) -> SentMessage | DeliveryError:
        call = asyncio.timeout(None)
        try:
            async with call:
                self._calls.add(call)
                return await self._messenger.send(letter.to, message)
        except DeliveryError as error:
            return error
        except Exception as error:  # the port promised none; the message may have been sent
            if call.expired():
                return Uncertain("there was no answer before the outbox stopped")
            log.exception("messenger failed", extra=log_fields(letter), exc_info=False)
            return Uncertain(describe_fault(error))
        finally:
            self._calls.discard(call)

    async def _record(self, letter: Letter, epoch: int, result: AttemptResult, message: Message | None = None) -> None:
        quotes = find_quotes(message) if message is not None and isinstance(result, SentMessage) else None

        def record(tx: Connection, settle: bool = True) -> None:
            if quotes is not None:  # before the letter's row is locked, as in forgetting: the two never wait in a ring
                quoted_messages.lock_people(tx, quotes.people)
            if isinstance(result, ChatMoved):
                chat_migration.migrate_chat(tx, letter.to, result.to)
            if message is not None and isinstance(result, SentMessage):
                self._uploads.record_file_id(tx, message, result)
            self._record_in(tx, letter, epoch, result, settle=settle)
            if quotes is not None and isinstance(result, SentMessage):
                _store_quotes(tx, letter, quotes, result.message_id, self._clock.now())

        self._unrecorded[letter.id] = letter, record
        await self._record_at_last(letter, record)
        self._unrecorded.pop(letter.id, None)

    async def _record_at_last(self, letter: Letter, record: _Record) -> None:
        try:
            await self._write_at_last(record)
        except Exception as error:  # a fault in settling must not hide that the letter left
            log.exception(
                "letter not settled", extra=log_fields(letter) | {"error": describe_fault(error)}, exc_info=False
            )
            await self._write_at_last(lambda tx: record(tx, settle=False))

    async def record_pending_results(self) -> None:
        """Record the results that the database did not take before this process stopped to lead."""
        for letter, record in tuple(self._unrecorded.values()):
            await self._record_at_last(letter, record)
            self._unrecorded.pop(letter.id, None)

    def _record_in(self, tx: Connection, letter: Letter, epoch: int, result: AttemptResult, *, settle: bool) -> None:
        now, kind = self._clock.now(), self._kinds.get(letter.kind)
        can_repeat = kind is not None and kind.is_repeated and letter.unknown_at is None
        following = policy.next_state(result, letter.attempts + 1, can_repeat=can_repeat)
        message_id = result.message_id if isinstance(result, SentMessage) else None
        attempt = AttemptRecord(
            state=following.state,
            attempts=letter.attempts + following.counts_as_try,
            reason=following.reason,
            due_at=following.due_after(now),
            message_id=message_id,
            may_have_arrived=policy.may_have_arrived(result),
        )
        is_recorded = letter_steps.record(tx, letter.id, epoch, attempt, now)
        if is_recorded and (following.is_end or following.until is not None) and settle and kind is not None:
            kind.settle(tx, letter, LetterOutcome(following.state, now, following.reason, message_id, following.until))


def _store_quotes(tx: Connection, letter: Letter, quotes: Quotes, message_id: str, now: datetime) -> None:
    # Also of a letter that another leader has taken over, or that was deleted with its reader: it has arrived.
    quoted_messages.add_quotes(tx, letter.to, message_id, quotes, now)


def log_fields(letter: Letter) -> dict[str, object]:
    return {"letter": letter.id, "kind": letter.kind}
