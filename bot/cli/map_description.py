"""A map in words, for those who cannot see the picture; what the picture withholds is withheld here."""

from collections.abc import Iterator, Mapping

from bot.texts import words_in
from cjm.figures.journey_map import JourneyMap, StageFigures, TouchpointFigures
from cjm.figures.score import Score, Verdict
from cjm.scales import Headline, Scale

_WORDS = words_in("en")  # the whole description is in English, like every message of the command line


def describe_map(made: JourneyMap) -> Iterator[str]:
    """The map, a line each."""
    about = [part for part in (made.segment_title, made.channel) if part]
    yield made.title + (f" ({', '.join(about)})" if about else "")
    if made.purpose:
        yield made.purpose
    totals = made.totals
    yield f"{made.period.first} to {made.period.last}: {totals.customers} customers, {totals.visits} visits, " + (
        f"{totals.answers} answers, {totals.complaints} complaints"
        + (f", {totals.response_rate:.0%} of those invited answered" if totals.response_rate is not None else "")
    )
    yield from made.notes
    for place, stage in enumerate(made.stages, 1):
        yield ""
        yield from _stage(place, stage, made)


def _stage(place: int, stage: StageFigures, made: JourneyMap) -> Iterator[str]:
    yield f"{place}. {stage.title}" + (f": {stage.goal}" if stage.goal else "")
    yield from (f"   {line}" for line in _scores(stage.scores, people=True))
    if stage.change.points is not None:
        change = f"{stage.change.direction} ({stage.change.points:+.1f})"
        yield f"   since {made.before.first} to {made.before.last}: {change}"
    if stage.customers:
        went = f", {_figure(Headline.SHARE, stage.conversion)} went on" if stage.conversion else ""
        yield f"   {stage.customers} customers{went}, {stage.complaints} complaints"
    if stage.barriers:
        yield "   in the way: " + ", ".join(f"{b.theme} ({b.n})" for b in stage.barriers)
    for voice in stage.voices:
        yield f"   “{voice.text}”"
    for point in stage.touchpoints:
        yield f"   - {_point(point)}"


def _point(point: TouchpointFigures) -> str:
    moment = ", a moment of truth" if point.moment_of_truth else ""
    scores = "; ".join(_scores(point.scores, people=False)) or "nobody was asked"
    return f"{point.title}{moment}: {scores}"


def _scores(scores: Mapping[Scale, Score], *, people: bool) -> Iterator[str]:
    for scale, score in scores.items():
        of = f"{score.n} people" if people else f"{score.answers} answers"
        name = f"{_WORDS(f'map.scale.{scale}')} ({_WORDS(f'map.unit.{scale}')})"
        yield f"{name}: {_figure(scale.spec.headline, score)}, {of}"


def _figure(headline: Headline, score: Score | None) -> str:
    if score is None or score.value is None or score.low is None or score.high is None:
        return "withheld (too few)"
    digits, sign = int(headline is Headline.MEAN), " %" if headline is Headline.SHARE else ""
    said = f"{score.value:.{digits}f}{sign} ({score.low:.{digits}f} to {score.high:.{digits}f})"
    return said + (", too few to judge" if score.verdict is Verdict.GREY else "")
