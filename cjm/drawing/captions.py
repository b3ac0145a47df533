"""Captions: the sentences and short texts that both layouts set beside figures."""

from cjm.drawing.presentation import FigurePresentation, FigureStatus, MapPresentation, StagePresentation
from cjm.figures.journey_map import ChangeDirection, MapKind
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.figures.people import CountBasis
from cjm.scales import Scale
from cjm.wording.change_words import comparison_text, has_range_first, mix_text, size_text, span_text, within_text
from cjm.wording.choice_words import recalled_text
from cjm.wording.count_words import audience_texts, bare_count_text, customers_text, people_text, visitors_texts
from cjm.wording.kinds.contrast_words import contrast_mix_text, sides_text
from cjm.wording.words import FigureWords


def change_text(stage: StagePresentation, scale: Scale, words: FigureWords) -> str:
    """Return the size of a proven change: "11 points"; "6–50 points" where few people answered."""
    change = stage.figures.change
    if has_range_first(change) and change.low is not None and change.high is not None:
        return span_text(scale, change.low, change.high, words)
    return size_text(scale, change.points or 0.0, words)


def no_change_text(stage: StagePresentation, words: FigureWords) -> str:
    """Return the words for a stage without a proven change; empty when there is no figure before."""
    if stage.figures.change.direction is ChangeDirection.SAME:
        return words("map.change.same" if stage.other is None else "map.contrast.same")
    has_sides = stage.before is not None or (stage.other is not None and stage.other.n > 0)
    if stage.figures.change.direction is ChangeDirection.UNKNOWN and has_sides:
        return words("map.change.unknown")
    return ""


def change_note(stage: StagePresentation, words: FigureWords) -> str:
    """Return what a badge alone would leave out: that the mix of touchpoints or customers moved; else nothing."""
    if not stage.headline.is_judged:
        return ""
    change = stage.figures.change
    if stage.other is not None:
        return _difference_note(stage, words)
    mix = mix_text(change.mix, words) if change.mix else ""
    if change.direction is ChangeDirection.MIX:
        return words("map.change.mix.line", mix=mix) if mix else words("map.change.mix")
    if has_real_change(stage) and stage.is_within_touchpoints:
        return "; ".join(filter(None, (within_text(change, words), mix)))
    return words("map.change.same.line", where=within_text(change, words), mix=mix) if mix else ""


def _difference_note(stage: StagePresentation, words: FigureWords) -> str:
    change = stage.figures.change
    mix = contrast_mix_text(change.mix, words) if change.mix else ""
    if change.direction is ChangeDirection.MIX:
        return words("map.contrast.mix", mix=mix)
    where = within_text(change, words) if has_real_change(stage) and stage.is_within_touchpoints else ""
    return "; ".join(filter(None, (where, mix)))


def has_real_change(stage: StagePresentation) -> bool:
    """Return whether the stage changed beyond noise, by a known size: only then a badge may be drawn."""
    return (
        stage.figures.change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
        and stage.figures.change.points is not None
    )


def compared_text(presentation: MapPresentation, words: FigureWords) -> str:
    """Return which days or segments the marks of change compare; empty where there can be no such mark."""
    if contrast := presentation.journey_map.contrast:
        return sides_text(presentation.journey_map, contrast, words)
    return comparison_text(presentation.comparison, words) if presentation.comparison else ""


def missing_answers_text(
    presentation: MapPresentation, figure: FigurePresentation, words: FigureWords
) -> tuple[str, str]:
    """Return how many answered, and how many more are needed to judge.

    A figure of enough people that is withheld nevertheless protects a smaller group, which it would tell.
    """
    if not figure.n:
        return words("map.none"), ""
    journey_map = presentation.journey_map
    people = people_text(figure.n, figure.n_is, words, counts_people=journey_map.counts_people)
    people = _mark_recalled(people, figure, words)
    if figure.status is FigureStatus.WITHHELD and figure.n >= journey_map.minimum:
        return people, words("map.withheld.people")
    missing = journey_map.judge_from - figure.n
    return people, words("map.missing", n=missing) if missing > 0 else ""


def audience_text(presentation: MapPresentation, figure: FigurePresentation, words: FigureWords) -> tuple[str, str]:
    """Return "120 people" and, when some answered more than once, "214 answers"."""
    counts_people = presentation.journey_map.counts_people
    people, *answers = audience_texts(figure.n, figure.answers, figure.n_is, words, counts_people=counts_people)
    return _mark_recalled(people, figure, words), "".join(answers)


def _mark_recalled(people: str, figure: FigurePresentation, words: FigureWords) -> str:
    """Return "12 people, recalled" where answers come from memory."""
    return ", ".join(filter(None, [people, recalled_text(figure.recalled, words)]))


def visitors_text(presentation: MapPresentation, stage: StagePresentation, words: FigureWords) -> tuple[str, str]:
    """Return "700 people" and "967 walks" of a stage; either may be empty. Only people are called people."""
    first, second = [*visitors_texts(stage.figures, presentation.journey_map, words), "", ""][:2]
    return first, second


def share_of_text(figure: FigurePresentation, words: FigureWords) -> str:
    """Return the number of people behind a share: "of 60", "of about 5 200"; "· at most 120"."""
    if figure.n_is is CountBasis.AT_MOST:
        return _mark_recalled(f"· {bare_count_text(figure.n, figure.n_is, words)}", figure, words)
    return _mark_recalled(words("map.of", n=bare_count_text(figure.n, figure.n_is, words)), figure, words)


def totals_texts(presentation: MapPresentation, words: FigureWords) -> list[str]:
    """Return how many people the map is about, where they are known, and how many answers."""
    journey_map = presentation.journey_map
    answers = words("map.answers", n=journey_map.totals.answers)
    return [text for text in (customers_text(journey_map, words), answers) if text]


def targets_text(presentation: MapPresentation, words: FigureWords) -> str:
    """Return in one line how many targets are met, missed or open; empty when the journey has none."""
    outcomes = [target.outcome for stage in presentation.stages for target in stage.targets]
    if not outcomes:
        return ""
    if all(outcome is TargetOutcome.OPEN for outcome in outcomes):
        return words("map.targets.open")
    if all(outcome is TargetOutcome.MET for outcome in outcomes):
        return words("map.targets.met")
    parts = [
        words(f"map.targets.some_{kind.value}", n=outcomes.count(kind)) for kind in TargetOutcome if kind in outcomes
    ]
    return words("map.targets.some", parts=" · ".join(parts))


def kind_text(presentation: MapPresentation, words: FigureWords) -> str:
    """Return the kind of the map, which a picture says in its head; empty for a map of what was measured."""
    kind = presentation.journey_map.kind
    return "" if kind is MapKind.CURRENT else words(f"map.kind.{kind}")


def filter_text(presentation: MapPresentation, words: FigureWords) -> str:
    """Return the segment and the channel that the map is limited to; empty when it is about everyone."""
    channel = presentation.journey_map.channel
    contrast = presentation.journey_map.contrast
    is_compared = contrast is not None and contrast.is_of_segments  # then the sides name the segment
    parts = ["" if is_compared else presentation.journey_map.segment_title or ""]
    if channel:
        key = f"map.channel.{channel}"
        parts.append(words(key) if words.has(key) else channel)
    return " · ".join(part for part in parts if part)


def grey_text(presentation: MapPresentation, words: FigureWords) -> str:
    """Return the legend's meaning of grey: fewer people, or answers where nobody is known, than may be judged."""
    journey_map = presentation.journey_map
    key = "map.legend.grey" if journey_map.counts_people else "map.legend.grey.answers"
    return words(key, n=journey_map.judge_from)


def keep_together(text: str) -> str:
    """Return a short text that no line break divides."""
    return text.replace(" ", "\u00a0")


def quote_text(text: str, words: FigureWords) -> str:
    """Return a customer's words in the quotation marks of the map's language."""
    return words("map.quote", text=text)
