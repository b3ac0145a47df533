"""Subject and answers of a conversation, as lines at the top of its message."""

from bot.conversation.context import ConversationContext
from bot.conversation.question_words import word_question
from bot.messages.message import Prose, italic, join_lines, plain, quote
from bot.texts import Words
from cjm.asking.occasions import read_diary_number
from cjm.conversation.branches import asked_questions
from cjm.journeys.survey import Question, QuestionKind
from cjm.raw_answer import NOT_APPLICABLE, RawAnswer
from cjm.scales import ButtonLabels, Scale
from cjm.text import cut_to_line

FACES = ("😠", "🙁", "😐", "🙂", "😀")  # worst first; one plain series, so that no face draws taps by its looks
MOST_QUESTION, MOST_QUOTE = 60, 200  # UTF-16 units of an earlier question, of a customer's words


def render_subject(context: ConversationContext, question: Question | None = None) -> Prose:
    """Return what ``question``, by default the current one, is about: the title of the visit's place, and its day.

    A question about another place, or without a visit, is headed by the place alone: nobody was there on that day. A
    message of a diary is headed by its number.
    """
    if context.invitation.diary_id is not None:
        return _message_head(context)
    question = question or context.conversation.question or context.conversation.survey.questions[0]
    if question.about is not None and question.about != context.invitation.subject:
        place = context.journey.find_place(question.about)
        if place is not None:
            return italic(place.part.title.in_language(context.language))
    if context.invitation.visit_id is None:
        return italic(context.title)
    day = context.words.day(context.invitation.day)
    return italic(context.words("chat.about", title=context.title, day=day))


def _message_head(context: ConversationContext) -> Prose:
    number, diary = read_diary_number(context.invitation.occasion or "") + 1, context.diary
    return italic(context.words("diaries.message", at=number, most=diary.messages if diary is not None else number))


def render_answers(context: ConversationContext, without: str = "") -> Prose:
    """Return the settled questions with their answers or "skipped", except the question ``without``.

    Words stand here also after a changed score has closed their branch: the team reads them, so the customer does too.
    """
    conversation, settled = context.conversation, settled_questions(context)
    shown = [q for q in conversation.survey.questions if q in settled or q.key in conversation.answers]
    return join_lines(_answer_line(context, question) for question in shown if question.key != without)


def find_quotes(context: ConversationContext) -> frozenset[int] | None:
    """Return the customer's id if `render_answers` shows words of theirs, None if not.

    In an anonymous journey it is nobody's id: nothing may lead from the message back to the person.
    """
    questions = {q.key for q in context.conversation.survey.questions if q.kind is QuestionKind.TEXT}
    if not questions & context.conversation.answers.keys():
        return None
    return frozenset() if context.is_anonymous else frozenset({context.customer.id})


def settled_questions(context: ConversationContext) -> list[Question]:
    """Return the questions that were answered or skipped, in the order of the survey."""
    conversation = context.conversation
    settled = conversation.answers.keys() | set(conversation.skipped)
    return [question for question in asked_questions(conversation) if question.key in settled]


def _answer_line(context: ConversationContext, question: Question) -> Prose:
    raw, words = context.conversation.answers.get(question.key), context.words
    asked = cut_to_line(question_text(context, question), MOST_QUESTION)
    if raw is not None and question.kind is QuestionKind.TEXT:
        return plain(asked) + "\n" + quote(cut_to_line(str(raw), MOST_QUOTE))
    answer = words("chat.skipped") if raw is None else answer_text(question, raw, context.language, words)
    return plain(words("chat.answered", asked=asked, answer=answer))


def answer_text(question: Question, raw: RawAnswer, language: str, words: Words) -> str:
    """Return an answer as the customer would say it: a face with its name, "4 / 5", titles of options, own words."""
    if raw is NOT_APPLICABLE:
        return words("chat.not_applicable.answer")
    if isinstance(raw, tuple):
        return words.list([_option_title(question, key, language) for key in raw])
    scale = question.kind.scale
    if scale is None or isinstance(raw, str):
        return _option_title(question, str(raw), language)
    match scale.spec.buttons.labels:
        case ButtonLabels.FACES:
            return f"{value_mark(scale, raw)} {words(f'chat.{scale}.{raw}')}"
        case ButtonLabels.WORDS:
            return words(f"chat.{scale}.{raw}")
        case ButtonLabels.DIGITS:
            return words("chat.of", value=raw, most=scale.spec.values[-1])


def _option_title(question: Question, key: str, language: str) -> str:
    option = question.find_option(key)
    return option.title.in_language(language) if option else key


def value_mark(scale: Scale, value: int) -> str:
    """Return the face or the digits of a value, as its button shows it."""
    spec = scale.spec
    return FACES[spec.values.index(value)] if spec.buttons.labels is ButtonLabels.FACES else str(value)


def question_text(context: ConversationContext, question: Question) -> str:
    return word_question(context.journey, question, context.words)


def join_sections(*parts: Prose) -> Prose:
    """Return the parts with an empty line between them."""
    return join_lines(parts, between="\n\n")
