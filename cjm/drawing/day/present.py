"""Day in the life as it may be shown: a column or row for each part of the day."""

from dataclasses import dataclass

from cjm.drawing.presentation import FigurePresentation, MapPresentation, present_score
from cjm.figures.day.day_figures import DayFigures, DayPart
from cjm.wording.day.day_words import day_sentence, hours_text, part_title
from cjm.wording.words import FigureWords


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Part of the day with its texts and its figure; ``place`` counts from 0."""

    place: int
    figures: DayPart
    figure: FigurePresentation
    title: str
    hours: str
    is_weakest: bool
    is_busiest: bool


def list_parts(presentation: MapPresentation, words: FigureWords) -> list[ShownPart]:
    """Return the parts of the day; none where no visit has a time."""
    day = presentation.journey_map.day
    if day is None or not day.timed_visits:
        return []
    return [
        ShownPart(
            place,
            part,
            present_score(part.score),
            part_title(part.part, words),
            hours_text(part.part),
            part.part is day.weakest,
            part.part is day.busiest,
        )
        for place, part in enumerate(day.parts)
    ]


def lead_sentences(presentation: MapPresentation, words: FigureWords) -> list[str]:
    """Return the sentence that matters; before there is one, what to do next."""
    sentence = day_sentence(presentation.journey_map, words)
    return [sentence] if sentence else list(presentation.journey_map.notes)


def bar_share(part: DayPart, day: DayFigures) -> float:
    """Return the length of a part's bar of visits: 1 for that with most visits."""
    most = max(each.visits for each in day.parts)
    return part.visits / most if most else 0.0
