"""Map in words, for people who cannot see the picture. A figure that the picture withholds is withheld here too."""

from collections.abc import Iterator, Mapping

from bot.texts import words_in
from cjm.figures.journey_map import JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.score import Score, Verdict
from cjm.scales import Headline, Scale

_WORDS = words_in("en")  # our own words are in English, like the command line's; titles and notes are not


def describe_map(journey_map: JourneyMap) -> Iterator[str]:
    """Yield the map line by line."""
    narrowed_to = [part for part in (journey_map.segment_title, journey_map.channel) if part]
    yield journey_map.title + (f" ({', '.join(narrowed_to)})" if narrowed_to else "")
    if journey_map.purpose:
        yield journey_map.purpose
    totals, period = journey_map.totals, journey_map.period
    yield (
        f"{period.first} to {period.last}: {totals.customers} customers, {totals.visits} visits, "
        + (
            f"{totals.answers} answers, {totals.complaints} complaints"
            + (f", {totals.response_rate:.0%} of those invited answered" if totals.response_rate is not None else "")
        )
    )
    yield from journey_map.notes
    for number, stage in enumerate(journey_map.stages, 1):
        yield ""
        yield from _stage_lines(number, stage, journey_map)


def _stage_lines(number: int, stage: StageFigures, journey_map: JourneyMap) -> Iterator[str]:
    yield f"{number}. {stage.title}" + (f": {stage.goal}" if stage.goal else "")
    yield from (f"   {line}" for line in _score_lines(stage.scores, people=True))
    if stage.change.points is not None:
        change = f"{stage.change.direction} ({stage.change.points:+.1f})"
        yield f"   since {journey_map.before.first} to {journey_map.before.last}: {change}"
    if stage.customers:
        went_on = f", {_figure_text(Headline.SHARE, stage.conversion)} went on" if stage.conversion else ""
        yield f"   {stage.customers} customers{went_on}, {stage.complaints} complaints"
    if stage.barriers:
        yield "   in the way: " + ", ".join(f"{b.theme} ({b.n})" for b in stage.barriers)
    for voice in stage.voices:
        yield f"   “{voice.text}”"
    for point in stage.touchpoints:
        yield f"   - {_touchpoint_line(point)}"


def _touchpoint_line(point: TouchpointFigures) -> str:
    importance = ", a moment of truth" if point.moment_of_truth else ""
    scores = "; ".join(_score_lines(point.scores, people=False)) or "no answers"
    return f"{point.title}{importance}: {scores}"


def _score_lines(scores: Mapping[Scale, Score], *, people: bool) -> Iterator[str]:
    for scale, score in scores.items():
        count = f"{score.n} people" if people else f"{score.answers} answers"
        name = f"{_WORDS(f'map.scale.{scale}')} ({_WORDS(f'map.unit.{scale}')})"
        yield f"{name}: {_figure_text(scale.spec.headline, score)}, {count}"


def _figure_text(headline: Headline, score: Score | None) -> str:
    if score is None or score.value is None or score.low is None or score.high is None:
        return "withheld (too few)"
    digits, sign = int(headline is Headline.MEAN), " %" if headline is Headline.SHARE else ""
    text = f"{score.value:.{digits}f}{sign} ({score.low:.{digits}f} to {score.high:.{digits}f})"
    return text + (", too few to judge" if score.verdict is Verdict.GREY else "")
