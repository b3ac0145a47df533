"""Ink: drawing a picture's items with matplotlib, which no other module imports.

* The whole picture is one artist on one figure: an item costs its paths and no artist of its own, and every backend of
  matplotlib can draw it.
* Texts are the outlines of their glyphs, so their widths are those that were measured.
"""

import functools
from collections.abc import Callable
from importlib.resources import files
from io import BytesIO

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, TransformedPath
from numpy.typing import NDArray

from cjm.drawing.faces import face_shapes
from cjm.drawing.primitives import Band, Face, Hatch, Icon, Item, PathData, Picture, Shape, Stroke, TextLine, Weight
from cjm.drawing.symbols import icon_shapes
from cjm.drawing.theme import Theme

DPI = 100
EM = 100  # pixels: glyphs are loaded at this size and scaled
THIN_SPACES = {"\u2009": 0.19, "\u202f": 0.19, "\u200a": 0.1, "\u2003": 1.0, "\u2002": 0.5}
SPACE = 0.25  # em, of any other space that the typeface lacks
_VERBS = {"M": Path.MOVETO, "L": Path.LINETO, "C": Path.CURVE4, "Z": Path.CLOSEPOLY}

Points = NDArray[np.float64]
Codes = NDArray[np.uint8]
_NO_POINTS: Points = np.zeros((0, 2))
_NO_CODES: Codes = np.zeros(0, np.uint8)


def measure_text(text: str, px: float, weight: Weight) -> float:
    """Return the width of a text in pixels."""
    return _text_outline(text, weight)[2] * px / EM


def render_png(picture: Picture, theme: Theme) -> bytes:
    """Return the picture as a PNG; the same picture gives the same bytes."""
    canvas = FigureCanvasAgg(_make_figure(picture, theme))
    file = BytesIO()
    print_png: Callable[..., None] = canvas.print_png  # matplotlib does not type it
    print_png(file, metadata={"Software": None})  # its version would change the bytes
    return file.getvalue()


def _make_figure(picture: Picture, theme: Theme) -> Figure:
    figure = Figure(figsize=(picture.width / DPI, picture.height / DPI), dpi=DPI, facecolor=picture.paper)
    figure.add_artist(_Ink(picture, theme))
    return figure


class _Ink(Artist):
    """Artist that draws the items in their order.

    A pixel of the layout is a pixel of the figure; y is counted from the top.
    """

    def __init__(self, picture: Picture, theme: Theme) -> None:
        super().__init__()
        self._picture = picture
        self._theme = theme

    def draw(self, renderer: RendererBase) -> None:
        self._renderer = renderer
        self._clips: list[TransformedPath] = []
        self._points_a_pixel = 72 / DPI
        self._down = Affine2D().scale(1, -1).translate(0, self._picture.height)
        for item in self._picture.items:
            self._draw_item(item)

    def _draw_item(self, item: Item) -> None:
        match item:
            case TextLine():
                self._draw_text(item)
            case Shape():
                self._draw_shape(item)
            case Icon():
                for shape in icon_shapes(item):
                    self._draw_shape(shape)
            case Face():
                for part in face_shapes(item, self._theme):
                    self._draw_item(part)
            case Band():
                self._draw_band(item)
            case Hatch():
                self._draw_hatch(item)

    def _draw_text(self, item: TextLine) -> None:
        points, codes, _ = _text_outline(item.text, item.weight)
        if len(points):
            scale = item.px / EM
            outline = Path(points * (scale, -scale) + (item.x, item.y), codes)
            self._draw_path(outline, item.colour, None)

    def _draw_shape(self, item: Shape) -> None:
        self._draw_path(_matplotlib_path(item.path), item.fill, item.stroke)

    def _draw_band(self, item: Band) -> None:
        """Draw each step as far as the end of the next one, so that no seam shows between them."""
        last = len(item.edges) - 1
        for i, colour in enumerate(item.colours):
            a, b, c = item.edges[i], item.edges[i + 1], item.edges[min(i + 2, last)]
            points = np.array((a[0], b[0], c[0], c[1], b[1], a[1], a[0]))
            self._draw_path(Path(points), colour, None)

    def _draw_hatch(self, item: Hatch) -> None:
        outline = _matplotlib_path(item.outline)
        self._draw_path(outline, item.ground, None)
        box = item.box
        starts = np.arange(box.x - box.height, box.right, item.step)
        points = np.empty((2 * len(starts), 2))
        points[0::2] = np.c_[starts, np.full(len(starts), box.bottom)]
        points[1::2] = np.c_[starts + box.height, np.full(len(starts), box.y)]
        codes = np.tile(np.array((Path.MOVETO, Path.LINETO), np.uint8), len(starts))
        self._draw_path(Path(points, codes), None, Stroke(item.colour, item.width), clip=outline)

    def _draw_path(self, outline: Path, fill: str | None, stroke: Stroke | None, clip: Path | None = None) -> None:
        context = self._renderer.new_gc()
        context.set_snap(False)  # an edge stays where the layout put it
        context.set_linewidth(0.0)
        if stroke is not None:
            self._set_stroke(context, stroke)
        if clip is not None:
            # Agg knows its last clip by its address: one that was freed could be taken for the next.
            self._clips.append(TransformedPath(clip, self._down))
            context.set_clip_path(self._clips[-1])
        self._renderer.draw_path(context, outline, self._down, to_rgba(fill) if fill else None)
        context.restore()

    def _set_stroke(self, context: GraphicsContextBase, stroke: Stroke) -> None:
        context.set_foreground(stroke.colour)
        context.set_linewidth(stroke.width * self._points_a_pixel)
        context.set_capstyle("round" if stroke.round else "butt")
        context.set_joinstyle("round" if stroke.round else "miter")
        if stroke.dash is not None:
            context.set_dashes(0, [length * self._points_a_pixel for length in stroke.dash])


def _matplotlib_path(path: PathData) -> Path:
    return Path(np.array(path.points), np.array([_VERBS[verb] for verb in path.verbs], np.uint8))


# ---------------------------------------------------------------------- glyphs


@functools.cache
def _typeface(weight: Weight) -> FT2Font:
    typeface = FT2Font(str(files("font_roboto") / "files" / f"Roboto-{weight}.ttf"))
    typeface.set_size(EM, 72)
    return typeface


@functools.lru_cache(4096)
def _glyph(letter: str, weight: Weight) -> tuple[Points, Codes, float]:
    """Return outline, verbs and advance of a letter at EM."""
    if letter in THIN_SPACES:
        return _NO_POINTS, _NO_CODES, THIN_SPACES[letter] * EM
    typeface = _typeface(weight)
    if not typeface.get_char_index(ord(letter)):
        return (_NO_POINTS, _NO_CODES, SPACE * EM) if letter.isspace() else _missing_glyph()
    advance = typeface.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536
    points, codes = typeface.get_path()
    return np.asarray(points, float), np.asarray(codes, np.uint8), advance


def _missing_glyph() -> tuple[Points, Codes, float]:
    """Return an empty box, for a letter that the typeface does not have."""
    outer = ((8, 0), (8, 70), (52, 70), (52, 0), (8, 0))
    inner = ((14, 6), (46, 6), (46, 64), (14, 64), (14, 6))
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return np.array((*outer, *inner), float), np.array(codes * 2, np.uint8), 60.0


@functools.lru_cache(4096)
def _text_outline(text: str, weight: Weight) -> tuple[Points, Codes, float]:
    """Return the glyphs of a text as one path at EM, and its advance. The typeface has no kerning for FreeType."""
    at = 0.0
    points: list[Points] = []
    codes: list[Codes] = []
    for letter in text:
        outline, verbs, advance = _glyph(letter, weight)
        if len(outline):
            points.append(outline + np.array((at, 0.0)))
            codes.append(verbs)
        at += advance
    if not points:
        return _NO_POINTS, _NO_CODES, at
    return np.concatenate(points), np.concatenate(codes), at
