"""Words of changes: which days are compared, how large a change is, and when other customers answered than before.

* All changes of a message compare the same days, and the message names them.
* Where few people stand on a side the interval comes first: such a change is measured as larger than it is.
* Where the mix of touchpoints or segments moved, the plain figures of both periods are never set side by side.
"""

from cjm.figures.findings.mix import contradicts_change
from cjm.figures.journey_map import (
    ChangeDirection,
    Comparison,
    FigureChange,
    JourneyMap,
    MixShift,
    MixSubject,
    StageFigures,
)
from cjm.scales import Scale
from cjm.wording.figure_words import signed_number
from cjm.wording.words import FigureWords

MOST_DIGITS = 9  # of a size: a change by less than half of the last one is rounding of the computer


def compared_days(journey_map: JourneyMap) -> Comparison:
    """Return the days that the map's changes compare: by default its own period with the one before."""
    return journey_map.comparison or Comparison(journey_map.period, journey_map.before)


def shown_comparison(journey_map: JourneyMap) -> Comparison | None:
    """Return the days that the map's changes compare; None where no stage has, or could have, a mark of change.

    A difference map names its sides in its own words (`cjm.wording.kinds.contrast_words`).
    """
    if journey_map.contrast is not None:
        return None
    stages, scale = journey_map.stages, journey_map.scale
    is_tested = any(stage.change.direction is not ChangeDirection.UNKNOWN for stage in stages)
    has_sides = any(
        all(scale in side and side[scale].value is not None for side in (stage.scores, stage.before))
        for stage in stages
    )
    return compared_days(journey_map) if is_tested or has_sides else None


def comparison_text(comparison: Comparison, words: FigureWords) -> str:
    """Return "Compared: 2–8 Nov with 5 Oct – 1 Nov", and whether weekdays weigh differently on the two sides."""
    text = words("map.compared", **comparison_values(comparison, words))
    return f"{text}. {words('map.compared.weekdays')}" if comparison.mixes_weekdays else text


def comparison_values(comparison: Comparison, words: FigureWords) -> dict[str, str]:
    """Return the days of both sides, to be filled into a sentence."""
    days = {"now": comparison.now, "before": comparison.before}
    # No line breaks inside a day: "25" alone at the end of a line is read as a number.
    return {side: words.days(each.first, each.last).replace(" ", "\u00a0") for side, each in days.items()}


def size_text(scale: Scale, points: float, words: FigureWords) -> str:
    """Return the size of a difference without its sign: "17 points"; of a mean, "0.4"."""
    size, digits = abs(points), _digits_of(points, scale)
    if digits:
        return words.number(size, digits)
    return words("map.points.share" if scale.spec.is_percent else "map.points", n=round(size))


def points_text(scale: Scale, points: float, words: FigureWords) -> str:
    """Return a difference with its sign: "−17 points"; of a mean, "−0.4"."""
    text = size_text(scale, points, words)
    return text if points == 0 else ("+" if points > 0 else "−") + text


def has_range_first(change: FigureChange) -> bool:
    """Return whether the interval of a change comes before its size: it is known roughly, and lies on one side of 0."""
    return change.is_small and change.low is not None and change.high is not None and change.low * change.high > 0


def span_text(scale: Scale, low: float, high: float, words: FigureWords) -> str:
    """Return the size of a change that lies between ``low`` and ``high``, without its sign: "6–50 points"."""
    least, most = sorted((abs(low), abs(high)))
    return f"{words.number(least, _digits_of(least, scale))}–{size_text(scale, most, words)}"


def _digits_of(size: float, scale: Scale) -> int:
    """Return the decimals of a size: those of its scale, and more where "0" or "0.0" would deny the change."""
    digits = scale.spec.decimals
    while size and digits < MOST_DIGITS and not round(abs(size), digits):
        digits += 1
    return digits


def difference_text(change: FigureChange, scale: Scale, words: FigureWords) -> str:
    """Return "17 points lower (95% range −25 to −9)"; "between 6 and 50 points lower" where few people answered."""
    if change.points is None:
        return ""
    way = "higher" if change.points > 0 else "lower"
    if change.low is None or change.high is None:
        return words(f"map.change.{way}", size=size_text(scale, change.points, words))
    if has_range_first(change):
        least, most = sorted((abs(change.low), abs(change.high)))
        low = words.number(least, _digits_of(least, scale))
        return words(f"map.change.between.{way}", low=low, high=size_text(scale, most, words))
    size = words(f"map.change.{way}", size=size_text(scale, change.points, words))
    return f"{size} ({change_range_text(change, scale, words)})"


def change_range_text(change: FigureChange, scale: Scale, words: FigureWords) -> str:
    """Return "95% range −25 to −9" of a difference; empty where it is not known."""
    if change.low is None or change.high is None:
        return ""
    # A range on one side of 0 shows no end as "0": it would say that there may be no change.
    is_proven = change.low * change.high > 0
    low, high = (
        signed_number(end, _digits_of(end, scale) if is_proven else scale.spec.decimals, words)
        for end in (change.low, change.high)
    )
    return words("map.range", low=low, high=high)


def mix_text(mix: MixShift, words: FigureWords) -> str:
    """Return "more answers about “Delivery” (45%, before 20%), which is rated lower"."""
    way = "more" if mix.share_now > mix.share_before else "fewer"
    level = "lower" if mix.is_lower else "higher"
    shares = {"before": words.percent(mix.share_before), "now": words.percent(mix.share_now)}
    return words(f"map.mix.{mix.subject}.{way}.{level}", title=mix.title, **shares)


def within_text(change: FigureChange, words: FigureWords) -> str:
    """Return where a change was measured, which the mix of answers does not touch: "at the same touchpoints"."""
    return words(f"map.change.note.{change.mix.subject if change.mix else MixSubject.TOUCHPOINTS}")


def has_contradiction(change: FigureChange, scale: Scale, now: float | None, before: float | None) -> bool:
    """Return whether the plain figures of both periods tell another change than the test did.

    A change is measured within touchpoints; the two figures are not.
    """
    if change.mix is not None or change.direction is ChangeDirection.MIX:
        return True
    is_change = change.direction in (ChangeDirection.BETTER, ChangeDirection.WORSE)
    if not is_change or change.points is None or now is None or before is None:
        return False
    return contradicts_change(scale, now - before, change.points)


def stage_change_text(stage: StageFigures, journey_map: JourneyMap, words: FigureWords) -> str:
    """Return what really changed at a stage as one line; empty when nothing did."""
    change, scale = stage.change, journey_map.scale
    mix = mix_text(change.mix, words) if change.mix else ""
    if change.direction is ChangeDirection.MIX:
        return words("map.change.mix.line", mix=mix) if mix else words("map.change.mix")
    if change.direction not in (ChangeDirection.BETTER, ChangeDirection.WORSE) or change.points is None:
        return words("map.change.same.line", where=within_text(change, words), mix=mix) if mix else ""
    difference = difference_text(change, scale, words)
    key = f"map.change.{change.direction}"
    now, before = stage.scores.get(scale), stage.before.get(scale)
    is_own_comparison = compared_days(journey_map).now == journey_map.period
    plain = now and before and is_own_comparison and has_contradiction(change, scale, now.value, before.value)
    if mix or plain:
        difference = "; ".join(filter(None, (f"{difference} {within_text(change, words)}", mix)))
    return words(key, difference=difference)
