"""SVG: a picture as a web page's drawing. Its texts stay texts, which can be searched, copied and read aloud.

Invariants:
* The file needs nothing from outside: the letters that it uses of each font are inside. It has no scripts and no links.
* Each part of a text stands where the layout measured it; a reader without these fonts squeezes its own to the width.
* Texts come after all shapes, grouped by the regions of the picture (its stages) in the order of reading.
* What people typed cannot end an element: it is escaped, and characters that XML forbids are left out.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from html import escape

from cjm.drawing.ink.parts import InkPart, list_band_steps, list_hatch_lines, list_parts
from cjm.drawing.ink.reading_order import group_texts
from cjm.drawing.lettering.font_subsets import subset_for_shaping
from cjm.drawing.lettering.shaping import EM, TextRun, shape_line
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.primitives import Band, Hatch, Logo, PathData, Picture, Shape, Stroke, TextLine, Weight
from cjm.drawing.theme import Theme

Cut = tuple[Typeface, Weight]
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" id="{name}" width="{width}" height="{height}"'
    ' viewBox="0 0 {width} {height}"'
    ' role="graphics-document document" aria-labelledby="{name}-title"'
    ' aria-describedby="{name}-description"{language}'
    ' font-weight="400" font-style="normal" text-rendering="geometricPrecision" xml:space="preserve">'
)


def render_svg(picture: Picture, theme: Theme) -> bytes:
    """Return the picture as an SVG file."""
    return "".join(_SvgWriter(picture, theme).list_elements()).encode()


class _SvgWriter:
    """Writer of one picture. Its ids and fonts have names of their own, so that a page can hold several pictures."""

    def __init__(self, picture: Picture, theme: Theme) -> None:
        self._picture = picture
        self._theme = theme
        self._parts = list(list_parts(picture, theme))
        self._name = "map-" + hashlib.sha256(repr((picture, theme)).encode("utf-8", "replace")).hexdigest()[:12]
        self._families: dict[Cut, str] = {}
        self._letters: dict[Cut, set[str]] = {}
        self._clips = 0

    def list_elements(self) -> Iterator[str]:
        """Yield the elements of the file; fonts stand before the texts that decide about them."""
        picture = self._picture
        shapes = [element for part in self._parts for element in self._draw_part(part)]
        texts = [self._write_group(title, lines) for title, lines in group_texts(picture)]
        language = f" xml:lang={_quote(picture.language)}" if picture.language else ""
        yield _HEAD.format(width=picture.width, height=picture.height, name=self._name, language=language)
        yield f'<title id="{self._name}-title">{_escape(picture.title)}</title>\n'
        yield f'<desc id="{self._name}-description">{_escape(picture.description)}</desc>\n'
        yield f"<style>#{self._name} text{{white-space:pre}}\n{''.join(self._embed_fonts())}</style>\n"
        yield f'<rect width="{picture.width}" height="{picture.height}" fill="{picture.paper}"/>\n'
        yield f'<g aria-hidden="true">\n{"".join(shapes)}</g>\n'
        yield from texts
        yield "</svg>\n"

    # ------------------------------------------------------------------ shapes

    def _draw_part(self, part: InkPart) -> Iterator[str]:
        match part:
            case Shape():
                yield _path(part.path, part.fill, part.stroke)
            case Band():
                for corners, colour in list_band_steps(part):
                    yield _path(PathData.polygon(corners), colour, None)
            case Hatch():
                yield from self._draw_hatch(part)
            case Logo():
                box, data = part.box, base64.b64encode(part.png).decode()
                place = f'x="{_number(box.x)}" y="{_number(box.y)}"'
                size = f'width="{_number(box.width)}" height="{_number(box.height)}"'
                yield f'<image {place} {size} href="data:image/png;base64,{data}"/>\n'

    def _draw_hatch(self, hatch: Hatch) -> Iterator[str]:
        self._clips += 1
        clip, outline = f"{self._name}-{self._clips}", _path_data(hatch.outline)
        yield f'<clipPath id="{clip}"><path d="{outline}"/></clipPath>\n'
        yield _path(hatch.outline, hatch.ground, None)
        lines = "".join(_path_data(PathData.line(ends)) for ends in list_hatch_lines(hatch))
        stroke = _stroke(Stroke(hatch.colour, hatch.width))
        yield f'<g clip-path="url(#{clip})"><path d="{lines}" fill="none"{stroke}/></g>\n'

    # ------------------------------------------------------------------ texts

    def _write_group(self, title: str, lines: Iterable[TextLine]) -> str:
        texts = "".join(element for line in lines for element in self._write_line(line))
        if not title:
            return f"<g>\n{texts}</g>\n"
        name = _quote(title)
        return f'<g role="group" aria-label={name}>\n{texts}</g>\n'

    def _write_line(self, line: TextLine) -> Iterator[str]:
        """Yield the line as one text, or as several where a part of it runs from right to left."""
        runs = sorted(shape_line(line.text, line.weight, self._theme.typeface).runs, key=lambda run: run.start)
        look = f'y="{_number(line.y)}" font-size="{_number(line.px)}" fill="{line.colour}"'
        if not any(run.is_right_to_left for run in runs):
            if parts := "".join(self._write_run("tspan", line, run) for run in runs):
                yield f"<text {look}>{parts}</text>\n"
            return
        for run in runs:
            yield self._write_run("text", line, run, look) + "\n"

    def _write_run(self, element: str, line: TextLine, run: TextRun, look: str = "") -> str:
        cut = (run.typeface, line.weight)
        family = self._families.setdefault(cut, f"{self._name}-{len(self._families)}")
        self._letters.setdefault(cut, set()).update(run.text)
        x, width = line.x + run.x * line.px / EM, run.width * line.px / EM
        direction = ' direction="rtl" unicode-bidi="bidi-override"' if run.is_right_to_left else ""
        left = x + width if run.is_right_to_left else x
        length = f' textLength="{_number(width)}" lengthAdjust="spacingAndGlyphs"' if width > 0 else ""
        start = f'<{element} x="{_number(left)}" {look}{direction} class="{family}"{length}>'
        return f"{start}{_escape(run.text)}</{element}>"

    def _embed_fonts(self) -> Iterator[str]:
        for (typeface, weight), family in self._families.items():
            letters = sorted(self._letters[typeface, weight])
            data = base64.b64encode(subset_for_shaping(typeface, weight, letters)).decode()
            yield f'@font-face{{font-family:"{family}";src:url(data:font/ttf;base64,{data})}}\n'
            yield f'.{family}{{font-family:"{family}",sans-serif}}\n'


def _escape(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text), quote=False)


def _quote(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes."""
    return f'"{escape(_FORBIDDEN.sub("", text))}"'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _path(path: PathData, fill: str | None, stroke: Stroke | None) -> str:
    return f'<path d="{_path_data(path)}" fill="{fill or "none"}"{_stroke(stroke) if stroke else ""}/>\n'


def _stroke(stroke: Stroke) -> str:
    ends = ' stroke-linecap="round" stroke-linejoin="round"' if stroke.round else ""
    dash = f' stroke-dasharray="{_number(stroke.dash[0])} {_number(stroke.dash[1])}"' if stroke.dash else ""
    return f' stroke="{stroke.colour}" stroke-width="{_number(stroke.width)}"{ends}{dash}'


def _path_data(path: PathData) -> str:
    """Return the path in SVG's letters: the three points of a curve follow one letter."""
    written: list[str] = []
    curve = 0
    for (x, y), verb in zip(path.points, path.verbs, strict=True):
        letter = "" if verb == "C" and curve % 3 else verb
        curve = curve + 1 if verb == "C" else 0
        written.append(letter if verb == "Z" else f"{letter}{_number(x)} {_number(y)}")
    return " ".join(written)
