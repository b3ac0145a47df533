"""PDF: a picture as one page of vectors. Its texts can be searched and copied.

Invariants:
* A page is as large as its picture, at the resolution that a PNG names; the file holds no date, so the same picture
  gives the same bytes.
* Each glyph stands where the layout measured it, and tells which letters it means. A line in which one does not, as
  marks of Indic scripts, tells them as a whole; but one from right to left, which readers turn around themselves.
"""

import hashlib
from collections.abc import Iterator
from itertools import groupby

from cjm.drawing.ink import DPI
from cjm.drawing.ink.parts import InkPart, list_band_steps, list_hatch_lines, list_parts
from cjm.drawing.ink.pdf_file import PdfFile, write_text_string
from cjm.drawing.ink.pdf_fonts import PdfFonts
from cjm.drawing.ink.pdf_images import add_image
from cjm.drawing.ink.reading_order import group_texts
from cjm.drawing.lettering.shaping import EM, Glyph, shape_line
from cjm.drawing.primitives import Band, Hatch, Logo, PathData, Picture, Shape, Stroke, TextLine
from cjm.drawing.theme import Theme, rgb

_VERBS = {"M": "m", "L": "l"}
_MITRE = "4 M"  # how far a sharp corner may reach: as far as in a PNG


def render_pdf(picture: Picture, theme: Theme) -> bytes:
    """Return the picture as a PDF file."""
    file = PdfFile()
    lines = ((shape_line(line.text, line.weight, theme.typeface), line.weight) for line in picture.texts)
    fonts, images = PdfFonts(lines), dict[str, int]()
    page = _PageWriter(file, fonts, images, theme)
    content = "\n".join(page.list_operators(picture)).encode("latin-1")
    scale = 72 / DPI
    catalog, pages, sheet = file.reserve(), file.reserve(), file.reserve()
    stream = file.add_stream("", content)
    named_images = " ".join(f"/{name} {number} 0 R" for name, number in images.items())
    resources = f"<< /Font << {fonts.add_to(file)} >> /XObject << {named_images} >> >>"
    box = f"[0 0 {picture.width * scale:.2f} {picture.height * scale:.2f}]"
    file.set(
        sheet, f"<< /Type /Page /Parent {pages} 0 R /MediaBox {box} /Resources {resources} /Contents {stream} 0 R >>"
    )
    file.set(pages, f"<< /Type /Pages /Kids [{sheet} 0 R] /Count 1 >>")
    language = f" /Lang {write_text_string(picture.language)}" if picture.language else ""
    file.set(
        catalog, f"<< /Type /Catalog /Pages {pages} 0 R /ViewerPreferences << /DisplayDocTitle true >>{language} >>"
    )
    about = f" /Subject {write_text_string(picture.description)}" if picture.description else ""
    info = file.add(f"<< /Title {write_text_string(picture.title)}{about} /Creator (Tropa) >>")
    return file.to_bytes(catalog, info)


class _PageWriter:
    """Writer of a page's operators. Its coordinates are those of the picture: y grows downwards."""

    def __init__(self, file: PdfFile, fonts: PdfFonts, images: dict[str, int], theme: Theme) -> None:
        self._file, self._fonts, self._images, self._theme = file, fonts, images, theme

    def list_operators(self, picture: Picture) -> Iterator[str]:
        """Yield the operators of the paper, the shapes, and the texts in the order of reading."""
        scale = 72 / DPI
        yield f"{scale:.4f} 0 0 {-scale:.4f} 0 {picture.height * scale:.4f} cm {_MITRE}"
        yield f"{_colour(picture.paper)} rg 0 0 {picture.width} {picture.height} re f"
        for part in list_parts(picture, self._theme):
            yield from self._draw_part(part)
        for _, lines in group_texts(picture):
            for line in lines:
                yield from self._write_line(line)

    def _draw_part(self, part: InkPart) -> Iterator[str]:
        match part:
            case Shape():
                yield _paint(part.path, part.fill, part.stroke)
            case Band():
                for corners, colour in list_band_steps(part):
                    yield _paint(PathData.polygon(corners), colour, None)
            case Hatch():
                yield from _draw_hatch(part)
            case Logo():
                yield self._draw_logo(part)

    def _draw_logo(self, logo: Logo) -> str:
        name = "Im" + hashlib.sha256(logo.png).hexdigest()[:8]
        if name not in self._images:
            self._images[name] = add_image(self._file, logo.png)
        box = logo.box
        matrix = f"{_number(box.width)} 0 0 {_number(-box.height)} {_number(box.x)} {_number(box.bottom)}"
        return f"q {matrix} cm /{name} Do Q"

    def _write_line(self, line: TextLine) -> Iterator[str]:
        shaped = shape_line(line.text, line.weight, self._theme.typeface)
        if not shaped.glyphs:
            return
        is_plain = any(run.is_right_to_left for run in shaped.runs)
        is_plain = is_plain or all(self._fonts.find(g.typeface, line.weight).can_tell(g) for g in shaped.glyphs)
        yield "BT" if is_plain else f"/Span << /ActualText {write_text_string(line.text)} >> BDC BT"
        yield f"{_colour(line.colour)} rg"
        for (_, y), glyphs in groupby(shaped.glyphs, key=lambda glyph: (glyph.typeface, glyph.y)):
            yield self._show_glyphs(line, y, list(glyphs))
        yield "ET" if is_plain else "ET EMC"

    def _show_glyphs(self, line: TextLine, up: float, glyphs: list[Glyph]) -> str:
        """Return the operators of glyphs on one baseline; the distance to the next one corrects its own width."""
        font = self._fonts.find(glyphs[0].typeface, line.weight)
        unit = line.px / EM
        x, y = line.x + glyphs[0].x * unit, line.y - up * unit
        shown, at = "", glyphs[0].x
        for glyph in glyphs:
            back = round((at - glyph.x) * 1000 / EM)
            shown += (f">{back}<" if back else "") + f"{font.code_of(glyph):04X}"
            at += (font.advance_of(glyph) - back) * EM / 1000
        place = f"{_number(line.px)} 0 0 {_number(-line.px)} {_number(x)} {_number(y)} Tm"
        return f"/{font.name} 1 Tf {place} [<{shown}>] TJ"


def _draw_hatch(hatch: Hatch) -> Iterator[str]:
    yield _paint(hatch.outline, hatch.ground, None)
    lines = " ".join(_path_operators(PathData.line(ends)) for ends in list_hatch_lines(hatch))
    yield f"q {_path_operators(hatch.outline)} W n {_stroke(Stroke(hatch.colour, hatch.width))} {lines} S Q"


def _paint(path: PathData, fill: str | None, stroke: Stroke | None) -> str:
    operator = "B" if fill and stroke else "f" if fill else "S"
    colour = f"{_colour(fill)} rg " if fill else ""
    return f"{colour}{_stroke(stroke) if stroke else ''} {_path_operators(path)} {operator}"


def _stroke(stroke: Stroke) -> str:
    end, corner = (1, 1) if stroke.round else (0, 0)
    dash = f"{_number(stroke.dash[0])} {_number(stroke.dash[1])}" if stroke.dash else ""
    return f"{_colour(stroke.colour)} RG {_number(stroke.width)} w {end} J {corner} j [{dash}] 0 d"


def _path_operators(path: PathData) -> str:
    written: list[str] = []
    curve = 0
    for (x, y), verb in zip(path.points, path.verbs, strict=True):
        if verb == "Z":
            written.append("h")
            continue
        curve = curve + 1 if verb == "C" else 0
        operator = _VERBS.get(verb) or ("" if curve % 3 else "c")
        written.append(f"{_number(x)} {_number(y)} {operator}")
    return " ".join(written)


def _colour(colour: str) -> str:
    return " ".join(f"{part / 255:.4f}" for part in rgb(colour))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
