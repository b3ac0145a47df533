"""Wording of a question: the journey's own, or the catalogue's for a diary whose journey has none."""

from bot.texts import Words
from cjm.journeys.journey import Journey
from cjm.journeys.parts.diary_question import DIARY_QUESTIONS
from cjm.journeys.survey import Question


def word_question(journey: Journey, question: Question, words: Words) -> str:
    """Return the text of a question in the language of ``words``; ``journey`` is the version that asks it."""
    asked = DIARY_QUESTIONS.get(question.key)
    if asked is None or (journey.diary is not None and journey.diary.find_text(asked) is not None):
        return question.text.in_language(words.language)
    return words(f"diaries.question.{asked}")
