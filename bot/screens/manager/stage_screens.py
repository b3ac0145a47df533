"""A stage's page: its figures, its touchpoints, how often each answer was given, words, and what is open.

Invariants:
* Nothing is counted here: all figures come from the map, which withholds those of too few people.
* How often each answer was given is shown only where the map tells it.
"""

from collections.abc import Iterator

from bot.messages.message import Prose, bold, italic, join_lines, plain, quote
from bot.texts import Words
from bot.usecases.maps.views.load_view import ViewedMap
from cjm.figures.journey_map import JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.score import Score
from cjm.scales import ButtonLabels, Scale
from cjm.text import cut_text
from cjm.wording.count_words import people_text
from cjm.wording.figure_words import figure_text, missing_text
from cjm.wording.stage_words import stage_lines

MOST_QUOTE = 200
BAR, BAR_LENGTH = "▇", 12  # signs of the longest bar
_NPS_GROUPS = {"0–6": range(7), "7–8": range(7, 9), "9–10": range(9, 11)}
"""Ten bars would hide the three groups that the figure is made of."""


def stage_parts(viewed: ViewedMap, words: Words) -> Iterator[Prose]:
    """Yield the parts of a stage's page; none of them is split between two messages."""
    stage, journey_map = viewed.stage, viewed.map
    if stage is None:
        return
    yield join_lines(stage_lines(stage, journey_map, words))
    yield from distribution_parts(stage, journey_map, words)
    if stage.touchpoints:
        points = (_touchpoint_line(point, journey_map, words) for point in stage.touchpoints)
        yield join_lines([bold(words("views.touchpoints")), *points])
    if stage.voices:
        yield join_lines(quote(cut_text(voice.text, MOST_QUOTE)) for voice in stage.voices)
    if viewed.open_cases:
        yield plain(words("views.open_cases", n=viewed.open_cases))


def stage_title(viewed: ViewedMap) -> str:
    """Return "2. Purchase", the stage with its number on the map."""
    stage = viewed.stage
    return f"{viewed.map.stages.index(stage) + 1}. {stage.title}" if stage is not None else ""


def stage_goal(viewed: ViewedMap) -> Prose:
    """Return what customers want at the stage; empty where the journey does not say it."""
    return italic(viewed.stage.goal) if viewed.stage is not None and viewed.stage.goal else Prose()


def distribution_parts(
    part: StageFigures | TouchpointFigures, journey_map: JourneyMap, words: Words
) -> Iterator[Prose]:
    """Yield how often each answer was given on the scale of the map, as bars."""
    score = part.scores.get(journey_map.scale)
    if score is None or score.value is None:
        return
    if score.counts is None:
        yield italic(words("views.distribution.withheld"))
        return
    yield join_lines([bold(words("views.distribution")), *_bar_lines(journey_map.scale, score, words)])


def _bar_lines(scale: Scale, score: Score, words: Words) -> Iterator[str]:
    counts = _group_counts(scale, score, words)
    most = max(counts.values(), default=0)
    for label, n in reversed(counts.items()):  # the best answer above, as on the buttons that people tap
        yield f"{BAR * _bar_length(n, most)} {label}: {words.number(n)}".strip()


def _bar_length(n: int, most: int) -> int:
    """Return the signs of a bar: at least one where there are answers, also beside many others."""
    return max(1, round(BAR_LENGTH * n / most)) if n and most else 0


def _group_counts(scale: Scale, score: Score, words: Words) -> dict[str, int]:
    counts = {value: (score.counts or {}).get(str(value), 0) for value in scale.spec.values}
    if scale is Scale.NPS:
        return {label: sum(counts[value] for value in values) for label, values in _NPS_GROUPS.items()}
    return {value_label(scale, value, words): n for value, n in counts.items()}


def value_label(scale: Scale, value: int, words: Words) -> str:
    """Return what stands on the button of a value: a digit, or its words."""
    is_digit = scale.spec.buttons.labels is ButtonLabels.DIGITS
    return words.number(value) if is_digit else words(f"chat.{scale}.{value}")


def _touchpoint_line(point: TouchpointFigures, journey_map: JourneyMap, words: Words) -> str:
    score = point.scores.get(journey_map.scale)
    mark = "★ " if point.moment_of_truth else ""
    return f"{mark}{point.title}: {_figure(score, journey_map, words)}"


def _figure(score: Score | None, journey_map: JourneyMap, words: Words) -> str:
    if score is None:
        return words("map.none")
    if score.value is None:
        return missing_text(score, journey_map, words)
    people = people_text(score.n, score.n_is, words, counts_people=journey_map.counts_people)
    return f"{figure_text(journey_map.scale, score.value, words)}, {people}"
