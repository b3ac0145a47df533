"""A step of a conversation as a message: the question, its buttons, the answers so far, how far it is.

Invariants:

* One message is edited from step to step, until a letter moves the conversation into a new one. All that it shows
  comes from the conversation's context and the time: after a crash it can be rendered again.
* Buttons carry the invitation's id and places in the survey's own lists. They mean the same for as long as the
  invitation's version of the survey is kept, and fit into the bytes that a messenger gives them.
* "⋯" stands beside or below the answers to every question of an open conversation: leaving takes two taps at most.
"""

from datetime import datetime

from bot.conversation.context import ConversationContext, local_time_text
from bot.messages.callbacks import NO, YES, Action, ConversationVerb
from bot.messages.message import Button, ButtonRow, Message, Prose, bold, italic, join_lines, plain
from bot.outbox.letters.answer_lines import (
    join_sections,
    question_text,
    render_answers,
    render_subject,
    settled_questions,
    value_mark,
)
from cjm.conversation.branches import survey_progress
from cjm.conversation.conversation import CHANGE_PERIOD, ClosingStep
from cjm.journeys.survey import Question, QuestionKind
from cjm.scales import ButtonLabels, Scale
from cjm.text import cut_to_line

MORE = "⋯"
MOST_CHOICE_LABEL = 48  # UTF-16 units of a question on a button; a phone shows no more in one line

ButtonRows = tuple[ButtonRow, ...]


def render_step(context: ConversationContext, now: datetime) -> Message:
    """Return the conversation's message at its current step."""
    question = context.conversation.question
    if question is None:
        return _CLOSING[ClosingStep(context.conversation.step)](context, now)
    return Message(_question_prose(context, question), _answer_buttons(context, question))


def render_menu(context: ConversationContext, now: datetime) -> Message:
    """Return the current question with the other things to do about it instead of its answers."""
    question = context.conversation.question
    if question is None or context.conversation.finished_at is not None:
        return render_step(context, now)
    words, is_first = context.words, not context.conversation.answers and not context.conversation.skipped
    later = _button(words("chat.menu.later"), ConversationVerb.LATER, context)
    if is_first:
        offers = [later, _button(words("chat.menu.mute"), ConversationVerb.MUTE, context)]
    else:
        skip = _button(words("chat.menu.skip"), ConversationVerb.SKIP, context, _place_in_survey(context, question))
        offers = [skip, later, _button(words("chat.menu.enough"), ConversationVerb.ENOUGH, context)]
    offers.append(_button(words("chat.menu.stop"), ConversationVerb.STOP, context))
    return Message(_question_prose(context, question), (*((offer,) for offer in offers), _back_to_step(context)))


def render_answer_choice(context: ConversationContext, now: datetime) -> Message:
    """Return the answers as buttons, to choose the one that is to be changed."""
    if context.conversation.step != ClosingStep.DONE or not context.conversation.may_change(now):
        return render_step(context, now)
    rows = tuple((_change_button(context, question),) for question in settled_questions(context))
    ask = bold(context.words("chat.change.which"))
    head = join_sections(render_subject(context), render_answers(context), ask)
    return Message(head, (*rows, _back_to_step(context)))


def _change_button(context: ConversationContext, question: Question) -> Button:
    label = cut_to_line(question_text(context, question), MOST_CHOICE_LABEL)
    return _button(label, ConversationVerb.CHANGE, context, _place_in_survey(context, question))


def _back_to_step(context: ConversationContext) -> ButtonRow:
    return (_button(context.words("chat.back"), ConversationVerb.RESUME, context),)


def render_moved(context: ConversationContext) -> Message:
    """Return what stays of a message when its conversation has gone on in another one: no buttons."""
    moved = italic(context.words("chat.moved"))
    return Message(join_sections(render_subject(context), render_answers(context), moved))


def render_reminder(context: ConversationContext, now: datetime, *, was_asked_for: bool) -> Message:
    """Return the open question once more; ``was_asked_for`` when the customer had said "later"."""
    step = render_step(context, now)
    opening = plain(context.words("chat.reminder.later" if was_asked_for else "chat.reminder"))
    return Message(join_sections(opening, step.text), step.buttons)


# ---- a question ------------------------------------------------------------------------------------------------------


def _question_prose(context: ConversationContext, question: Question) -> Prose:
    words, is_text = context.words, question.kind is QuestionKind.TEXT
    how = words("chat.text.how") if is_text else _scale_ends(context, question)
    asked = join_lines([bold(question_text(context, question)), how])
    answers = render_answers(context, without=question.key)
    return join_sections(render_subject(context), answers, asked, italic(_progress_text(context)))


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


def _answer_buttons(context: ConversationContext, question: Question) -> ButtonRows:
    """Return the answers, "⋯" beside them, and below them a way back where there is one."""
    is_change = context.conversation.finished_at is not None
    more = () if is_change else (_button(MORE, ConversationVerb.MENU, context),)
    can_go_back = is_change or _place_in_survey(context, question) > 0
    back = (_button(context.words("chat.back"), ConversationVerb.BACK, context),) if can_go_back else ()
    scale = question.kind.scale
    if scale is not None and scale.spec.buttons.labels is not ButtonLabels.WORDS:
        digits = _split_into_rows((*_scale_buttons(context, question, scale), *more), scale.spec.buttons.per_row)
        return (*digits, *((back,) if back else ()))
    rows = _wide_rows(context, question)
    return (*rows, *(((*back, *more),) if back or more else ()))


def _wide_rows(context: ConversationContext, question: Question) -> ButtonRows:
    """Return the rows of answers in words, which leave no room for "⋯" beside them."""
    place, scale = _place_in_survey(context, question), question.kind.scale
    if scale is not None:
        return (_scale_buttons(context, question, scale),)
    if question.kind is QuestionKind.TEXT:
        return ((_button(context.words("chat.skip"), ConversationVerb.SKIP, context, place),),)
    titles = [option.title.in_language(context.language) for option in question.options]
    return tuple((_button(title, ConversationVerb.ANSWER, context, place, n),) for n, title in enumerate(titles))


def _scale_buttons(context: ConversationContext, question: Question, scale: Scale) -> ButtonRow:
    place, layout = _place_in_survey(context, question), scale.spec.buttons
    is_words = layout.labels is ButtonLabels.WORDS
    buttons = [
        _button(
            context.words(f"chat.{scale}.{value}") if is_words else value_mark(scale, value),
            ConversationVerb.ANSWER,
            context,
            place,
            value,
        )
        for value in scale.spec.values
    ]
    return tuple(reversed(buttons)) if layout.best_first else tuple(buttons)


def _split_into_rows(buttons: ButtonRow, per_row: int) -> ButtonRows:
    return tuple(buttons[start : start + per_row] for start in range(0, len(buttons), per_row))


def _button(label: str, verb: ConversationVerb, context: ConversationContext, *args: int) -> Button:
    return Button(label, Action.of(verb, context.invitation.id, *args))


def _place_in_survey(context: ConversationContext, question: Question) -> int:
    return context.conversation.survey.questions.index(question)


# ---- the ends --------------------------------------------------------------------------------------------------------


def _render_contact_offer(context: ConversationContext, _now: datetime) -> Message:
    words = context.words
    yes = _button(words("chat.contact.yes"), ConversationVerb.CONTACT, context, YES)
    no = _button(words("chat.contact.no"), ConversationVerb.CONTACT, context, NO)
    ask, how = bold(words("chat.contact.ask")), plain(words("chat.contact.how"))
    return Message(join_sections(render_subject(context), render_answers(context), ask, how), ((yes, no),))


def _render_thanks(context: ConversationContext, now: datetime) -> Message:
    words, settled = context.words, settled_questions(context)
    finished = context.conversation.finished_at or now
    thanks = bold(words("chat.done.thanks" if context.conversation.answers else "chat.done.nothing"))
    case = plain(words("chat.done.case", number=context.case) if context.case is not None else "")
    parts = [render_subject(context), thanks, render_answers(context), case]
    if not context.conversation.may_change(now) or not settled:
        return Message(join_sections(*parts))
    until = italic(words("chat.done.until", moment=local_time_text(finished + CHANGE_PERIOD, context)))
    args = (ConversationVerb.CHANGE, context, _place_in_survey(context, settled[0]))
    change = (
        _button(words("chat.change"), *args)
        if len(settled) == 1
        else _button(words("chat.change"), ConversationVerb.CHOOSE, context)
    )
    return Message(join_sections(*parts, until), ((change,),))


def _render_snoozed(context: ConversationContext, now: datetime) -> Message:
    words, due = context.words, context.invitation.reminded_at
    text = words("chat.later.open")
    if due is not None and due > now:
        text = words("chat.later.when", moment=local_time_text(due, context))
    answer_now = _button(words("chat.later.now"), ConversationVerb.RESUME, context)
    return Message(join_sections(render_subject(context), render_answers(context), plain(text)), ((answer_now,),))


def _render_declined(context: ConversationContext, _now: datetime) -> Message:
    text = plain(context.words("chat.declined", title=context.title))
    return Message(join_sections(render_subject(context), text), _undo_row(context))


def _render_stopped(context: ConversationContext, _now: datetime) -> Message:
    text = plain(context.words("chat.stopped"))
    return Message(join_sections(render_subject(context), render_answers(context), text), _undo_row(context))


def _undo_row(context: ConversationContext) -> ButtonRows:
    return ((_button(context.words("chat.undo"), ConversationVerb.REOPEN, context),),)


def _render_expired(context: ConversationContext, _now: datetime) -> Message:
    text = plain(context.words("chat.expired.partly" if context.conversation.answers else "chat.expired"))
    return Message(join_sections(render_subject(context), render_answers(context), text))


_CLOSING = {
    ClosingStep.CONTACT: _render_contact_offer,
    ClosingStep.DONE: _render_thanks,
    ClosingStep.SNOOZED: _render_snoozed,
    ClosingStep.DECLINED: _render_declined,
    ClosingStep.STOPPED: _render_stopped,
    ClosingStep.EXPIRED: _render_expired,
}
