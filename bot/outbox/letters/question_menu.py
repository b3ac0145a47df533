"""The menu behind "⋯": what else a customer can do about the current question, and about being asked at all.

It is shown in place of a step and moves nothing. Each of its buttons can be taken back, or asks before it acts.
"""

from datetime import datetime

from bot.conversation.context import ConversationContext
from bot.messages.callbacks import NO, YES, ConversationVerb
from bot.messages.message import ButtonRow, Message, plain
from bot.outbox.letters.question import back_to_step, question_prose, render_step, show_answers
from bot.outbox.letters.steps.answer_buttons import make_button, place_in_survey
from bot.outbox.letters.steps.answer_lines import join_sections, render_subject
from cjm.asking.decision import LESS_OFTEN
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.survey import Question

_OWN_CONTROLS = (
    ("chat.menu.quiet", ConversationVerb.QUIET_HOURS),
    ("chat.menu.data", ConversationVerb.MY_DATA),
    ("chat.menu.forget", ConversationVerb.FORGET),
)


def render_menu(context: ConversationContext, now: datetime) -> Message:
    """Return the current question with the other things to do instead of its answers."""
    question = _find_open_question(context)
    if question is None:
        return render_step(context, now)
    own = ((make_button(context.words(key), verb, context),) for key, verb in _OWN_CONTROLS)
    rows = (*_asking_rows(context, question), *own, back_to_step(context))
    return show_answers(context, question_prose(context, question), rows)


def render_less_often(context: ConversationContext, now: datetime) -> Message:
    """Return that the customer is asked less often from now on, with a way to take it back."""
    question = _find_open_question(context)
    if question is None or not context.customer.asks_less_often:
        return render_step(context, now)
    said = plain(context.words("chat.less_often", n=LESS_OFTEN.days))
    undo = (make_button(context.words("chat.undo"), ConversationVerb.LESS_OFTEN, context, NO),)
    to_question = (make_button(context.words("chat.later.now"), ConversationVerb.RESUME, context),)
    return show_answers(context, join_sections(render_subject(context), said), (to_question, undo))


def _find_open_question(context: ConversationContext) -> Question | None:
    """Return the question of the current step; None once the conversation is finished or closed, and in a diary."""
    if context.invitation.diary_id is not None:  # what a volunteer can do stands below each message
        return None
    is_over = context.invitation.state is InvitationState.CLOSED or context.conversation.finished_at is not None
    return None if is_over else context.conversation.question


def _asking_rows(context: ConversationContext, question: Question) -> list[ButtonRow]:
    words, is_begun = context.words, bool(context.conversation.answers or context.conversation.skipped)
    today = make_button(words("chat.menu.later_today"), ConversationVerb.LATER_TODAY, context)
    tomorrow = make_button(words("chat.menu.tomorrow"), ConversationVerb.TOMORROW, context)
    rows: list[ButtonRow] = [(today, tomorrow)]
    if is_begun:
        skip = make_button(words("chat.menu.skip"), ConversationVerb.SKIP, context, place_in_survey(context, question))
        enough = make_button(words("chat.menu.enough"), ConversationVerb.ENOUGH, context)
        rows = [(skip,), (enough,), *rows]
    if not context.customer.asks_less_often:
        rows.append((make_button(words("chat.menu.less_often"), ConversationVerb.LESS_OFTEN, context, YES),))
    if not is_begun:
        rows.append((make_button(words("chat.menu.mute"), ConversationVerb.MUTE, context),))
    return [*rows, (make_button(words("chat.menu.stop"), ConversationVerb.STOP, context),)]
