"""The line of a column that only some kinds of maps have: the other side's figure, or what is missing to the target."""

from cjm.drawing.kinds.other_side import side_texts
from cjm.drawing.kinds.plans import is_future
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.slide.page import SlidePage
from cjm.figures.map_parts.targets import TargetOutcome
from cjm.wording.kinds.gap_words import gap_text

ICON, GAP = 26, 12  # the size of the symbol, and from there to the text
_SYMBOLS = {TargetOutcome.MET: "met", TargetOutcome.MISSED: "missed", TargetOutcome.OPEN: "open"}


def has_kind_line(slide: SlidePage) -> bool:
    """Return whether any column has the line."""
    return any(_find_text(slide, stage)[1] for stage in slide.stages)


def draw_kind_line(slide: SlidePage, place: int, y: float) -> None:
    """Draw symbol and text in the middle of a column, cut to its room."""
    stage, canvas = slide.stages[place], slide.canvas
    symbol, text = _find_text(slide, stage)
    if not text:
        return
    is_strong = stage.stands_out or symbol == "missed"
    style = slide.typography.small_strong if is_strong else slide.typography.body
    colour = slide.theme.ink if is_strong else slide.theme.quiet
    fitted = canvas.fit(text, style, slide.text_width - ICON - GAP)
    left = slide.centre(place) - (ICON + GAP + canvas.text_width(fitted, style)) / 2
    canvas.icon(symbol, left + ICON / 2, y - 10, ICON, colour)
    canvas.text(left + ICON + GAP, y, fitted, style, colour)


def _find_text(slide: SlidePage, stage: StagePresentation) -> tuple[str, str]:
    """Return symbol and text of a stage's line; no text where there is nothing to say."""
    if stage.other is not None and stage.other.is_visible:
        return "other_side", side_texts(slide.presentation, stage.other, slide.words)[0]
    if is_future(slide.presentation) and stage.target_outcome is not None:
        target = stage.targets[0]
        return _SYMBOLS[target.outcome], gap_text(target, slide.gauge.scale, slide.words)
    return "", ""
