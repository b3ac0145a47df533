"""Comments: words that come with an answer, or instead of one, and the question in words that they belong to."""

from dataclasses import replace
from datetime import datetime, timedelta

from cjm.conversation import turns
from cjm.conversation.branches import asked_questions
from cjm.conversation.conversation import Conversation, ConversationMove, TapRefusal
from cjm.journeys.survey import Question, QuestionKind

COMMENT_PERIOD = timedelta(hours=24)
"""Later, a text that replies to nothing is an unexpected message."""

COMMENT_ADDITION_PERIOD = timedelta(minutes=10)
"""So long after a comment, the next text is added to it."""


def find_comment_question(conversation: Conversation) -> Question | None:
    """Return the first question in words that the answers so far call for and that is not settled; None without one."""
    asked = asked_questions(conversation)
    return next((q for q in asked if q.kind is QuestionKind.TEXT and not conversation.is_settled(q.key)), None)


def add_comment(conversation: Conversation, words: str, now: datetime) -> ConversationMove | TapRefusal | None:
    """Answer the question in words that is still to come, before its turn; None if the survey has none.

    The conversation then goes on with the question that it stood at.
    """
    question = find_comment_question(conversation)
    if question is None:
        return None
    return turns.answer(replace(conversation, step=question.key), question.key, words, now)


def join_moves(first: ConversationMove, second: ConversationMove) -> ConversationMove:
    """Return two moves as one with the effect of the first. The second began where the first ended."""
    return ConversationMove(second.conversation, first.effect, first.withdrawn | second.withdrawn)
