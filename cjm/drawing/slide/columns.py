"""Under the curve, a column a stage: its title, its figure and how many people it comes from."""

from collections.abc import Sequence

from cjm.drawing.canvas import Align
from cjm.drawing.captions import audience_text, has_real_change, missing_answers_text
from cjm.drawing.kinds.other_side import figure_colour
from cjm.drawing.presentation import StagePresentation
from cjm.drawing.slide.kind_line import draw_kind_line, has_kind_line
from cjm.drawing.slide.page import MANY_STAGES, SlidePage
from cjm.drawing.theme import FontStyle
from cjm.drawing.typeset import ELLIPSIS
from cjm.figures.journey_map import ChangeDirection
from cjm.wording.count_words import bare_count_text

TITLE_LINES = 3  # at most; a title that needs more in every style is cut, the wall shows it whole
AUDIENCE_LINES = 2  # at most; where words need more, the counts stand alone and the foot says what they are
FIGURE_SIZES = (64, 56, 48, 42, 36)
PART_END = "\n"  # between how many answered and how many are missing
ARROW = 0.72  # of the figure's size
TOP = 12  # from the curve to the first title


def columns_height(slide: SlidePage) -> float:
    """Return the height from the curve to what stands below the columns."""
    lines = max(map(len, _audience_lines(slide))) + has_kind_line(slide)
    return _figure_baseline(slide) + lines * slide.typography.body.line + 22


def draw_columns(slide: SlidePage, top: float) -> None:
    """Draw the columns from ``top`` on; all figures stand at one height, below the longest title."""
    (title, titles), figure = _title_lines(slide), _figure_style(slide)
    body, baseline = slide.typography.body, top + _figure_baseline(slide)
    for place, (stage, audience) in enumerate(zip(slide.stages, _audience_lines(slide), strict=True)):
        _draw_centred(slide, place, top + TOP + title.px, titles[place], title, slide.theme.ink)
        _draw_figure(slide, place, stage, baseline, figure)
        _draw_centred(slide, place, baseline + body.line + 4, audience, body, slide.theme.quiet)
        draw_kind_line(slide, place, baseline + (len(audience) + 1) * body.line + 6)


def _draw_centred(slide: SlidePage, place: int, y: float, lines: Sequence[str], style: FontStyle, colour: str) -> None:
    for i, line in enumerate(lines):
        slide.canvas.text(slide.centre(place), y + i * style.line, line, style, colour, align=Align.CENTRE)


def _title_lines(slide: SlidePage) -> tuple[FontStyle, list[list[str]]]:
    """Return the lines of all titles in the largest style in which none is cut, or in the smallest; and the style."""
    titles, room = [stage.figures.title for stage in slide.stages], slide.text_width
    style, lines = slide.typography.stage_long, [[""]]
    for style in (slide.typography.stage, slide.typography.stage_long):
        lines = [slide.canvas.wrap_title(title, style, room, TITLE_LINES) for title in titles]
        if not any(line.endswith(ELLIPSIS) for each in lines for line in each):
            break
    return style, lines


def has_bare_counts(slide: SlidePage) -> bool:
    """Return whether the columns have no room for words, so that the foot must say what the counts are."""
    words = {word for stage in slide.stages for word in _audience_text(slide, stage).split()}
    is_narrow = any(slide.canvas.text_width(word, slide.typography.body) > slide.text_width for word in words)
    return is_narrow or len(slide.stages) > MANY_STAGES


def _audience_lines(slide: SlidePage) -> list[list[str]]:
    text = _count_text if has_bare_counts(slide) else _audience_text
    body, room, width = slide.typography.body, slide.text_width, slide.canvas.text_width
    found = []
    for stage in slide.stages:
        parts = text(slide, stage).split(PART_END)
        if len(parts) > 1 and all(width(part, body) <= room for part in parts):
            found.append(parts)
        else:
            found.append(slide.canvas.wrap_title(", ".join(parts), body, room, AUDIENCE_LINES))
    return found


def _count_text(slide: SlidePage, stage: StagePresentation) -> str:
    """Return how many people answered, without a word for them."""
    if slide.presentation.is_empty:
        return ""
    return bare_count_text(stage.headline.n, stage.headline.n_is, slide.words)


def _audience_text(slide: SlidePage, stage: StagePresentation) -> str:
    """Return how many people a figure comes from, or how many are missing to show or to judge it.

    Before anybody was asked the title says so, and the columns do not repeat it.
    """
    if slide.presentation.is_empty:
        return ""
    if stage.headline.is_judged:
        return audience_text(slide.presentation, stage.headline, slide.words)[0]
    return PART_END.join(filter(None, missing_answers_text(slide.presentation, stage.headline, slide.words)))


def _figure_baseline(slide: SlidePage) -> float:
    """Return the distance from the top of the columns to the baseline of the figures."""
    style, lines = _title_lines(slide)
    titles = max(map(len, lines)) * style.line
    return TOP + titles + (_figure_style(slide).px if slide.presentation.has_visible_figure else 0)


def _figure_style(slide: SlidePage) -> FontStyle:
    """Return the largest style in which every figure fits its column with its arrow."""
    styles = [FontStyle(px, slide.typography.figure.weight) for px in FIGURE_SIZES]
    fitting = (
        style for style in styles if all(_figure_width(slide, s, style) <= slide.text_width for s in slide.stages)
    )
    return next(fitting, styles[-1])


def _figure_width(slide: SlidePage, stage: StagePresentation, style: FontStyle) -> float:
    if not stage.headline.is_visible:
        return 0.0
    width = slide.canvas.text_width(slide.gauge.format_figure(stage.headline.value, slide.words), style)
    return width + (_arrow_room(style) if _has_arrow(stage) else 0.0)


def _arrow_room(style: FontStyle) -> float:
    return (ARROW + 0.1) * style.px


def _has_arrow(stage: StagePresentation) -> bool:
    return stage.headline.is_judged and has_real_change(stage)


def _draw_figure(slide: SlidePage, place: int, stage: StagePresentation, y: float, style: FontStyle) -> None:
    """Draw the figure with an arrow for a proven change; a lock where it is withheld."""
    canvas, theme, figure, x = slide.canvas, slide.theme, stage.headline, slide.centre(place)
    if figure.n and not figure.is_visible:
        canvas.icon("lock", x, y - 0.36 * style.px, 0.8 * style.px, theme.on_grey)
    if not figure.is_visible:
        return
    colour = figure_colour(stage, slide.gauge, theme)
    left = x - _figure_width(slide, stage, style) / 2
    width = canvas.text(left, y, slide.gauge.format_figure(figure.value, slide.words), style, colour)
    if _has_arrow(stage):
        is_better = stage.figures.change.direction is ChangeDirection.BETTER
        middle = left + width + _arrow_room(style) / 2 + 0.05 * style.px
        arrow = ("up", theme.better) if is_better else ("down", theme.accent)
        canvas.icon(arrow[0], middle, y - 0.36 * style.px, ARROW * style.px, arrow[1], weight=3.0)
