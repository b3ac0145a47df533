"""Poster with a QR code: a page of A4 for a wall or a counter.

A scan of the code opens the link; below it stands what to write, and to which bot, without a camera. The code is drawn
as it is read best: black on white, with a margin of four modules, in every theme.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from cjm.drawing.canvas import Align, Canvas
from cjm.drawing.choices import PictureFormat
from cjm.drawing.primitives import Box, PathData, Picture, Shape, Weight
from cjm.drawing.theme import FontStyle, Theme
from cjm.drawing.themes import PRINT
from cjm.drawing.typeset import TextMeasure

WIDTH, HEIGHT = 827, 1169  # A4 at 100 pixels an inch
_MARGIN, _FOOT = 70, 70
_QUIET_MODULES = 4  # of white around a code, or readers do not find it
_BLACK, _WHITE = "#000000", "#FFFFFF"
_TITLE, _TEXT = FontStyle(46, Weight.BOLD, 1.15), FontStyle(22)
_LETTERS, _COMMAND, _PLACE = FontStyle(17), FontStyle(20, Weight.BOLD), FontStyle(13)


@dataclass(frozen=True, slots=True)
class PosterWords:
    """Words of a poster in one language: a question as its title, how to scan, and what to do without a camera."""

    language: str
    title: str
    text: str
    letters: str


@dataclass(frozen=True, slots=True)
class PosterContent:
    """Content of a poster: its link, its words in each language, what to write instead, and where it hangs."""

    link: str
    words: Sequence[PosterWords]
    command: str
    place: str


def draw_poster(content: PosterContent, form: PictureFormat, theme: Theme = PRINT) -> bytes:
    """Return the poster as a file of this format; by default on white paper, as it is printed."""
    from cjm.drawing import ink

    return ink.render_picture(lay_out_poster(content, ink.make_measure(theme), theme), theme, form)


def lay_out_poster(content: PosterContent, measure: TextMeasure, theme: Theme) -> Picture:
    """Place everything of the poster: titles, the code in the middle, and letters below it."""
    canvas = Canvas(measure, theme, content.words[0].language)
    y = float(_MARGIN)
    for words in content.words:
        y = _centre(canvas, y, words.title, _TITLE, theme.ink)
        y = _centre(canvas, y, words.text, _TEXT, theme.quiet) + 14
    letters = len(content.words) * _LETTERS.line + _COMMAND.line + 30
    side = min(WIDTH - 2 * _MARGIN, HEIGHT - _FOOT - letters - y)
    _draw_code(canvas, Box((WIDTH - side) / 2, y, side, side), content.link)
    y += side + 14
    for words in content.words:
        y = _centre(canvas, y, words.letters, _LETTERS, theme.quiet)
    _centre(canvas, y + 6, content.command, _COMMAND, theme.ink)
    _centre(canvas, HEIGHT - 46, content.place, _PLACE, theme.quiet)
    return canvas.to_picture(WIDTH, HEIGHT)


def _centre(canvas: Canvas, y: float, text: str, style: FontStyle, colour: str) -> float:
    """Place a text of two lines at most in the middle; return where the next one begins."""
    for line in canvas.wrap_title(text, style, WIDTH - 2 * _MARGIN, max_lines=2):
        canvas.text(WIDTH / 2, y + style.px, line, style, colour, align=Align.CENTRE)
        y += style.line
    return y


def _draw_code(canvas: Canvas, box: Box, link: str) -> None:
    rows = [list(row) for row in segno.make(link, error="m", micro=False).matrix]
    # Whole pixels: between modules that end in the middle of one a hairline would show.
    size = int(box.width / (len(rows) + 2 * _QUIET_MODULES))
    left, top = (round(start + (box.width - size * len(rows)) / 2) for start in (box.x, box.y))
    canvas.add(Shape(_rectangle(box), _WHITE))
    for y, row in enumerate(rows):
        for start, end in _list_runs(row):
            run = Box(left + start * size, top + y * size, (end - start) * size, size)
            canvas.add(Shape(_rectangle(run), _BLACK))


def _rectangle(box: Box) -> PathData:
    return PathData.polygon(((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)))


def _list_runs(row: Sequence[int]) -> list[tuple[int, int]]:
    """Return the runs of dark modules in a row: each from a place up to another."""
    edges = [place for place in range(len(row) + 1) if bool([0, *row][place]) != bool([*row, 0][place])]
    return list(zip(edges[::2], edges[1::2], strict=True))
