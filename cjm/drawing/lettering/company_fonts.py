"""Company fonts: files of a typeface in its cuts, checked before anything is drawn with them.

A file's cut is the end of its name: "Acme-Bold.ttf". A cut without a file is drawn by the nearest one that has one;
letters that the font lacks are drawn by Roboto and Noto, as ever.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from cjm.drawing.lettering.font_subsets import subset_for_shaping, subset_glyphs
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.primitives import Weight
from cjm.errors import TropaError

MOST_BYTES = 20_000_000
_ENDINGS = (".ttf", ".otf")
_NEEDED = "0123456789%AZaz"
_EMBEDDED = "".join(map(chr, range(0x20, 0x530)))  # Latin, Greek and Cyrillic letters, with their signs
_MAY_NOT_BE_EMBEDDED = 0x0002
_INSTEAD = {
    Weight.REGULAR: (Weight.REGULAR,),
    Weight.MEDIUM: (Weight.MEDIUM, Weight.REGULAR),
    Weight.BOLD: (Weight.BOLD, Weight.MEDIUM, Weight.REGULAR),
    Weight.ITALIC: (Weight.ITALIC, Weight.REGULAR),
}


class FontError(TropaError):
    """The font cannot be used."""


def find_typeface_of_files(paths: Iterable[Path]) -> Typeface:
    """Return the typeface in these files and folders of files. Raises FontError."""
    files = [file for path in paths for file in _list_files(path)]
    found = {weight: file for file in files if (weight := _find_cut(file)) is not None}
    if Weight.REGULAR not in found:
        raise FontError("needs a file whose name ends in Regular.ttf or Regular.otf")
    for file in found.values():
        _check_font(file)
    cuts = ((weight, next(found[w] for w in choices if w in found)) for weight, choices in _INSTEAD.items())
    files_by_cut = tuple((weight, str(file.absolute())) for weight, file in cuts)
    typeface = Typeface("", found[Weight.REGULAR].name, is_cut=True, cuts=files_by_cut)
    for weight, file in found.items():
        _check_embedding(typeface, weight, file.name)
    return typeface


def _check_embedding(typeface: Typeface, weight: Weight, name: str) -> None:
    """Raise FontError for a damaged font: no part of it can be embedded, so that each SVG and PDF would fail."""
    try:
        subset_for_shaping(typeface, weight, _EMBEDDED)
        font = typeface.open(weight)
        subset_glyphs(typeface, weight, filter(None, (font.get_nominal_glyph(ord(letter)) for letter in _EMBEDDED)))
    except (RuntimeError, ValueError):  # what HarfBuzz raises, UnicodeDecodeError among it
        raise FontError(f"{name} is damaged: no part of it can be embedded in files, which SVG and PDF need") from None


def _list_files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.suffix.lower() in _ENDINGS)
    if not path.is_file() or path.suffix.lower() not in _ENDINGS:
        raise FontError(f"{path.name} is no folder and no file that ends in .ttf or .otf")
    return [path]


def _find_cut(file: Path) -> Weight | None:
    end = re.split(r"[-_ ]", file.stem)[-1].lower()
    return next((weight for weight in Weight if weight.lower() == end), None)


def _check_font(file: Path) -> None:
    import uharfbuzz as hb

    if file.stat().st_size > MOST_BYTES:
        raise FontError(f"{file.name} is larger than {MOST_BYTES // 1_000_000} MB")
    face = hb.Face(hb.Blob.from_file_path(str(file)))
    font = hb.Font(face)
    if not face.glyph_count or not all(font.get_nominal_glyph(ord(letter)) for letter in _NEEDED):
        raise FontError(f"{file.name} is no font with Latin letters and digits, or it is damaged")
    rights = face.reference_table("OS/2").data[8:10]
    if int.from_bytes(rights, "big") & 0x000F == _MAY_NOT_BE_EMBEDDED:
        raise FontError(f"{file.name} does not permit to be embedded in files, which SVG and PDF need")
