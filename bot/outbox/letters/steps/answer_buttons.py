"""Buttons under a question: its answers, and the ways on, back and out.

Invariants:

* Buttons carry the invitation's id and places in the survey's own lists. They mean the same for as long as the
  invitation's version of the survey is kept, and fit into the bytes that a messenger gives them.
* "⋯" stands beside or below the answers to every question of an open conversation: leaving takes two taps at most.
  In a message of a diary the button to leave it stands there instead.
"""

from bot.conversation.context import ConversationContext
from bot.messages.callbacks import NO, YES, Action, ConversationVerb
from bot.messages.message import Button, ButtonRow
from bot.outbox.letters.steps.answer_lines import value_mark
from cjm.journeys.survey import Question, QuestionKind
from cjm.scales import ButtonLabels, Scale

MORE, CHOSEN = "⋯", "✓"

ButtonRows = tuple[ButtonRow, ...]


def answer_buttons(context: ConversationContext, question: Question) -> ButtonRows:
    """Return the answers, "⋯" beside them, and below them "does not apply" and a way back where there are such."""
    is_change = context.conversation.finished_at is not None
    more = () if is_change else (_way_out(context),)
    can_go_back = is_change or place_in_survey(context, question) > 0
    back = (make_button(context.words("chat.back"), ConversationVerb.BACK, context),) if can_go_back else ()
    scale = question.kind.scale
    if scale is not None and scale.spec.buttons.labels is not ButtonLabels.WORDS:
        digits = _split_into_rows((*_scale_buttons(context, question, scale), *more), scale.spec.buttons.per_row)
        return (*digits, *_not_applicable_rows(context, question), *((back,) if back else ()))
    rows = (*_wide_rows(context, question), *_not_applicable_rows(context, question))
    return (*rows, *(((*back, *more),) if back or more else ()))


def _way_out(context: ConversationContext) -> Button:
    if context.invitation.diary_id is not None:
        return leave_diary_button(context)
    return make_button(MORE, ConversationVerb.MENU, context)


def leave_diary_button(context: ConversationContext) -> Button:
    return make_button(context.words("diaries.leave"), ConversationVerb.KEEP_DIARY, context, NO)


def _not_applicable_rows(context: ConversationContext, question: Question) -> ButtonRows:
    if not question.not_applicable:
        return ()
    label, place = context.words("chat.not_applicable"), place_in_survey(context, question)
    return ((make_button(label, ConversationVerb.NOT_APPLICABLE, context, place),),)


def _wide_rows(context: ConversationContext, question: Question) -> ButtonRows:
    """Return the rows of answers in words, which leave no room for "⋯" beside them."""
    place, scale = place_in_survey(context, question), question.kind.scale
    if scale is not None:
        return (_scale_buttons(context, question, scale),)
    if question.kind is QuestionKind.TEXT:
        return ((make_button(context.words("chat.skip"), ConversationVerb.SKIP, context, place),),)
    if question.several:
        return _several_rows(context, question)
    titles = [option.title.in_language(context.language) for option in question.options]
    return tuple((make_button(title, ConversationVerb.ANSWER, context, place, n),) for n, title in enumerate(titles))


def _several_rows(context: ConversationContext, question: Question) -> ButtonRows:
    """Return the options, a tick before those that are chosen, and the way on from them.

    A button says what its tap leads to, so that a second tap on the same one changes nothing.
    """
    words, place = context.words, place_in_survey(context, question)
    answer = context.conversation.answers.get(question.key)
    chosen = answer if isinstance(answer, tuple) else ()
    rows = []
    for n, option in enumerate(question.options):
        title, is_chosen = option.title.in_language(context.language), option.key in chosen
        args = (ConversationVerb.CHOOSE_OPTION, context, place, n, NO if is_chosen else YES)
        rows.append((make_button(f"{CHOSEN} {title}" if is_chosen else title, *args),))
    done = make_button(words("chat.several.done"), ConversationVerb.CONFIRM, context, place)
    skip = make_button(words("chat.skip"), ConversationVerb.SKIP, context, place)
    return (*rows, (done if chosen else skip,))


def _scale_buttons(context: ConversationContext, question: Question, scale: Scale) -> ButtonRow:
    place, layout = place_in_survey(context, question), scale.spec.buttons
    is_words = layout.labels is ButtonLabels.WORDS
    buttons = [
        make_button(
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


def make_button(label: str, verb: ConversationVerb, context: ConversationContext, *args: int) -> Button:
    return Button(label, Action.of(verb, context.invitation.id, *args))


def place_in_survey(context: ConversationContext, question: Question) -> int:
    return context.conversation.survey.questions.index(question)
