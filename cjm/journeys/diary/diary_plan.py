"""Volunteer diary of a journey: short messages over some days, to people who agreed to keep one.

A message of a diary is a survey of its own, `diary_survey`, which the journey file does not list: it has three
questions in words, no limits of asking, and no visit.
"""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from cjm.file_model import FileModel, Reference, Whole
from cjm.journeys.parts.diary_question import DIARY_SURVEY, DiaryQuestion
from cjm.journeys.survey import Question, QuestionKind, Survey, Trigger
from cjm.text import LocalizedText, Paragraphs

MOST_DIARY_DAYS = 14
MOST_DIARY_MESSAGES_A_DAY = 3

LATEST_MESSAGE = timedelta(minutes=90)
"""A message of a diary that cannot be sent so long after its moment is not sent at all."""


class DiaryPlan(FileModel):
    """Diary that a journey invites its customers to keep.

    The invitation stands at the end of the conversation of the survey ``invite_after``, or of a survey about that
    touchpoint. ``days`` times ``times_a_day`` is how many messages are sent at most. ``purpose`` tells volunteers what
    it is for. ``doing``, ``wishing`` and ``hindered`` are the three questions; without them the catalogue's words are
    used.
    """

    invite_after: Reference
    days: Annotated[Whole, Field(ge=1, le=MOST_DIARY_DAYS)] = 3
    times_a_day: Annotated[Whole, Field(ge=1, le=MOST_DIARY_MESSAGES_A_DAY)] = 2
    purpose: Paragraphs | None = None
    doing: Paragraphs | None = None
    wishing: Paragraphs | None = None
    hindered: Paragraphs | None = None

    def find_text(self, question: DiaryQuestion) -> LocalizedText | None:
        """Return the journey's own wording of a question; None where the catalogue's is used."""
        text: LocalizedText | None = getattr(self, question.value)
        return text


def make_diary_survey(plan: DiaryPlan, subject: str) -> Survey:
    """Return the survey that a message of a diary is; ``subject`` is the place after which people are invited.

    Its keys are none that a file could have, so nothing checks them. A question without a wording of the journey has
    its own name for a text; `bot.conversation.question_words` finds the catalogue's.
    """
    questions = tuple(
        Question.model_construct(
            key=question.key,
            kind=QuestionKind.TEXT,
            text=plan.find_text(question) or LocalizedText({"en": question.value}),
        )
        for question in DiaryQuestion
    )
    return Survey.model_construct(
        key=DIARY_SURVEY,
        on=Trigger(by_hand=subject),
        delay=timedelta(),
        greatest_age=LATEST_MESSAGE,
        contact=False,
        questions=questions,
    )
