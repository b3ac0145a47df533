"""PNG: a picture as pixels, drawn with matplotlib, which no other module imports.

* Items are handed to a renderer of matplotlib as paths, without its figures and artists: to import those would take a
  quarter of the time before the first picture.
* Texts are the outlines of their glyphs, so their widths are those that were measured.
"""

import functools
from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, TransformedPath
from numpy.typing import NDArray
from PIL import Image

from cjm.drawing.ink import DPI
from cjm.drawing.ink.parts import InkPart, list_band_steps, list_hatch_lines, list_parts
from cjm.drawing.ink.png_file import Pixels, encode_png
from cjm.drawing.lettering.shaping import EM, outline_glyph, shape_line
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.primitives import Band, Hatch, Logo, PathData, Picture, Shape, Stroke, TextLine, Weight
from cjm.drawing.theme import Theme

_VERBS = {"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4, "Z": Path.CLOSEPOLY}

Points = NDArray[np.float64]
Codes = NDArray[np.uint8]


def draw_png(picture: Picture, theme: Theme) -> bytes:
    """Return the picture as a PNG."""
    make_renderer: Callable[[float, float, float], Any] = RendererAgg  # matplotlib does not type it
    renderer = make_renderer(picture.width, picture.height, DPI)
    _Ink(picture, theme, renderer).draw()
    pixels: Pixels = np.asarray(renderer.buffer_rgba())
    for item in picture.items:
        if isinstance(item, Logo):
            _paste_logo(pixels, item)
    return encode_png(pixels, DPI)  # nothing of a picture is transparent: each fourth byte is left out


def _paste_logo(pixels: Pixels, logo: Logo) -> None:
    """Paste the logo over everything: it stands alone on the paper."""
    width, height = max(1, round(logo.box.width)), max(1, round(logo.box.height))
    with Image.open(BytesIO(logo.png)) as file:
        shown = file.convert("RGBA").resize((width, height), Image.Resampling.LANCZOS)
    left, top = max(0, round(logo.box.x)), max(0, round(logo.box.y))
    place = pixels[top : top + height, left : left + width, :3]
    ground = Image.fromarray(place)
    ground.paste(shown, (0, 0), shown)
    place[:] = np.asarray(ground)


class _Ink:
    """Drawing of the items in their order, with a renderer of matplotlib, which has no types.

    A pixel of the layout is a pixel of the renderer; y is counted from the top.
    """

    def __init__(self, picture: Picture, theme: Theme, renderer: Any) -> None:
        self._picture = picture
        self._theme = theme
        self._renderer = renderer
        self._clips: list[TransformedPath] = []
        self._points_a_pixel = 72 / DPI
        self._down = Affine2D().scale(1, -1).translate(0, picture.height)

    def draw(self) -> None:
        """Draw the paper, then the items."""
        width, height = self._picture.width, self._picture.height
        # Beyond the edges: a paper that ends on them would leave half of their pixels transparent.
        corners = ((-1, -1), (width + 1, -1), (width + 1, height + 1), (-1, height + 1))
        self._draw_path(_matplotlib_path(PathData.polygon(corners)), self._picture.paper, None)
        for part in list_parts(self._picture, self._theme):
            self._draw_part(part)

    def _draw_part(self, part: InkPart) -> None:
        match part:
            case TextLine():
                self._draw_text(part)
            case Shape():
                self._draw_path(_matplotlib_path(part.path), part.fill, part.stroke)
            case Band():
                self._draw_band(part)
            case Hatch():
                self._draw_hatch(part)
            case Logo():
                """A renderer of paths does not draw it."""

    def _draw_text(self, item: TextLine) -> None:
        points, codes = _line_outline(item.text, item.weight, self._theme.typeface)
        if len(points):
            scale = item.px / EM
            outline = Path(points * (scale, -scale) + (item.x, item.y), codes)
            self._draw_path(outline, item.colour, None)

    def _draw_band(self, item: Band) -> None:
        """Draw all steps of a band in one call: to prepare a call takes longer than to paint a step."""
        corners, colours = zip(*list_band_steps(item), strict=True)
        paths = [Path(np.array((*each, each[0]))) for each in corners]
        fills = np.array([to_rgba(colour) for colour in colours])
        no_turns, no_shifts, no_edges, no_widths = (np.empty((0, *shape)) for shape in ((3, 3), (2,), (4,), ()))
        places = (self._down, paths, no_turns, no_shifts, self._down)
        looks: tuple[Any, ...] = (fills, no_edges, no_widths, [], np.array([True]), [], "screen")
        self._renderer.draw_path_collection(self._new_context(), *places, *looks)

    def _draw_hatch(self, item: Hatch) -> None:
        outline = _matplotlib_path(item.outline)
        self._draw_path(outline, item.ground, None)
        points = np.array(list(list_hatch_lines(item))).reshape(-1, 2)
        codes = np.tile(np.array((Path.MOVETO, Path.LINETO), np.uint8), len(points) // 2)
        self._draw_path(Path(points, codes), None, Stroke(item.colour, item.width), clip=outline)

    def _draw_path(self, outline: Path, fill: str | None, stroke: Stroke | None, clip: Path | None = None) -> None:
        context = self._new_context()
        if stroke is not None:
            self._set_stroke(context, stroke)
        if clip is not None:
            # Agg knows its last clip by its address: one that was freed could be taken for the next.
            self._clips.append(TransformedPath(clip, self._down))
            context.set_clip_path(self._clips[-1])
        self._renderer.draw_path(context, outline, self._down, to_rgba(fill) if fill else None)
        context.restore()

    def _new_context(self) -> GraphicsContextBase:
        context: GraphicsContextBase = self._renderer.new_gc()
        context.set_snap(False)  # an edge stays where the layout put it
        context.set_linewidth(0.0)
        return context

    def _set_stroke(self, context: GraphicsContextBase, stroke: Stroke) -> None:
        context.set_foreground(stroke.colour)
        context.set_linewidth(stroke.width * self._points_a_pixel)
        context.set_capstyle("round" if stroke.round else "butt")
        context.set_joinstyle("round" if stroke.round else "miter")
        if stroke.dash is not None:
            context.set_dashes(0, [length * self._points_a_pixel for length in stroke.dash])


def _matplotlib_path(path: PathData) -> Path:
    return Path(np.array(path.points), _verb_codes(path.verbs))


@functools.lru_cache(1024)
def _verb_codes(verbs: str) -> Codes:
    return np.array([_VERBS[verb] for verb in verbs], np.uint8)


# ---------------------------------------------------------------------- glyphs


@functools.lru_cache(8192)
def _glyph_outline(typeface: Typeface, number: int, weight: Weight) -> tuple[Points, Codes]:
    """Return points and verbs of a glyph at EM; both are empty for a space."""
    path = outline_glyph(typeface, number, weight)
    return np.array(path.points, float).reshape(-1, 2), _verb_codes(path.verbs)


def _line_outline(text: str, weight: Weight, main: Typeface) -> tuple[Points, Codes]:
    """Return the glyphs of a line as one path at EM."""
    glyphs = shape_line(text, weight, main).glyphs
    outlines = [_glyph_outline(glyph.typeface, glyph.number, weight) for glyph in glyphs]
    if not outlines:
        return np.zeros((0, 2)), np.zeros(0, np.uint8)
    # All glyphs are moved to their places at once: one by one would take longer than to paint them.
    places = np.repeat([(glyph.x, glyph.y) for glyph in glyphs], [len(codes) for _, codes in outlines], axis=0)
    return np.concatenate([points for points, _ in outlines]) + places, np.concatenate([c for _, c in outlines])
