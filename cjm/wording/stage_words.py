"""A stage in words, line by line: the same in the chat and on the command line."""

from collections.abc import Iterator

from cjm.figures.journey_map import JourneyMap, MapKind, StageFigures
from cjm.wording.change_words import stage_change_text
from cjm.wording.choice_words import lost_reasons_text, recalled_choice_texts
from cjm.wording.count_words import visitors_texts
from cjm.wording.fact_words import fact_lines
from cjm.wording.figure_words import named_score_text
from cjm.wording.flow_words import complaints_text, conversion_text, support_text, time_text
from cjm.wording.kinds.contrast_words import stage_difference_lines
from cjm.wording.kinds.kind_words import gap_lines
from cjm.wording.plan_words import target_lines
from cjm.wording.words import FigureWords


def stage_lines(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the figures of a stage: scores, change, who came and went on, troubles."""
    yield from _score_lines(stage, journey_map, words)
    if presence := presence_text(stage, journey_map, words):
        yield presence
    if stage.conversion is not None and (conversion := conversion_text(stage.conversion, words)):
        yield conversion
    if stage.time is not None:
        yield time_text(stage.time, words)
    if stage.on_the_way:
        yield words("map.flow.on_the_way", n=stage.on_the_way)
    troubles = [text(stage, words, journey_map.judge_from) for text in (complaints_text, support_text)]
    if line := ", ".join(filter(None, troubles)):
        yield line
    yield from fact_lines(stage, words)
    if journey_map.kind is MapKind.FUTURE:
        yield from gap_lines(stage, journey_map, words)
    else:
        yield from target_lines(stage, words)
    if stage.barriers:
        yield words("map.barriers", list=", ".join(f"{barrier.theme} ({barrier.n})" for barrier in stage.barriers))
    if reasons := lost_reasons_text(stage, words):
        yield reasons
    yield from recalled_choice_texts(stage, words)


def _score_lines(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the headline figure, its change right after it (a change names no scale), then the other scores."""
    if not stage.scores:
        yield words("map.none")
    headline = stage.scores.get(journey_map.scale)
    if headline is not None:
        yield named_score_text(journey_map.scale, headline, journey_map, words)
    if journey_map.contrast is not None:
        yield from stage_difference_lines(stage, journey_map, words)
    elif change := stage_change_text(stage, journey_map, words):
        yield change
    for scale, score in stage.scores.items():
        if scale is not journey_map.scale:
            yield named_score_text(scale, score, journey_map, words)


def presence_text(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return "Came here: 700 people, 967 walks, 1 200 visits", as far as known; walks only where they differ."""
    visits = [words("map.visits", n=stage.visits)] if stage.visits else []
    counts = ", ".join([*visitors_texts(stage, journey_map, words), *visits])
    return words("map.presence", counts=counts) if counts else ""
