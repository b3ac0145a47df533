"""Words of the gap between a figure and its target: met, "12 points missing", or that it cannot be told yet.

A gap has a size only where the target is proven to be missed: within the interval of a figure, none is known.
"""

from cjm.figures.map_parts.targets import TargetFigure, TargetOutcome, TargetSubject
from cjm.scales import Scale
from cjm.wording.change_words import size_text
from cjm.wording.quantity_words import quantity_text
from cjm.wording.words import FigureWords


def gap_text(target: TargetFigure, headline: Scale, words: FigureWords) -> str:
    """Return "target met", "12 points missing", "3 d above target" or "cannot tell yet"."""
    if target.outcome is TargetOutcome.MET:
        return words("map.gap.met")
    if target.outcome is TargetOutcome.OPEN or target.value is None:
        return words("map.gap.open")
    size = _size_text(target, abs(target.target - target.value), headline, words)
    return words("map.gap.below" if target.is_least else "map.gap.above", size=size)


def _size_text(target: TargetFigure, size: float, headline: Scale, words: FigureWords) -> str:
    match target.subject:
        case TargetSubject.SCORE:
            return size_text(Scale(target.key) if target.key else headline, size, words)
        case TargetSubject.CONVERSION:
            return size_text(Scale.CSAT, size, words)  # percentage points, as of any share
        case TargetSubject.TIME:
            return words.short_duration(size)
        case TargetSubject.SUPPORT | TargetSubject.MEASURE:
            return quantity_text(size, target.unit, words)
