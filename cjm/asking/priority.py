"""Order of the questions that one person may be asked: which gives way to which, and which waits for a better one.

Invariants:

* Only the kind of a survey and the places of its journey decide, never what anybody answered.
* A question gives way to a more important one only where asking it now would take the chance of that one.
* Questions of the same importance never give way to each other, so that no two of them wait for each other.
* A question waits at most half of the time in which it may be asked: the rest is for quiet hours and other questions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from cjm.journeys.journey import Journey, JourneyPlace
from cjm.journeys.survey import Survey

LONGEST_PART = 0.5
"""A question waits for a moment of truth at most until this part of its time is over."""


class Importance(IntEnum):
    """Importance of a question: the greater one is asked first."""

    ROUTINE = 1
    RECOMMENDATION = 2  # NPS: a person may be asked for it once in months
    MOMENT_OF_TRUTH = 3


@dataclass(frozen=True, slots=True)
class RivalQuestion:
    """Another question that waits for the same person: when it is to be asked at the earliest and at the latest."""

    importance: Importance
    due_at: datetime
    not_after: datetime


def find_importance(journey: Journey, survey: Survey) -> Importance:
    """Return how important a survey is: a moment of truth if its trigger or one of its questions is about one."""
    if survey.is_diary:
        return Importance.ROUTINE
    subjects = (survey.on.subject, *(question.about for question in survey.questions if question.about))
    if any(is_moment_of_truth(journey.find_place(subject)) for subject in subjects):
        return Importance.MOMENT_OF_TRUTH
    return Importance.RECOMMENDATION if survey.has_nps else Importance.ROUTINE


def is_moment_of_truth(place: JourneyPlace | None) -> bool:
    """Return whether this is a touchpoint that is declared a moment of truth. A stage that holds one is none itself."""
    return place is not None and place.touchpoint is not None and place.touchpoint.moment_of_truth


def may_meet_moment_of_truth(journey: Journey, survey: Survey) -> bool:
    """Return whether a moment of truth with a survey of its own may still come after the place of this survey.

    It may in the same stage, and in each later one.
    """
    here = journey.find_place(survey.on.subject)
    if here is None:
        return False
    begin = journey.stage_index(here.stage.key)
    places = (journey.find_place(other.on.subject) for other in journey.surveys)
    return any(
        place is not None and is_moment_of_truth(place) and journey.stage_index(place.stage.key) >= begin
        for place in places
    )


def find_displacing_rival(
    importance: Importance, rivals: Iterable[RivalQuestion], now: datetime, shortest_time: timedelta
) -> RivalQuestion | None:
    """Return the question that this one gives way to: the most important one that would lose its chance.

    It would if it is due already, or if its time ends before somebody who is asked now may be asked again.
    """
    more_important = sorted(
        (rival for rival in rivals if rival.importance > importance and rival.not_after >= now),
        key=lambda rival: (-rival.importance, rival.due_at),
    )
    free_again = now + shortest_time
    return next((rival for rival in more_important if rival.due_at <= now or rival.not_after < free_again), None)


def find_end_of_patience(due: datetime, deadline: datetime, patience: timedelta) -> datetime:
    """Return until when a routine question waits for a moment of truth of the same person."""
    return due + min(patience, (deadline - due) * LONGEST_PART)
