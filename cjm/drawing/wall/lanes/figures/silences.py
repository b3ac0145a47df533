"""The lane of silence: what became of the questions about a stage."""

from cjm.drawing.captions import keep_together
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.cells import Cell, draw_cells
from cjm.drawing.wall.page import WallLayout


def has_silences(presentation: MapPresentation) -> bool:
    return any(stage.figures.silence.delivered for stage in presentation.stages)


def draw_silences(wall: WallLayout, top: float, name_bottom: float) -> float:
    """Draw the outcomes of each stage's questions; return where the next lane begins."""
    return draw_cells(wall, top, name_bottom, _write_silence)


def _write_silence(cell: Cell) -> None:
    """Write how many were asked, a bar with the share that answered, then each outcome with its count."""
    silence, wall, words = cell.stage.figures.silence, cell.wall, cell.wall.words
    if not silence.delivered:
        return
    cell.compare(words("asked.silence.delivered"), words.number(silence.delivered))
    if silence.answered is not None:
        cell.draw_bar(((silence.answered / silence.delivered, wall.theme.structure),), indent=0, above=7)
    outcomes = ("answered", silence.answered), ("declined", silence.declined), ("expired", silence.expired)
    texts = [keep_together(f"{words(f'asked.silence.{name}')}: {words.number(n)}") for name, n in outcomes if n]
    cell.write_detail(" · ".join(texts), indent=0)
