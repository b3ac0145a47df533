"""Below the columns: the top barrier of the stage in the title, and one customer's words."""

from cjm.drawing.captions import quote_text
from cjm.drawing.primitives import Box
from cjm.drawing.slide.page import MARGIN, RIGHT, SlidePage
from cjm.figures.journey_map import Barrier
from cjm.figures.map_parts.voice import Voice

INSET = 28
MIDDLE = (MARGIN + RIGHT) / 2
ICON_ROOM = 58
COUNT_GAP = 22
MOST_LINES = 2


def callout_height(slide: SlidePage) -> float:
    """Return the height of the causes; nothing where the stage in the title has none."""
    heights = [_draw_part(slide.with_scratch_canvas(), part, 0.0, 0.0, 800.0) for part in _list_parts(slide)]
    return max(heights) + 34 if heights else 0.0


def draw_callout(slide: SlidePage, top: float) -> None:
    """Draw the barrier at the left and the quote at the right; either alone has the whole width to itself."""
    parts = _list_parts(slide)
    width = (RIGHT - MARGIN) / max(1, len(parts)) - 2 * INSET
    for i, part in enumerate(parts):
        left = MARGIN + INSET if i == 0 else MIDDLE + INSET
        _draw_part(slide, part, left, top + 10, min(width, 800.0))


def _list_parts(slide: SlidePage) -> list[Barrier | Voice]:
    if slide.subject is None:
        return []
    stage = slide.stages[slide.subject]
    barriers = () if slide.is_good_news else stage.barriers[:1]
    return [*barriers, *stage.voices[:1]]


def _draw_part(slide: SlidePage, part: Barrier | Voice, left: float, top: float, width: float) -> float:
    """Draw a symbol and what was said beside it; return the height."""
    if isinstance(part, Barrier):
        return _draw_barrier(slide, part, left, top, width - ICON_ROOM)
    return _draw_voice(slide, part, left, top, width - ICON_ROOM)


def _draw_barrier(slide: SlidePage, barrier: Barrier, left: float, top: float, room: float) -> float:
    canvas, theme, style = slide.canvas, slide.theme, slide.typography.strong
    y, x = top + style.px, left + ICON_ROOM
    canvas.icon("barrier", left + 20, y - 11, 42, theme.ink)
    count = slide.words("map.times", count=slide.words.number(barrier.n))
    taken = COUNT_GAP + canvas.text_width(count, style)
    lines = canvas.wrap_before(barrier.theme, style, room, taken, MOST_LINES)
    width = canvas.lines(x, y, lines, style, theme.ink)
    height = (len(lines) - 1) * style.line
    canvas.text(x + width + COUNT_GAP, y + height, count, style, theme.quiet)
    return style.px + height


def _draw_voice(slide: SlidePage, voice: Voice, left: float, top: float, room: float) -> float:
    canvas, theme, style = slide.canvas, slide.theme, slide.typography.quote
    y = top + style.px
    if voice.mood is None:
        canvas.box(Box(left + 16, y - 26, 6, 34), 3, theme.ghost)
    else:
        canvas.face(left + 20, y - 11, 20, voice.mood)
    text = quote_text(voice.text, slide.words)
    lines = canvas.paragraph(left + ICON_ROOM, y, text, style, theme.quiet, max_width=room, max_lines=MOST_LINES)
    return style.px + (lines - 1) * style.line
