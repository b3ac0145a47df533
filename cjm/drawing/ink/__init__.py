"""Ink: a picture's items become a file. PNG, SVG and PDF show the same items at the same places.

* Each format has a module of its own, which is imported by its first picture: PNG alone needs matplotlib.
* Texts are placed glyph by glyph as they were measured. In PNG they are outlines; in SVG and PDF they stay texts, with
  the glyphs that they need of their fonts inside the file.
* The same picture gives the same bytes.
"""

from typing import TYPE_CHECKING

from cjm.drawing.choices import PictureFormat
from cjm.drawing.lettering.shaping import EM, measure_line
from cjm.drawing.primitives import Picture, Weight

if TYPE_CHECKING:
    from cjm.drawing.theme import Theme
    from cjm.drawing.typeset import TextMeasure

DPI = 100  # of a printed picture: a wall of 1920 pixels is as wide as a sheet of A2 is high


def measure_text(text: str, px: float, weight: Weight) -> float:
    """Return the width of a text in pixels."""
    return measure_line(text, weight) * px / EM


def make_measure(theme: "Theme") -> "TextMeasure":
    """Return the function that measures texts in the theme's typeface."""

    def measure(text: str, px: float, weight: Weight) -> float:
        return measure_line(text, weight, theme.typeface) * px / EM

    return measure


def render_picture(picture: Picture, theme: "Theme", form: PictureFormat) -> bytes:
    """Return the picture as a file of this format."""
    if form is PictureFormat.SVG:
        from cjm.drawing.ink.svg import render_svg

        return render_svg(picture, theme)
    if form is PictureFormat.PDF:
        from cjm.drawing.ink.pdf import render_pdf

        return render_pdf(picture, theme)
    return render_png(picture, theme)


def render_png(picture: Picture, theme: "Theme") -> bytes:
    """Return the picture as a PNG."""
    from cjm.drawing.ink.png import draw_png

    return draw_png(picture, theme)
