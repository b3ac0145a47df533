"""Day in the life as JSON values, for HTTP and for files. The keys are a contract with users."""

from dataclasses import asdict
from typing import Any

from cjm.figures.day.day_figures import DayFigures, DayPart
from cjm.figures.day.parts import hours_of
from cjm.figures.score import Score

_SCORE_KEYS = ("n", "n_is", "value", "low", "high", "mean", "verdict")  # how many answers and of which value: not kept


def day_json(day: DayFigures) -> dict[str, Any]:
    """Return the parts of the day in order, and what was found about all of them."""
    return {
        "parts": [_part_json(part) for part in day.parts],
        "visits_without_time": day.unknown,
        "busiest": day.busiest,
        "weakest": day.weakest,
        "scores_are": "told" if day.is_scored else "left out: they would tell the hour of anonymous answers",
        "best_hour": asdict(day.best_hour) if day.best_hour else None,
        "asked_at_known_hours": day.asked,
    }


def _part_json(part: DayPart) -> dict[str, Any]:
    hours = hours_of(part.part)
    return {
        "part": part.part,
        "from_hour": hours.start,
        "to_hour": hours.stop,
        "visits": part.visits,
        "complaints": part.complaints,
        "score": _score_json(part.score) if part.score else None,
        "places": [asdict(place) for place in part.places],
        "diary_people": part.writers,
        "diary": {question: voice.text for question, voice in part.quotes.items()},
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {key: getattr(score, key) for key in _SCORE_KEYS}
