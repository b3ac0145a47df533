"""The outbox: whatever is due leaves, in order per chat, at the messenger's pace, and what became of it is recorded.

One leader runs it (`bot.db.engine.leases`). It wakes when a letter is posted, when one falls due, when a chat may be
written to again and when business time is moved. After the first sign that the way to the messenger is broken
nothing more leaves until a ping is answered.
"""

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterable
from datetime import datetime

from bot.clock import Clock
from bot.db.delivery import delivery, letters
from bot.db.delivery.letters import Letter, LetterState
from bot.db.engine.announcements import LETTERS
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.faults import fault
from bot.outbox import policy
from bot.outbox.kinds import LetterKind, LetterOutcome
from bot.outbox.messenger import DeliveryError, Messenger, Throttled
from bot.outbox.pace import Pace
from bot.outbox.send_letter import LetterSender
from cjm.address import Address

log = logging.getLogger(__name__)
AT_WORK = 16  # letters that are being written, wait for their turn or are being sent
LONGEST_REST = 1.0  # seconds; another process may have posted something
LAST_PING = 30.0
GOODBYE = 10.0  # seconds given to what is in flight when we leave


class Outbox:
    """``await take_over(epoch)``, then ``run()`` until cancelled; ``drain()`` returns when nothing due is left."""

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        messenger: Messenger,
        pace: Pace,
        kinds: Iterable[LetterKind],
        first_ping: float = 1.0,
    ) -> None:
        self.epoch = 0
        self._db = db
        self._clock = clock
        self._messenger = messenger
        self._pace = pace
        self._kinds = {kind.name: kind for kind in kinds}
        self._trips = LetterSender(db=db, clock=clock, messenger=messenger, pace=pace, kinds=self._kinds)
        self._first_ping = first_ping
        self._fault = False
        self._next_due: datetime | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._bell = asyncio.Event()
        self._starting = asyncio.Lock()

    @property
    def is_broken(self) -> bool:
        """Whether the way to the messenger is broken, as far as we know."""
        return self._trips.blocked

    async def take_over(self, epoch: int) -> None:
        """Begin as the leader of this epoch: what the one before was sending when it stopped is unknown."""
        self.epoch = epoch

        def whole(tx: Connection) -> int:
            lost = delivery.take_over(tx, epoch)
            for letter in lost:
                self._settle_unknown(tx, letter)
            return len(lost)

        if unknown := await self._db.write(whole):
            log.warning("letters that may have arrived", extra={"letters": unknown})

    def _settle_unknown(self, tx: Connection, letter: Letter) -> None:
        if (kind := self._kinds.get(letter.kind)) is not None:
            kind.settle(tx, letter, LetterOutcome(LetterState.UNKNOWN, self._clock.now(), "stopped while sending"))

    def nudge(self) -> None:
        """Look again, now."""
        rung, self._bell = self._bell, asyncio.Event()
        rung.set()

    async def run(self) -> None:
        """Send until cancelled; what is in flight then is still recorded."""
        forget = [self._clock.on_move(self.nudge), self._db.listeners.add(LETTERS, self.nudge)]
        try:
            while True:
                bell = self._bell
                try:
                    started = await self._start()
                except DatabaseError as error:
                    log.error("outbox cannot go on", extra={"error": str(error)})
                    started = 0
                if not started:
                    await self._rest(bell)
        finally:
            for end in forget:
                end()
            await self._leave()

    async def drain(self) -> None:
        """Return when nothing is left that is due and can go; letters that wait for another try may remain."""
        while True:
            bell = self._bell
            started, at_work = await self._start(), bool(self._tasks)
            due = await self._db.read(self._anything_due)
            # Idle before and after looking: one that ends in between frees its chat's next letter, one that begins
            # in between is not due any more.
            if not (started or at_work or due or self._tasks):
                return
            await self._rest(bell)

    def _anything_due(self, tx: Connection) -> bool:
        return delivery.can_claim(tx, self._clock.now())

    async def _start(self) -> int:
        """Set letters going that can go; returns how many."""
        async with self._starting:
            if self._trips.blocked:
                await self._mend()
            room = AT_WORK - len(self._tasks)
            if room < AT_WORK // 2 or self._pace.paused() or not (self._fault or await self._is_due()):
                return 0
            at_hand, cooling = tuple(self._tasks), self._pace.cooling()
            claimed = await self._db.write(lambda tx: self._claim(tx, room, at_hand, cooling))
            self._fault = False
            for letter in claimed:
                self._tasks[letter.id] = asyncio.create_task(self._take(letter))
            return len(claimed)

    def _claim(self, tx: Connection, room: int, at_hand: Collection[int], cooling: Collection[Address]) -> list[Letter]:
        if self._fault:
            delivery.give_back_all_but(tx, at_hand, self.epoch)
        return delivery.claim(tx, now=self._clock.now(), most=room, epoch=self.epoch, cooling=cooling)

    async def _is_due(self) -> bool:
        self._next_due = await self._db.read(letters.next_due)
        return self._next_due is not None and self._next_due <= self._clock.now()

    async def _take(self, letter: Letter) -> None:
        try:
            happened = await self._trips.take(letter, self.epoch)
            if happened is not None and policy.breaks(happened):
                self._trips.blocked = True
        except Exception as error:  # this letter stays leased for a while; the others go on
            self._fault = True
            log.exception("letter left lying", extra={"letter": letter.id, "error": fault(error)}, exc_info=False)
        finally:
            del self._tasks[letter.id]
            self.nudge()

    async def _rest(self, bell: asyncio.Event) -> None:
        """Until something happens that may let a letter go."""
        waits = [LONGEST_REST, self._pace.paused(), *self._pace.cooling().values()]
        if self._next_due is not None:
            waits.append((self._next_due - self._clock.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min((wait for wait in waits if wait > 0), default=LONGEST_REST)):
                await bell.wait()

    async def _mend(self) -> None:
        """Ping until it is answered: only then may letters leave again."""
        log.warning("messenger does not answer; letters wait")
        wait = self._first_ping
        while True:
            try:
                await self._messenger.ping()
                break
            except Throttled as error:
                wait = max(wait, error.seconds)
            except DeliveryError:
                wait = min(wait * 2, LAST_PING)
            await asyncio.sleep(wait)
        self._trips.blocked = False
        log.info("messenger answers again")

    async def _leave(self) -> None:
        """Stop what has not left yet (it stays leased, so the next leader sends it) and wait for what has."""
        self._trips.blocked = True
        for number, task in tuple(self._tasks.items()):
            if number not in self._trips.in_flight:
                task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=GOODBYE)
        self._trips.blocked = False
