"""Meaning of the choices of a journey on its map: barriers, reasons for not going on, or what people recall.

Each question is one of the three, by its survey's trigger and its own settings.
"""

from collections.abc import Collection, Iterator
from enum import StrEnum

from cjm.journeys.journey import Journey
from cjm.journeys.survey import STAY_BEHIND, Question, QuestionKind, Survey


class ChoiceMeaning(StrEnum):
    """Meaning of a choice on the map."""

    BARRIER = "barrier"
    LOST_REASON = "lost_reason"  # asked of those who did not go on
    RECALLED = "recalled"  # about an earlier place, from memory


def list_choices(
    journey: Journey, meaning: ChoiceMeaning, subjects: Collection[str] | None = None
) -> Iterator[Question]:
    """Yield the choices of a journey with this meaning, in its order.

    With ``subjects`` only those of surveys about these stages and touchpoints.
    """
    for survey in journey.surveys:
        is_meant = subjects is None or survey.on.subject in subjects
        for question in survey.questions if is_meant else ():
            if _find_meaning(survey, question) is meaning:
                yield question


def _find_meaning(survey: Survey, question: Question) -> ChoiceMeaning | None:
    """Return what a question stands for; None if it is no choice, or one that only satisfied people are offered."""
    if question.kind is not QuestionKind.CHOICE:
        return None
    if question.recalled:
        return ChoiceMeaning.RECALLED
    if survey.on.kind in STAY_BEHIND:
        return ChoiceMeaning.LOST_REASON
    is_for_satisfied = question.when is not None and question.when.at_least is not None
    return None if is_for_satisfied else ChoiceMeaning.BARRIER
