"""The outbox: letters that are due leave, in order per chat, at the messenger's pace, and their end is recorded.

Invariants:

* One leader runs it (`bot.db.engine.leases`). What an earlier leader was sending when it stopped may have arrived: it
  is repeated once if its kind is repeated, else it is unknown and never sent again by itself (`bot.outbox.policy`).
* A chat's letters go one after the other, and the people whom they are about in turns
  (`bot.db.delivery.letter_choice`); a chat that cools down holds up no other.
* After the first sign that the connection to the messenger is broken no letter starts until a ping is answered. Then
  one letter at a time is on trial, at longer and longer intervals, until one is answered: where pings work and sending
  does not, hours cost few letters, and not all that wait.
* A fault in one letter leaves it leased until the next round gives it back, or treats it as above if its call may have
  begun; other chats go on.
* It wakes when a letter is posted or ends, when one falls due, when a chat can take one again, when business time is
  moved, and at least every `LONGEST_REST_SECONDS`, because another process may have posted something.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from functools import partial

from bot.clock import Clock
from bot.db.delivery import letter_steps, letters
from bot.db.delivery.letter_steps import RepeatPlan
from bot.db.delivery.letters import Letter
from bot.db.delivery.states import LetterState
from bot.db.engine.announcements import LETTERS
from bot.db.engine.database import Connection, Database
from bot.db.engine.errors import DatabaseError
from bot.db.engine.savepoints import run_in_savepoint
from bot.faults import describe_fault
from bot.outbox import policy
from bot.outbox.kinds import LetterKind, LetterOutcome
from bot.outbox.messenger import DeliveryError, Messenger, SentMessage, Throttled
from bot.outbox.pace import Pace
from bot.outbox.policy import AttemptResult
from bot.outbox.send_letter import LetterSender, log_fields

log = logging.getLogger(__name__)
MOST_AT_WORK = 16  # letters that are being rendered, wait for their start or are being sent
LONGEST_REST_SECONDS = 1.0
LONGEST_PING_PAUSE = 30.0  # seconds
SHUTDOWN_SECONDS = 4.0  # for letters in flight when the outbox is stopped
RECORDING_SECONDS = 1.0  # the last part of them, for storing what became of the calls


class Outbox:
    """Sender of letters: ``await take_over(epoch)``, then ``run()`` until cancelled.

    ``first_ping_pause`` is the seconds between the first two pings; the pause doubles with each failure up to
    `LONGEST_PING_PAUSE`, or is as long as the messenger asks for. ``run()`` ends at most ``shutdown_seconds`` after it
    is cancelled: a call without an answer by then is given up, and its letter may have arrived.
    """

    def __init__(
        self,
        *,
        db: Database,
        clock: Clock,
        messenger: Messenger,
        pace: Pace,
        kinds: Iterable[LetterKind],
        first_ping_pause: float = 1.0,
        shutdown_seconds: float = SHUTDOWN_SECONDS,
    ) -> None:
        self.epoch = 0
        self.tries = 0  # of letters, since the start
        self._db = db
        self._clock = clock
        self._messenger = messenger
        self._pace = pace
        self._kinds = {kind.name: kind for kind in kinds}
        self._sender = LetterSender(db=db, clock=clock, messenger=messenger, pace=pace, kinds=self._kinds)
        self._first_ping_pause = self._ping_pause = first_ping_pause
        self._is_on_trial = False  # pings are answered, and no letter yet
        self._has_trial_failed = False
        self._has_told_pause = False  # since a letter arrived
        self._shutdown_seconds = shutdown_seconds
        self._has_failed_letter = False
        self._next_due: datetime | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._bell = asyncio.Event()
        self._starting = asyncio.Lock()
        self._ping_refusal: str | None = None

    @property
    def trouble(self) -> str | None:
        """Reason why no letter can leave, as far as we know; None while the connection to the messenger works."""
        if self._sender.is_blocked or self._has_trial_failed:
            return self._ping_refusal or "the messenger does not answer"
        return None

    async def take_over(self, epoch: int) -> None:
        """Begin as the leader of this epoch, and repeat or give up what the one before was sending when it stopped."""
        # What this process knows of its own calls, from an earlier time as the leader, is better than "unknown".
        await self._sender.record_pending_results()
        self.epoch = epoch
        await self.settle_abandoned()

    async def settle_abandoned(self) -> None:
        """Repeat or give up the letters that earlier leaders were sending; call it again for those that are locked."""

        def take_over(tx: Connection) -> list[Letter]:
            now = self._clock.now()
            lost = letter_steps.take_over(tx, self.epoch, self._plan_repeats(now), now)
            self._settle_unknown(tx, lost, "stopped while sending")
            return lost

        _log_unknown(await self._db.write(take_over))
        await self._follow_clock_back()

    async def _follow_clock_back(self) -> None:
        """Let letters go that wait for a time far ahead because the clock was there: the first holds up its chat."""
        now = self._clock.now()
        if await self._db.read(lambda tx: letter_steps.is_any_ahead(tx, now, policy.LATEST_RETRY)):
            await self._db.write(lambda tx: letter_steps.bring_back(tx, now, policy.LATEST_RETRY))

    def _plan_repeats(self, now: datetime) -> RepeatPlan:
        repeated = [name for name, kind in self._kinds.items() if kind.is_repeated]
        return RepeatPlan(repeated, now + policy.REPEAT_DELAY)

    def _settle_unknown(self, tx: Connection, lost: Iterable[Letter], reason: str) -> None:
        """Settle those that are not repeated. A fault in settling one keeps neither the others nor a start from it."""
        for letter in lost:
            kind = self._kinds.get(letter.kind)
            if kind is None or letter.state is not LetterState.UNKNOWN:
                continue
            settle = partial(kind.settle, tx, letter, LetterOutcome(LetterState.UNKNOWN, self._clock.now(), reason))
            if (fault := run_in_savepoint(tx, settle)) is not None:
                log.error("letter not settled", extra=log_fields(letter) | {"error": describe_fault(fault)})

    def nudge(self) -> None:
        """Look for letters again, now."""
        rung, self._bell = self._bell, asyncio.Event()
        rung.set()

    async def run(self) -> None:
        """Send until cancelled; then wait for letters in flight, up to ``shutdown_seconds``."""
        unsubscribe = [self._clock.add_listener(self.nudge), self._db.listeners.add(LETTERS, self.nudge)]
        try:
            while True:
                bell = self._bell
                try:
                    started = await self._start()
                except DatabaseError:  # which the database itself logs, once
                    started = 0
                if not started:
                    await self._rest(bell)
        finally:
            for stop_listening in unsubscribe:
                stop_listening()
            await self._finish()

    async def drain(self) -> None:
        """Return when no letter is left that is due and can go; letters that wait for another try may remain."""
        while True:
            bell = self._bell
            started, at_work = await self._start(), bool(self._tasks)
            due = await self._db.read(self._is_anything_claimable)
            # Idle before and after looking: one that ends in between frees its chat's next letter, one that begins
            # in between is not due any more.
            if not (started or at_work or due or self._tasks):
                return
            await self._rest(bell)

    def _is_anything_claimable(self, tx: Connection) -> bool:
        return letter_steps.can_claim(tx, self._clock.now())

    async def _start(self) -> int:
        """Start the letters that can go; return how many."""
        async with self._starting:
            if self._sender.is_blocked:
                await self._wait_for_messenger()
            most = 1 if self._is_on_trial else MOST_AT_WORK
            room = most - len(self._tasks)
            # Claiming by the half keeps the number of transactions low while many letters are due.
            if room < max(1, most // 2) or self._is_paused():
                return 0
            if not (self._has_failed_letter or await self._is_due()):
                self._has_trial_failed = False  # nothing waits, so nothing is kept from leaving
                return 0
            at_work, cooling, turns = tuple(self._tasks), self._pace.cooling_chats(), self._pace.list_turns()
            claim = partial(letter_steps.claim, limit=room, epoch=self.epoch, cooling=cooling, turns=turns)
            # Cleared before, because another letter may fail while this is written.
            has_failed, self._has_failed_letter = self._has_failed_letter, False
            try:
                lost, claimed = await self._db.write(lambda tx: self._claim(tx, claim, at_work, has_failed))
            except BaseException:
                # Also if none had failed: the claim may be stored, and only the answer to it lost.
                self._has_failed_letter = True
                raise
            _log_unknown(lost)
            for letter in claimed:
                self._tasks[letter.id] = asyncio.create_task(self._deliver(letter))
            return len(claimed)

    def _claim(
        self, tx: Connection, claim: Callable[..., list[Letter]], at_work: Collection[int], has_failed: bool
    ) -> tuple[list[Letter], list[Letter]]:
        """Return the letters whose call a fault has cut off, if one ``has_failed``, and those that can be sent now."""
        now, lost = self._clock.now(), []
        if has_failed:
            lost = letter_steps.give_back_all_but(tx, at_work, self.epoch, self._plan_repeats(now), now)
            self._settle_unknown(tx, lost, "a fault while sending")
        return lost, claim(tx, now=now)

    async def _is_due(self) -> bool:
        self._next_due = await self._db.read(letters.find_next_due)
        return self._next_due is not None and self._next_due <= self._clock.now()

    async def _deliver(self, letter: Letter) -> None:
        self.tries += 1
        try:
            result = await self._sender.deliver(letter, self.epoch)
            if result is not None:
                self._note_result(result)
        except Exception as error:  # the next round gives this letter back
            self._has_failed_letter = True
            log.exception(
                "letter left leased", extra={"letter": letter.id, "error": describe_fault(error)}, exc_info=False
            )
        finally:
            self._tasks.pop(letter.id, None)
            self.nudge()

    def _is_paused(self) -> bool:
        """Return whether the messenger asks everybody to wait; it is logged once until a letter arrives."""
        seconds = self._pace.seconds_paused()
        if seconds and not self._has_told_pause:
            log.warning("messenger asks everybody to wait", extra={"seconds": round(seconds)})
            self._has_told_pause = True
        return bool(seconds)

    def _note_result(self, result: AttemptResult) -> None:
        if isinstance(result, SentMessage):
            self._has_told_pause = False
        if policy.is_connection_broken(result):
            self._sender.is_blocked = True
            self._has_trial_failed = self._is_on_trial
        elif self._is_on_trial and policy.is_answer(result):
            self._end_trial()

    def _end_trial(self) -> None:
        self._is_on_trial = self._has_trial_failed = False
        self._ping_pause = self._first_ping_pause
        log.info("messenger answers again")

    async def _rest(self, bell: asyncio.Event) -> None:
        """Wait until something happens that may let a letter go."""
        waits = [LONGEST_REST_SECONDS, self._pace.seconds_paused(), *self._pace.cooling_chats().values()]
        if self._next_due is not None:
            waits.append((self._next_due - self._clock.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min((wait for wait in waits if wait > 0), default=LONGEST_REST_SECONDS)):
                await bell.wait()

    async def _wait_for_messenger(self) -> None:
        """Ping until the messenger answers, then let one letter at a time leave on trial."""
        if not self._is_on_trial:
            log.warning("messenger does not answer; letters wait")
        else:
            await self._pause_pings()
        while True:
            try:
                await self._messenger.ping()
                break
            except Throttled as error:
                self._pace.pause(None, error.seconds)
                await asyncio.sleep(max(self._ping_pause, error.seconds))
            except DeliveryError as error:
                self._ping_refusal = str(error)
                await self._pause_pings()
        self._sender.is_blocked, self._ping_refusal, self._is_on_trial = False, None, True

    async def _pause_pings(self) -> None:
        await asyncio.sleep(self._ping_pause)
        self._ping_pause = min(self._ping_pause * 2, LONGEST_PING_PAUSE)

    async def _finish(self) -> None:
        """Cancel what has not left yet (it stays leased, so the next leader sends it) and wait for what has.

        Letters whose call has not begun are given back; calls without an answer are broken off near the end.
        """
        self._sender.is_blocked = True
        for letter_id, task in tuple(self._tasks.items()):
            if letter_id not in self._sender.in_flight:
                task.cancel()
        recording = min(RECORDING_SECONDS, self._shutdown_seconds / 2)
        await self._wait_for_tasks(self._shutdown_seconds - recording)
        self._sender.break_off()
        await self._wait_for_tasks(recording)
        for task in tuple(self._tasks.values()):  # the database takes nothing: the next leader finds them as they are
            task.cancel()
        self._tasks.clear()  # one that was cancelled before its first step is still there
        self._sender.is_blocked = False

    async def _wait_for_tasks(self, seconds: float) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=seconds)


def _log_unknown(lost: Iterable[Letter]) -> None:
    for letter in lost:
        log.warning("letter may have arrived", extra=log_fields(letter))
