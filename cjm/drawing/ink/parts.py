"""Parts: the items of a picture with its symbols and faces taken apart, so that no format has to know them."""

from collections.abc import Iterator

from cjm.drawing.primitives import Band, Face, Hatch, Icon, Item, Logo, Picture, Shape, TextLine
from cjm.drawing.shapes.faces import face_shapes
from cjm.drawing.shapes.symbols import icon_shapes
from cjm.drawing.theme import Theme

InkPart = TextLine | Shape | Band | Hatch | Logo


def list_parts(picture: Picture, theme: Theme) -> Iterator[InkPart]:
    """Yield everything that is drawn on the paper, in painter's order."""
    for item in picture.items:
        yield from _take_apart(item, theme)


def _take_apart(item: Item, theme: Theme) -> Iterator[InkPart]:
    if isinstance(item, Icon):
        yield from icon_shapes(item)
    elif isinstance(item, Face):
        yield from face_shapes(item, theme)
    else:
        yield item


def list_band_steps(band: Band) -> Iterator[tuple[tuple[tuple[float, float], ...], str]]:
    """Yield corners and colour of each step, drawn as far as the end of the next one: no seam shows between them."""
    last = len(band.edges) - 1
    for i, colour in enumerate(band.colours):
        a, b, c = band.edges[i], band.edges[i + 1], band.edges[min(i + 2, last)]
        yield (a[0], b[0], c[0], c[1], b[1], a[1]), colour


def list_hatch_lines(hatch: Hatch) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """Yield both ends of each slanted line; they are to be clipped to the outline."""
    box = hatch.box
    x = box.x - box.height
    while x < box.right:
        yield (x, box.bottom), (x + box.height, box.y)
        x += hatch.step
