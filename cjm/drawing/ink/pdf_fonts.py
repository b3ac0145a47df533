"""Fonts of a PDF: each cut that a picture uses, with its glyphs and the letters that they mean.

A code stands for a glyph *and* its letters: fonts draw the Latin and the Cyrillic "А" with one glyph, and a reader who
searches for a Russian word must find it.
"""

from collections.abc import Iterable

from cjm.drawing.ink.pdf_file import PdfFile, encode_utf16
from cjm.drawing.lettering.font_subsets import subset_glyphs
from cjm.drawing.lettering.shaping import Glyph, ShapedLine
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.primitives import Weight

_MOST_ENTRIES = 100  # of one block of a map of codes
_TO_UNICODE = """/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
{entries}endcmap CMapName currentdict /CMap defineresource pop end end"""


class PdfFont:
    """Cut of a typeface in the file.

    Codes of a TrueType font are given in the order of first use. Those of another are numbers of glyphs: there a code
    has the letters of its first use, and a line that means others says so.
    """

    def __init__(self, name: str, typeface: Typeface, weight: Weight, numbers: Iterable[int]) -> None:
        self.name = name
        self._typeface, self._weight = typeface, weight
        self._subset = subset_glyphs(typeface, weight, numbers)
        self._codes: dict[tuple[int, str], int] = {}
        self._glyphs: dict[int, tuple[int, str]] = {}
        self._advances: dict[int, int] = {}

    def code_of(self, glyph: Glyph) -> int:
        """Return the code that shows a glyph with its letters."""
        name = (glyph.number, glyph.text)
        if name not in self._codes:
            self._codes[name] = self._find_code(glyph)
            self._glyphs.setdefault(self._codes[name], name)
        return self._codes[name]

    def _find_code(self, glyph: Glyph) -> int:
        return self._subset.numbers[glyph.number] if self._subset.is_cff else len(self._codes) + 1

    def can_tell(self, glyph: Glyph) -> bool:
        """Return whether the glyph's code tells the letters that it means."""
        return bool(glyph.text) and self._glyphs[self.code_of(glyph)][1] == glyph.text

    def advance_of(self, glyph: Glyph) -> int:
        """Return the width of a glyph in thousandths of the size."""
        if glyph.number not in self._advances:
            font = self._typeface.open(self._weight)
            self._advances[glyph.number] = round(font.get_glyph_h_advance(glyph.number) * 1000 / font.face.upem)
        return self._advances[glyph.number]

    def add_to(self, file: PdfFile) -> int:
        """Add the font with the glyphs that were used; return its number."""
        name = f"TROPAX+{self.name}"
        descendant = self._add_descendant(file, name)
        meanings = file.add_stream("", self._list_meanings().encode())
        return file.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H"
            f" /DescendantFonts [{descendant} 0 R] /ToUnicode {meanings} 0 R >>"
        )

    def _add_descendant(self, file: PdfFile, name: str) -> int:
        subset = self._subset
        kind, entry = ("CIDFontType0", "FontFile3") if subset.is_cff else ("CIDFontType2", "FontFile2")
        details = "/Subtype /CIDFontType0C" if subset.is_cff else f"/Length1 {len(subset.data)}"
        program = file.add_stream(details, subset.data)
        up, down = round(subset.ascent), round(subset.descent)
        descriptor = file.add(
            f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [-1000 {down} 2000 {up}] /ItalicAngle 0"
            f" /Ascent {up} /Descent {down} /CapHeight 711 /StemV 80 /{entry} {program} 0 R >>"
        )
        widths = " ".join(f"{code} [{self._advances[number]}]" for code, (number, _) in sorted(self._glyphs.items()))
        places = "" if subset.is_cff else f" /CIDToGIDMap {file.add_stream('', self._list_numbers())} 0 R"
        return file.add(
            f"<< /Type /Font /Subtype /{kind} /BaseFont /{name} /FontDescriptor {descriptor} 0 R /DW 0 /W [{widths}]"
            f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>{places} >>"
        )

    def _list_numbers(self) -> bytes:
        """Return the number of the glyph of each code, two bytes each."""
        numbers = [0] * (max(self._glyphs) + 1)
        for code, (number, _) in self._glyphs.items():
            numbers[code] = self._subset.numbers[number]
        return b"".join(number.to_bytes(2, "big") for number in numbers)

    def _list_meanings(self) -> str:
        """Return the map from codes to letters."""
        lines = [f"<{code:04X}> <{encode_utf16(text)}>\n" for code, (_, text) in sorted(self._glyphs.items()) if text]
        blocks = [lines[i : i + _MOST_ENTRIES] for i in range(0, len(lines), _MOST_ENTRIES)]
        entries = "".join(f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n" for block in blocks)
        return _TO_UNICODE.format(entries=entries)


class PdfFonts:
    """Fonts of one file by typeface and weight, with the glyphs of all its lines."""

    def __init__(self, lines: Iterable[tuple[ShapedLine, Weight]]) -> None:
        numbers: dict[tuple[Typeface, Weight], set[int]] = {}
        for line, weight in lines:
            for glyph in line.glyphs:
                numbers.setdefault((glyph.typeface, weight), set()).add(glyph.number)
        self._fonts = {cut: PdfFont(f"F{i}", *cut, used) for i, (cut, used) in enumerate(numbers.items())}

    def find(self, typeface: Typeface, weight: Weight) -> PdfFont:
        """Return the font of a cut."""
        return self._fonts[typeface, weight]

    def add_to(self, file: PdfFile) -> str:
        """Add all fonts to the file; return them by name, as a page's resources list them."""
        return " ".join(f"/{font.name} {font.add_to(file)} 0 R" for font in self._fonts.values())
