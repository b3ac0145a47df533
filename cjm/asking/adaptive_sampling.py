"""Sampling by need: of each survey so many visits are asked about that its figures reach their number of people.

Invariants:

* Only numbers decide: how many visits there were, of how many somebody was to be asked, and how many people answered.
  What they answered never enters, so that no figure moves because of whom we ask.
* The share of the survey in the journey file is a ceiling: it is never exceeded.
* While nobody has answered, or too few to reach the target, every visit within the survey's share is asked about.
* The share follows the number of visits slowly, over `PERIOD`: hours and weekdays are all asked about alike.
"""

from dataclasses import dataclass
from datetime import timedelta

from cjm.asking.priority import Importance, find_importance
from cjm.journeys.journey import Journey
from cjm.journeys.survey import Survey

PERIOD = timedelta(days=28)
"""Time over which people are counted: four whole weeks, as on the map."""

PEOPLE_PER_VERDICT = 10
"""Without a target, a figure is to rest on so many times the people that it needs for a verdict."""

WEIGHT_OF_TRUTH = 2
"""Without a target of its own, a moment of truth is to be told by so many times the people of other places."""


@dataclass(frozen=True, slots=True)
class SurveyAttention:
    """Attention that one survey had in the last `PERIOD`.

    ``visits`` could be asked about, ``drawn`` of them were to be asked about, and ``answered`` people gave an answer.
    """

    visits: int = 0
    drawn: int = 0
    answered: int = 0


def find_target_people(journey: Journey, survey: Survey) -> int:
    """Return how many people in `PERIOD` are to answer this survey.

    The touchpoint's own target counts, else the stage's, else the journey's, which moments of truth reach twice.
    """
    place = journey.find_place(survey.on.subject)
    own = [part.target_people for part in (place.touchpoint, place.stage) if part is not None] if place else []
    if (target := next((each for each in own if each is not None), None)) is not None:
        return target
    target = journey.target_people or PEOPLE_PER_VERDICT * journey.judge_from
    return target * WEIGHT_OF_TRUTH if find_importance(journey, survey) is Importance.MOMENT_OF_TRUTH else target


def find_wanted_share(attention: SurveyAttention, target: int) -> float:
    """Return the part of the visits of a survey that reaches its target, at most 1.

    It takes from experience how many of those who were to be asked answer in the end.
    """
    if attention.answered == 0 or attention.drawn == 0:
        return 1.0
    needed = target * attention.drawn / attention.answered  # draws that bring so many people
    return min(1.0, needed / attention.visits) if attention.visits else 1.0
