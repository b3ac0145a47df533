"""Replies in a chat that looks after cases: notices on a step, and why an answer did not go out."""

from bot.messages.message import Message, plain
from bot.messages.notice import Notice
from bot.texts import Words, words_in
from bot.usecases.cases.answer_case import CustomerUnreachable
from bot.usecases.cases.case_access import CaseSnapshot, CaseStepRefused


def step_notice(step: CaseSnapshot | CaseStepRefused, language: str | None) -> Notice | None:
    """Return why a step was refused; None for one that was taken, because the card itself shows it."""
    if not isinstance(step, CaseStepRefused):
        return None
    words = words_in((step.snapshot.language if step.snapshot else None) or language)
    return Notice(_refusal_text(step, words))


def sent_again_notice(step: CaseSnapshot | CaseStepRefused, language: str | None) -> Notice | None:
    """Return the confirmation that an answer is sent once more, or why it is not."""
    if isinstance(step, CaseStepRefused):
        return step_notice(step, language)
    return Notice(words_in(step.language or language)("cases.notice.sent_again"))


def answer_problem(
    answer: CaseSnapshot | CaseStepRefused | CustomerUnreachable, number: int, language: str | None
) -> Message | None:
    """Return why an answer did not go out to the customer; None for one that did."""
    if isinstance(answer, CaseStepRefused):
        return Message(plain(_refusal_text(answer, words_in(language))))
    if isinstance(answer, CustomerUnreachable):
        words = words_in(answer.snapshot.language or language)
        return Message(plain(words("cases.notice.no_chat", number=number)))
    return None


def unsupported_answer(language: str | None) -> Message:
    """Say that only words, photos and voice messages can be passed on to the customer."""
    return Message(plain(words_in(language)("cases.refused.cannot_send")))


def edited_answer(language: str | None) -> Message:
    """Say that the customer keeps an answer as it was before it was edited."""
    return Message(plain(words_in(language)("cases.edited.team")))


def _refusal_text(step: CaseStepRefused, words: Words) -> str:
    return words(f"cases.refused.{step.reason}", name=step.holder or words("cases.team"))
