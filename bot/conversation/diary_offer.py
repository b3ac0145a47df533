"""Invite people to keep a diary, at the end of the conversation after which their journey does.

Invariants:

* Nobody is invited who works for the business, has not agreed to be asked, or wants no questions any more; nobody twice
  within `OFFER_PAUSE`, nobody by a conversation in which they answered nothing, and nobody to a diary of a journey that
  is archived.
* The invitation is stored in the transaction that ends the conversation, so its message shows it also after a crash.
* What it promises is fixed then: a journey file that is changed later changes no promise.
"""

from datetime import datetime

from bot.conversation.context import ConversationContext
from bot.db.diary import diaries
from bot.db.diary.diaries import Diary, NewDiary
from bot.db.engine.database import Connection
from bot.db.journeys import journeys
from cjm.asking.diary_state import OFFER_PAUSE
from cjm.conversation.conversation import ClosingStep


def offer_diary(tx: Connection, context: ConversationContext, now: datetime) -> Diary | None:
    """Return the diary of a conversation as it stands now, which may have come to where people are invited."""
    plan = context.current_journey.diary
    if context.diary is not None or plan is None or not _is_invited(context):
        return context.diary
    if journeys.is_archived(tx, context.invitation.journey):
        return None
    if diaries.was_offered(tx, context.customer.id, now - OFFER_PAUSE):
        return None
    new = NewDiary(
        customer_id=context.customer.id,
        journey=context.invitation.journey,
        invitation_id=context.invitation.id,
        days=plan.days,
        times_a_day=plan.times_a_day,
        offered_at=now,
    )
    return diaries.insert_offer(tx, new)


def _is_invited(context: ConversationContext) -> bool:
    conversation = context.conversation
    is_answered = conversation.step == ClosingStep.DONE and bool(conversation.answers)
    return is_answered and may_keep_diary(context) and context.current_journey.invites_after(conversation.survey)


def may_keep_diary(context: ConversationContext) -> bool:
    """Return whether this person may keep a diary of this journey now."""
    person, journey = context.customer, context.current_journey
    is_willing = person.consent_at is not None and person.stopped_at is None and not person.is_staff
    return is_willing and journey.diary is not None and not context.is_anonymous
