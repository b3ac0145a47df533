"""Join a diary, leave it, and come back to it: taps of a volunteer, and their wish in /settings.

Invariants:

* Joining needs the invitation that a conversation gave, within its time; what is promised is what that one has stored.
* Leaving takes effect in the transaction of its tap: what waits is dropped, the open message of the diary is closed,
  and a letter on its way is dropped when it would leave. What was written stays.
* Coming back grants no message twice: the clock goes on at the number that it had reached.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversation.context import ConversationContext, effective_quiet_hours, load_context
from bot.conversation.diary_offer import may_keep_diary
from bot.conversation.saving import save_move
from bot.db.asking import invitations
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary
from bot.db.engine.database import Connection, Database, lock_customer
from bot.db.people import customers
from bot.db.people.customers import Customer
from bot.outbox.letters.diary.diary_parts import is_open_offer
from bot.usecases.asking.turn import ConversationTap, TapNotice, TurnResult, take_turn
from cjm.address import Address
from cjm.asking.diary_clock import find_end, find_first_day, find_moment, find_next_moment
from cjm.asking.diary_state import DiaryState
from cjm.asking.quiet_hours import QuietHours
from cjm.conversation import turns
from cjm.conversation.conversation import ClosingStep, Conversation, ConversationMove, TapEffect, TapRefusal


class KeepDiary:
    """``answer_period`` is how long an invitation stays open, ``quiet`` the hours of people who chose none."""

    def __init__(self, db: Database, clock: Clock, answer_period: timedelta, quiet: QuietHours | None) -> None:
        self._db, self._clock, self._answer_period, self._quiet = db, clock, answer_period, quiet

    async def keep(self, tap: ConversationTap, is_wanted: bool) -> TurnResult:
        """Join the diary that this conversation invited to, come back to it, or leave it.

        The notice is ENDED where that is not possible any more.
        """
        now = self._clock.now()

        def write(tx: Connection) -> TurnResult:
            turn = take_turn(tx, tap, _stay, now, self._answer_period)
            if turn.notice is not TapNotice.MOVED or turn.context is None:
                return turn
            context = turn.context
            done = join_diary(tx, context, self._quiet, now) if is_wanted else _leave(tx, context, now)
            if not done:
                return replace(turn, notice=TapNotice.ENDED)
            return replace(turn, context=load_context(tx, tap.invitation))

        return await self._db.write(write)

    async def leave(self, address: Address) -> None:
        """Leave the diary that this person keeps, if they keep one."""
        now = self._clock.now()

        def write(tx: Connection) -> None:
            person = customers.find_by_address(tx, address)
            if person is not None:
                lock_customer(tx, person.id)  # a tap at the same time stores the open message, too
                end_diary(tx, person.id, DiaryState.LEFT, now)

        await self._db.write(write)


def join_diary(tx: Connection, context: ConversationContext, quiet: QuietHours | None, now: datetime) -> bool:
    """Let the diary of a conversation run, or run on; return whether it runs now.

    ``quiet`` are the hours of people who chose none.
    """
    diary = context.diary
    if diary is None or diary.is_running:
        return diary is not None
    is_back = diary.state is DiaryState.LEFT and may_keep_diary(context)
    if not is_back and not is_open_offer(context, now):
        return False
    if diaries.find_running(tx, context.customer.id) is not None:
        return False
    first_day = diary.first_day or find_first_day(now, context.zone)
    quiet_hours = effective_quiet_hours(context.customer, quiet)
    due_at = find_due(replace(diary, first_day=first_day), context.zone, quiet_hours, now)
    if due_at is None:
        return False
    joined_at = diary.joined_at or now
    diaries.save(
        tx,
        diary.id,
        state=DiaryState.RUNNING,
        joined_at=joined_at,
        first_day=first_day,
        due_at=due_at,
        ended_at=None,
    )
    return True


def find_due(diary: Diary, zone: ZoneInfo, quiet_hours: QuietHours | None, now: datetime) -> datetime | None:
    """Return when a diary is to be looked at next: at its next message or, after the last, when it is over.

    None: it is over already.
    """
    assert diary.first_day is not None  # it was joined
    terms = diary.make_terms(diary.first_day)
    moment = find_next_moment(terms, diary.reached, zone, quiet_hours, now)
    if moment is not None:
        return moment.at
    end = find_end(find_moment(terms, terms.messages - 1, zone, quiet_hours))
    return end if now < end else None


def end_diary(tx: Connection, customer_id: int, state: DiaryState, now: datetime) -> ConversationContext | None:
    """End the diary that this person keeps, and close its open message; return that one's conversation.

    Lock the customer before.
    """
    diary = diaries.find_running(tx, customer_id)
    if diary is None:
        return None
    diaries.end(tx, diary, state, now)
    invitation = invitations.find_open(tx, customer_id)
    if invitation is None or invitation.diary_id != diary.id:
        return None
    context = load_context(tx, invitation.id)
    if context is None or context.response is None:
        return None  # a letter on its way: it is checked again before it leaves, and dropped then
    conversation = turns.close(context.conversation, ClosingStep.DECLINED, now)
    return save_move(tx, context, ConversationMove(conversation, TapEffect.MOVED), now)


def _leave(tx: Connection, context: ConversationContext, now: datetime) -> bool:
    if context.diary is None or not context.diary.is_running:
        return context.diary is not None and context.diary.state is DiaryState.LEFT
    end_diary(tx, context.customer.id, DiaryState.LEFT, now)
    return True


def _stay(conversation: Conversation, _now: datetime) -> ConversationMove | TapRefusal:
    return ConversationMove(conversation, TapEffect.MOVED)


def find_person_clock(person: Customer, zone: str, quiet: QuietHours | None) -> tuple[ZoneInfo, QuietHours | None]:
    """Return by which clock a person lives, else by that of the journey's ``zone``, and their quiet hours."""
    return ZoneInfo(person.known_zone or zone), effective_quiet_hours(person, quiet)
