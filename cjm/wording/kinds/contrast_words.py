"""Words of a difference map: what is compared with what, where it clearly differs, and what stands in the way.

* No side is called "before" or "now": the other side may be later, or another segment.
* Both figures stand beside their difference, each with its interval and its people.
"""

from collections.abc import Iterator

from cjm.figures.journey_map import ChangeDirection, FigureChange, JourneyMap, MixShift, StageFigures
from cjm.figures.map_parts.contrast import Contrast
from cjm.scales import Scale
from cjm.wording.change_words import compared_days, difference_text, has_contradiction, within_text
from cjm.wording.count_words import people_text
from cjm.wording.figure_words import score_text
from cjm.wording.kinds.break_words import break_texts
from cjm.wording.words import FigureWords

DIRECTED = (ChangeDirection.BETTER, ChangeDirection.WORSE)


def sides_text(journey_map: JourneyMap, contrast: Contrast, words: FigureWords) -> str:
    """Return "1–28 Nov (318 people) compared with 4–31 Oct (290 people)"; people only where they are known."""
    totals, sides = journey_map.totals, (contrast.title, contrast.other_title)
    people = (totals.customers, totals.customers_is), (contrast.other_customers, contrast.other_customers_is)
    # Imported answers have no visitors.
    is_known = journey_map.counts_people and all(n for n, _ in people)
    side, other = (
        _keep_days(title, contrast) + (f" ({people_text(*counted, words)})" if is_known else "")
        for title, counted in zip(sides, people, strict=True)
    )
    return words("map.contrast.sides", side=side, other=other)


def _keep_days(title: str, contrast: Contrast) -> str:
    """Return the name of a side; no line break divides days."""
    return title if contrast.is_of_segments else title.replace(" ", "\u00a0")


def caveat_texts(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield what a reader must know before they believe a comparison: breaks of meaning and, of a difference, more."""
    yield from break_texts(journey_map, words)
    contrast = journey_map.contrast
    if contrast is None:
        return
    if contrast.shares_customers:
        yield words("map.contrast.shared")
    if not contrast.is_of_segments and compared_days(journey_map).mixes_weekdays:
        yield words("map.compared.weekdays") + "."


def contrast_lines(journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the sides of a difference map, and what to know before a comparison is believed, of any map."""
    if journey_map.contrast is not None:
        yield sides_text(journey_map, journey_map.contrast, words)
    yield from caveat_texts(journey_map, words)


def stage_difference_lines(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> Iterator[str]:
    """Yield the other side's figure of a stage, and whether both clearly differ."""
    contrast, scale = journey_map.contrast, journey_map.scale
    if contrast is None:
        return
    other = stage.before.get(scale)
    figure = score_text(scale, other, journey_map, words) if other is not None else words("map.none")
    yield f"{contrast.other_title}: {figure}"
    if scale in stage.scores and other is not None:
        yield verdict_text(stage, scale, words)


def verdict_text(stage: StageFigures, scale: Scale, words: FigureWords) -> str:
    """Return "↓ clear difference: 17 points lower (95% range …)", "no clear difference", or that too few answered."""
    change = stage.change
    mix = contrast_mix_text(change.mix, words) if change.mix else ""
    if change.direction is ChangeDirection.MIX:
        return words("map.contrast.mix", mix=mix)
    if change.direction is ChangeDirection.UNKNOWN:
        return words("map.change.unknown")
    if not is_clear(change):
        return "; ".join(filter(None, (words("map.contrast.same"), mix)))
    difference = difference_text(change, scale, words)
    now, other = stage.scores.get(scale), stage.before.get(scale)
    if now is not None and other is not None and has_contradiction(change, scale, now.value, other.value):
        difference = "; ".join(filter(None, (f"{difference} {within_text(change, words)}", mix)))
    return words(f"map.contrast.{'higher' if (change.points or 0) > 0 else 'lower'}", difference=difference)


def is_clear(change: FigureChange) -> bool:
    """Return whether both sides differ beyond noise, by a known size."""
    return change.direction in DIRECTED and change.points is not None


def contrast_mix_text(mix: MixShift, words: FigureWords) -> str:
    """Return "share of answers about “Delivery”: 45% here, 20% there"."""
    shares = {"before": words.percent(mix.share_before), "now": words.percent(mix.share_now)}
    return words(f"map.contrast.mix.{mix.subject}", title=mix.title, **shares)
