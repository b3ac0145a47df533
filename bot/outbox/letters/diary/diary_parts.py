"""Parts of a message about a volunteer diary: what it promises, how it stands, and the buttons to join and to leave.

Invariants:

* Before somebody joins, they read for how many days, how often a day, how many messages in all, and what is asked.
* Each message of a diary, and the message in which somebody joined, has a button to leave.
* All comes from the stored diary: a promise is what was stored when it was made.
"""

from datetime import datetime, timedelta

from bot.conversation.context import ConversationContext, local_time_text
from bot.conversation.diary_offer import may_keep_diary
from bot.conversation.question_words import word_question
from bot.db.diary.diaries import Diary
from bot.messages.callbacks import YES, ConversationVerb
from bot.messages.message import Button, Message, Prose, bold, join_lines, plain
from bot.outbox.letters.steps.answer_buttons import ButtonRows, leave_diary_button, make_button
from bot.texts import Words
from cjm.asking.diary_clock import find_first_day
from cjm.asking.diary_state import OFFER_PERIOD, DiaryState


def is_message(context: ConversationContext) -> bool:
    """Return whether a conversation is a message of a diary."""
    return context.invitation.diary_id is not None


def is_open_offer(context: ConversationContext, now: datetime) -> bool:
    """Return whether this conversation has invited to a diary, and the invitation can still be accepted."""
    diary = context.diary
    if diary is None or is_message(context) or diary.state is not DiaryState.OFFERED:
        return False
    return now < diary.offered_at + OFFER_PERIOD and may_keep_diary(context)


def offer_button(context: ConversationContext, diary: Diary) -> Button:
    """Return the button that invites to a diary, short enough for a phone to show it whole."""
    words = context.words
    label = words(
        "diaries.button", days=words("diaries.days", n=diary.days), times=words("diaries.times", n=diary.times_a_day)
    )
    return make_button(label, ConversationVerb.DIARY, context)


def render_promise(context: ConversationContext, diary: Diary, now: datetime) -> Message:
    """Return what keeping the diary means, with buttons to join and not to."""
    words, plan = context.words, context.current_journey.diary
    day = words.day(find_first_day(now, context.zone))
    purpose = plan.purpose.in_language(context.language) if plan is not None and plan.purpose is not None else ""
    survey = context.current_journey.diary_survey
    questions = [f"• {word_question(context.current_journey, q, words)}" for q in survey.questions] if survey else []
    parts = [
        bold(words("diaries.join.head")),
        plain(purpose),
        plain(words("diaries.join.when", day=day, **_terms(diary, words))),
        bold(words("diaries.join.total", n=diary.messages)),
        join_lines([words("diaries.join.questions"), *questions]),
        plain(words("diaries.join.free")),
    ]
    join = make_button(words("diaries.join.yes"), ConversationVerb.KEEP_DIARY, context, YES)
    decline = make_button(words("diaries.join.no"), ConversationVerb.RESUME, context)
    return Message(join_lines(parts, between="\n\n"), ((join,), (decline,)))


def _terms(diary: Diary, words: Words) -> dict[str, str]:
    return {"days": words("diaries.days", n=diary.days), "a_day": words("diaries.a_day", n=diary.times_a_day)}


def diary_text(context: ConversationContext) -> Prose:
    """Return how the diary of a conversation stands; nothing before its volunteer has joined."""
    diary, words = context.diary, context.words
    if diary is None or diary.state is DiaryState.OFFERED:
        return plain("")
    if not diary.is_running:
        return plain(words(f"diaries.state.{diary.state}"))
    if not diary.has_more or diary.due_at is None:
        return plain(words("diaries.state.last"))
    moment = local_time_text(diary.due_at, context)
    return plain(words("diaries.state.running", n=diary.messages - diary.reached, moment=moment))


def diary_buttons(context: ConversationContext, now: datetime) -> ButtonRows:
    """Return the button to leave a diary, to come back to one that was left, or to be told of one that is offered."""
    diary = context.diary
    if diary is None:
        return ()
    if diary.is_running:
        return ((leave_diary_button(context),),)
    if is_open_offer(context, now):
        return ((offer_button(context, diary),),)
    if diary.state is DiaryState.LEFT and may_keep_diary(context) and _may_return(diary, now):
        return ((make_button(context.words("diaries.return"), ConversationVerb.KEEP_DIARY, context, YES),),)
    return ()


def _may_return(diary: Diary, now: datetime) -> bool:
    return diary.first_day is not None and now.date() < diary.first_day + timedelta(days=diary.days)
