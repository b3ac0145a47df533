"""Filters of voices: by the score given beside the words, and by a reason that the same person chose.

* A theme is named by the stage at which it was chosen, the question and the option. It can be chosen while the map
  shows it as a barrier of that stage, with the same words in any language.
* A button carries a code of a theme, because three keys do not fit one.
"""

import hashlib
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from cjm.figures.journey_map import Barrier, JourneyMap
from cjm.journeys.journey import Journey
from cjm.scales import Scale

CODE_LENGTH = 6  # hexadecimal digits: among the reasons of a journey two hardly ever share a code


class MoodGroup(StrEnum):
    """Group of answers on a scale, as `cjm.scales` divides its values."""

    UNHAPPY = "unhappy"
    MIDDLING = "middling"
    HAPPY = "happy"

    def list_values(self, scale: Scale) -> list[int]:
        """Return the values of a scale that belong to the group."""
        spec = scale.spec
        match self:
            case MoodGroup.UNHAPPY:
                return list(spec.low)
            case MoodGroup.HAPPY:
                return list(spec.favourable)
            case MoodGroup.MIDDLING:
                return [value for value in spec.values if value not in spec.low and value not in spec.favourable]


class ThemeKey(NamedTuple):
    """Reason that can be chosen at a stage."""

    stage: str
    question: str
    option: str

    @classmethod
    def parse(cls, text: str) -> "ThemeKey | None":
        """Return the theme that was stored as text; None for anything else."""
        parts = text.split("/")
        return cls(*parts) if len(parts) == 3 else None

    def __str__(self) -> str:
        return "/".join(self)

    @property
    def code(self) -> str:
        """Short name of the theme for a button."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:CODE_LENGTH]


class ShownTheme(NamedTuple):
    """Theme that the map shows; ``options`` are all (question, option) that say the same."""

    key: ThemeKey
    title: str
    n: int
    options: tuple[tuple[str, str], ...]


def list_shown_themes(journey_map: JourneyMap, journey: Journey, place: str | None = None) -> list[ShownTheme]:
    """Return the barriers that the map shows, by stage; with ``place`` those of its stage only."""
    at = journey.find_place(place) if place is not None else None
    return [
        theme
        for stage in journey_map.stages
        if at is None or stage.key == at.stage.key
        for theme in _themes_of(stage.key, stage.barriers)
    ]


def _themes_of(stage: str, barriers: tuple[Barrier, ...]) -> Iterator[ShownTheme]:
    for barrier in barriers:
        if barrier.options:
            yield ShownTheme(ThemeKey(stage, *barrier.options[0]), barrier.theme, barrier.n, barrier.options)


def find_shown_theme(journey_map: JourneyMap, journey: Journey, text: str) -> ShownTheme | None:
    """Return the theme that was stored as text, while the map shows it."""
    key = ThemeKey.parse(text)
    if key is None:
        return None
    shown = (theme for theme in list_shown_themes(journey_map, journey) if theme.key.stage == key.stage)
    return next((theme for theme in shown if (key.question, key.option) in theme.options), None)


def find_theme_by_code(journey: Journey, code: str) -> ThemeKey | None:
    """Return the theme that a button names, whether the map shows it now or not."""
    return _index_codes(journey).get(code)


def _index_codes(journey: Journey) -> Mapping[str, ThemeKey]:
    questions = {(q.key, o.key) for survey in journey.surveys for q in survey.questions for o in q.options}
    keys = (ThemeKey(stage.key, *chosen) for stage in journey.stages for chosen in sorted(questions))
    return {key.code: key for key in keys}
