"""The chevrons at the top of the wall: a stage each, with the share that went on at their joints."""

from cjm.drawing.canvas import Align
from cjm.drawing.captions import visitors_text
from cjm.drawing.presentation import StagePresentation, present_score
from cjm.drawing.primitives import Box, Layer, PathData, Shape, Stroke
from cjm.drawing.theme import FontStyle
from cjm.drawing.wall.page import GAP, WallLayout

TIP = 16  # of a chevron, and as deep a notch in the next one


def draw_chevrons(wall: WallLayout, top: float) -> float:
    """Draw the stages with how many entered them, and on each joint the share that went on."""
    # All but a row's first title start behind the notch and the share that went on, which stand on the joint.
    insets = [(38 if wall.first else 22) if i == 0 else 58 for i in range(len(wall.stages))]
    titles = [
        _title_lines(wall, stage, wall.columns.column_width - inset - 10)
        for stage, inset in zip(wall.stages, insets, strict=True)
    ]
    counts = [
        _visitors_line(wall, stage, wall.columns.column_width - insets[i] - 10) for i, stage in enumerate(wall.stages)
    ]
    has_counts = any(counts)
    deepest = max((len(lines) * style.line for lines, style in titles), default=0)
    height = 26 + deepest + (24 if has_counts else 0)
    for i, (stage, (lines, style)) in enumerate(zip(wall.stages, titles, strict=True)):
        x = wall.columns.left_edge(i)
        fill, ink = _colours(wall, stage)
        wall.canvas.add(Shape(_chevron_path(wall, i, top, height), fill), layer=Layer.GROUND)
        y = top + (height - len(lines) * style.line - (24 if has_counts else 0)) / 2 + 0.93 * style.px
        wall.canvas.lines(x + insets[i], y, lines, style, ink)
        if has_counts:
            y += (len(lines) - 1) * style.line + 26
            wall.canvas.text(x + insets[i], y, counts[i], wall.typography.small, ink)
        if i + 1 < len(wall.stages):
            _draw_conversion(wall, stage, wall.columns.left_edge(i + 1) - 3 + TIP, top + height / 2)
        elif wall.is_continued:  # the joint to the first stage of the next row
            _draw_conversion(wall, stage, wall.columns.right_edge(i) + TIP - 4, top + height / 2)
    return top + height


def _visitors_line(wall: WallLayout, stage: StagePresentation, room: float) -> str:
    """Return how many people came, and how often they walked in where there is room for both."""
    people, walks = visitors_text(wall.presentation, stage, wall.words)
    both, style = f"{people} · {walks}" if walks else people, wall.typography.small
    if wall.canvas.text_width(both, style) <= room:
        return both
    return wall.canvas.fit(people, style, room)


def _title_lines(wall: WallLayout, stage: StagePresentation, room: float) -> tuple[list[str], FontStyle]:
    """Return the title in at most two large lines, or in more smaller ones."""
    style = wall.typography.stage
    if len(wall.canvas.wrap(stage.figures.title, style, room, 3)) > 2:
        style = wall.typography.stage_long
    return wall.canvas.wrap_title(stage.figures.title, style, room, 4), style


def _colours(wall: WallLayout, stage: StagePresentation) -> tuple[str, str]:
    """Return fill and text colour; on a map without answers all stages are equal, not "not judged"."""
    theme = wall.theme
    if stage.is_weakest:
        return theme.accent, theme.on_structure
    if stage.headline.is_judged or wall.whole.is_empty:
        return theme.structure, theme.on_structure
    return theme.dim, theme.on_grey


def _chevron_path(wall: WallLayout, i: int, top: float, height: float) -> PathData:
    left, bottom, middle = wall.columns.left_edge(i), top + height, top + height / 2
    ends_row = i == len(wall.stages) - 1
    # 7 px of paper stay between two chevrons, so that stages are seen as steps and not as one bar.
    right = wall.columns.right_edge(i) + (0 if ends_row else GAP - 7)
    notch = TIP if wall.first + i else 0
    tip = 0 if ends_row and not wall.is_continued else TIP
    return PathData.polygon(
        ((left, top), (right, top), (right + tip, middle), (right, bottom), (left, bottom), (left + notch, middle))
    )


def _draw_conversion(wall: WallLayout, stage: StagePresentation, x: float, y: float) -> None:
    """Draw the share that went on, centred at (x, y) on the joint to the next stage."""
    conversion = present_score(stage.figures.conversion)
    if not conversion.is_visible:
        return
    theme, style = wall.theme, wall.typography.small_strong
    text = wall.words.percent(conversion.value / 100)
    width = wall.canvas.text_width(text, style) + 20
    wall.canvas.box(Box(x - width / 2, y - 14, width, 28), 14, theme.card, Stroke(theme.rule, 1.2))
    colour = theme.ink if conversion.is_judged else theme.on_grey
    wall.canvas.text(x, y + 5.5, text, style, colour, align=Align.CENTRE)
