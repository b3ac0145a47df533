"""A step of a conversation as a message: the question, its buttons, the answers so far, how far it is.

Invariants:

* One message is edited from step to step, until a letter moves the conversation into a new one. All that it shows
  comes from the conversation's context and the time: after a crash it can be rendered again.
* Its buttons are `bot.outbox.letters.steps.answer_buttons`.
"""

from dataclasses import replace
from datetime import datetime

from bot.conversation.context import ConversationContext, local_time_text
from bot.messages.callbacks import NO, YES, ConversationVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, italic, join_lines, plain
from bot.outbox.letters.diary.diary_parts import diary_buttons, diary_text, is_message, is_open_offer, render_promise
from bot.outbox.letters.steps.answer_buttons import ButtonRows, answer_buttons, make_button, place_in_survey
from bot.outbox.letters.steps.answer_lines import (
    answer_text,
    find_quotes,
    join_sections,
    question_text,
    render_answers,
    render_subject,
    settled_questions,
    value_mark,
)
from bot.texts import Words
from cjm.asking.invitation_state import InvitationState
from cjm.conversation.branches import survey_progress
from cjm.conversation.conversation import ClosingStep
from cjm.journeys.survey import Question, QuestionKind
from cjm.text import cut_to_line

MOST_CHOICE_LABEL = 48  # UTF-16 units of a question on a button; a phone shows no more in one line


def render_step(context: ConversationContext, now: datetime) -> Message:
    """Return the conversation's message at its current step; once it is closed, what every closed question says."""
    if context.invitation.state is InvitationState.CLOSED:
        return render_closed(context.words)
    question = context.conversation.question
    if question is None:
        closing = _CLOSING[ClosingStep(context.conversation.step)](context, now)
        return replace(closing, quotes=find_quotes(context))
    return show_answers(context, question_prose(context, question), answer_buttons(context, question))


def show_answers(context: ConversationContext, text: Prose, buttons: ButtonRows = ()) -> Message:
    """Return a message that shows the answers so far."""
    return Message(text, buttons, quotes=find_quotes(context))


def render_answer_choice(context: ConversationContext, now: datetime) -> Message:
    """Return the answers as buttons, to choose the one that is to be changed."""
    if context.conversation.step != ClosingStep.DONE or not context.conversation.may_change(now):
        return render_step(context, now)
    rows = tuple((_change_button(context, question),) for question in settled_questions(context))
    ask = bold(context.words("chat.change.which"))
    head = join_sections(render_subject(context), render_answers(context), ask)
    return show_answers(context, head, (*rows, back_to_step(context)))


def _change_button(context: ConversationContext, question: Question) -> Button:
    label = cut_to_line(question_text(context, question), MOST_CHOICE_LABEL)
    return make_button(label, ConversationVerb.CHANGE, context, place_in_survey(context, question))


def back_to_step(context: ConversationContext) -> ButtonRow:
    """Return the way from a list, shown in place of the step, back to it."""
    return (make_button(context.words("chat.back"), ConversationVerb.RESUME, context),)


def render_closed(words: Words) -> Message:
    """Return what every message about a closed question of an anonymous journey says, the same for every answer."""
    return Message(plain(words("chat.closed.anonymous")), quotes=frozenset())


def render_moved(context: ConversationContext) -> Message:
    """Return what stays of a message when its conversation has gone on in another one: no buttons."""
    if context.invitation.state is InvitationState.CLOSED:
        return render_closed(context.words)
    moved = italic(context.words("chat.moved"))
    # The current question stands in the other message, and may be about another place than the answers here.
    subject = render_subject(context, context.conversation.survey.questions[0])
    return show_answers(context, join_sections(subject, render_answers(context), moved))


def render_reminder(context: ConversationContext, now: datetime, *, was_asked_for: bool) -> Message:
    """Return the open question once more; ``was_asked_for`` when the customer had said "later"."""
    step = render_step(context, now)
    opening = plain(context.words("chat.reminder.later" if was_asked_for else "chat.reminder"))
    return replace(step, text=join_sections(opening, step.text))


def render_understood(context: ConversationContext, now: datetime, key: str) -> Message:
    """Return the current step below the answer that the customer's words were taken for, and a way to change it."""
    step, raw = render_step(context, now), context.conversation.answers.get(key)
    question = context.conversation.survey.find_question(key)
    if raw is None or question is None or context.invitation.state is InvitationState.CLOSED:
        return step
    answer = answer_text(question, raw, context.language, context.words)
    opening = plain(context.words("chat.understood", answer=answer))
    rows = step.buttons if _leads_back(step) else (*step.buttons, (_undo_answer(context, question),))
    return replace(step, text=join_sections(opening, step.text), buttons=rows)


def _undo_answer(context: ConversationContext, question: Question) -> Button:
    place = place_in_survey(context, question)
    return make_button(context.words("chat.change"), ConversationVerb.CHANGE, context, place)


def _leads_back(message: Message) -> bool:
    """Return whether a button of the message leads to an answer given before."""
    back = {ConversationVerb.BACK, ConversationVerb.CHANGE, ConversationVerb.CHOOSE}
    return any(button.action is not None and button.action.verb in back for row in message.buttons for button in row)


def render_diary_promise(context: ConversationContext, now: datetime) -> Message:
    """Return what keeping a diary means, to somebody who may join it; else the conversation as it stands."""
    if context.diary is None or not is_open_offer(context, now):
        return render_step(context, now)
    return render_promise(context, context.diary, now)


# ---- a question ------------------------------------------------------------------------------------------------------


def question_prose(context: ConversationContext, question: Question) -> Prose:
    """Return a question below its subject and the answers so far, with how to answer it and how far it is."""
    words, is_text = context.words, question.kind is QuestionKind.TEXT
    how = words("chat.text.how") if is_text else _scale_ends(context, question)
    if question.several:
        how = words("chat.several.how")
    asked = join_lines([bold(question_text(context, question)), how])
    answers = render_answers(context, without=question.key)
    below = join_lines([italic(_progress_text(context)), italic(_anonymity_text(context, question))])
    return join_sections(render_subject(context), answers, asked, below)


def _anonymity_text(context: ConversationContext, question: Question) -> str:
    """Return what an anonymous journey promises, and a request where words could break it; "" in other journeys."""
    if not context.is_anonymous:
        return ""
    request = context.words("anonymous.words") if question.kind is QuestionKind.TEXT else ""
    return " ".join(filter(None, (context.words("anonymous.question"), request)))


def _progress_text(context: ConversationContext) -> str:
    """Return "question 2 of 3", or "" where there is one question only, or where an answer is being changed."""
    progress = survey_progress(context.conversation)
    if progress is None or progress.total <= 1 or context.conversation.finished_at is not None:
        return ""
    # A later question may depend on an answer: then only the most that can still come is known.
    key = "chat.progress.exact" if progress.is_exact else "chat.progress.up_to"
    return context.words(key, at=progress.position, most=progress.total)


def _scale_ends(context: ConversationContext, question: Question) -> str:
    """Return what the ends of the scale mean; "" where the buttons speak for themselves."""
    scale = question.kind.scale
    if scale is None or not scale.spec.buttons.explains_ends:
        return ""
    words = context.words
    low = question.low.in_language(context.language) if question.low else words(f"chat.low.{scale}")
    high = question.high.in_language(context.language) if question.high else words(f"chat.high.{scale}")
    first, last = scale.spec.values[0], scale.spec.values[-1]
    return words("chat.ends", first=value_mark(scale, first), low=low, last=value_mark(scale, last), high=high)


# ---- the ends --------------------------------------------------------------------------------------------------------


def _render_contact_offer(context: ConversationContext, _now: datetime) -> Message:
    words = context.words
    yes = make_button(words("chat.contact.yes"), ConversationVerb.CONTACT, context, YES)
    no = make_button(words("chat.contact.no"), ConversationVerb.CONTACT, context, NO)
    ask, how = bold(words("chat.contact.ask")), plain(words("chat.contact.how"))
    shows = plain(words("anonymous.contact") if context.is_anonymous else "")
    return Message(join_sections(render_subject(context), render_answers(context), ask, how, shows), ((yes, no),))


def _render_thanks(context: ConversationContext, now: datetime) -> Message:
    words, settled = context.words, settled_questions(context)
    finished = context.conversation.finished_at or now
    parts = [render_subject(context), _thanks_text(context), render_answers(context), _case_text(context)]
    diary, rows = diary_text(context), diary_buttons(context, now)
    if not context.conversation.may_change(now) or not settled:
        return Message(join_sections(*parts, diary), rows)
    key = "anonymous.done.until" if context.is_anonymous else "chat.done.until"
    until = italic(words(key, moment=local_time_text(finished + context.conversation.change_period, context)))
    args = (ConversationVerb.CHANGE, context, place_in_survey(context, settled[0]))
    change = (
        make_button(words("chat.change"), *args)
        if len(settled) == 1
        else make_button(words("chat.change"), ConversationVerb.CHOOSE, context)
    )
    return Message(join_sections(*parts, until, diary), ((change,), *rows))


def _thanks_text(context: ConversationContext) -> Prose:
    is_answered = bool(context.conversation.answers)
    if is_message(context):
        return bold(context.words("diaries.written" if is_answered else "diaries.nothing"))
    return bold(context.words("chat.done.thanks" if is_answered else "chat.done.nothing"))


def _case_text(context: ConversationContext) -> Prose:
    """Return the number of the case that the answers became, if they did, and that it names the customer."""
    if context.case is None:
        return plain("")
    number = context.words("chat.done.case", number=context.case)
    return plain(f"{number} {context.words('anonymous.done.case')}" if context.is_anonymous else number)


def _render_snoozed(context: ConversationContext, now: datetime) -> Message:
    words, due = context.words, context.invitation.reminded_at
    text = words("chat.later.open")
    if due is not None and due > now:
        text = words("chat.later.when", moment=local_time_text(due, context))
    answer_now = make_button(words("chat.later.now"), ConversationVerb.RESUME, context)
    return Message(join_sections(render_subject(context), render_answers(context), plain(text)), ((answer_now,),))


def _render_declined(context: ConversationContext, now: datetime) -> Message:
    if is_message(context):  # "not about this" ends a diary: see `bot.usecases.diary.keep_diary`
        parts = (render_subject(context), render_answers(context), diary_text(context))
        return Message(join_sections(*parts), diary_buttons(context, now))
    text = plain(context.words("chat.declined", title=context.title))
    return Message(join_sections(render_subject(context), text), _undo_row(context))


def _render_stopped(context: ConversationContext, _now: datetime) -> Message:
    text = plain(context.words("chat.stopped"))
    return Message(join_sections(render_subject(context), render_answers(context), text), _undo_row(context))


def _undo_row(context: ConversationContext) -> ButtonRows:
    return ((make_button(context.words("chat.undo"), ConversationVerb.REOPEN, context),),)


def _render_expired(context: ConversationContext, _now: datetime) -> Message:
    bare, partly = "chat.expired", "chat.expired.partly"
    if is_message(context):
        bare, partly = "diaries.expired", "diaries.expired.partly"
    text = plain(context.words(partly if context.conversation.answers else bare))
    return Message(join_sections(render_subject(context), render_answers(context), text))


_CLOSING = {
    ClosingStep.CONTACT: _render_contact_offer,
    ClosingStep.DONE: _render_thanks,
    ClosingStep.SNOOZED: _render_snoozed,
    ClosingStep.DECLINED: _render_declined,
    ClosingStep.STOPPED: _render_stopped,
    ClosingStep.EXPIRED: _render_expired,
    ClosingStep.WITHDRAWN: _render_expired,
}
