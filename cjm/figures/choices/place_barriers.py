"""Barriers that customers can name at a place: the options of its questions, as a team's change can answer them."""

from dataclasses import dataclass

from cjm.figures.choices.choice_meaning import ChoiceMeaning, list_choices
from cjm.journeys.journey import Journey, JourneyPlace
from cjm.text import LocalizedText


@dataclass(frozen=True, slots=True)
class PlaceBarrier:
    """Option of a question about a place, by their keys, with the words that customers read."""

    question: str
    option: str
    title: LocalizedText


def list_barriers(journey: Journey, place: JourneyPlace) -> list[PlaceBarrier]:
    """Return the barriers of a touchpoint, or of a stage with its touchpoints; the same words stand once."""
    points = place.stage.touchpoints if place.touchpoint is None else ()
    subjects = {place.part.key, *(point.key for point in points)}
    found: dict[str, PlaceBarrier] = {}
    for question in list_choices(journey, ChoiceMeaning.BARRIER, subjects):
        for option in question.options:
            words = option.title.in_language(journey.language)
            found.setdefault(words, PlaceBarrier(question.key, option.key, option.title))
    return list(found.values())


def find_barrier(
    journey: Journey, place: JourneyPlace | None, question: str | None, option: str | None
) -> PlaceBarrier | None:
    """Return a barrier of a place by its keys; None where the journey no longer has it."""
    if place is None or question is None:
        return None
    subjects = {place.stage.key, *(point.key for point in place.stage.touchpoints)}
    for asked in list_choices(journey, ChoiceMeaning.BARRIER, subjects):
        for offered in asked.options:
            if (asked.key, offered.key) == (question, option):
                return PlaceBarrier(asked.key, offered.key, offered.title)
    return None
