"""Typefaces: the fonts that draw letters, and the first of them that has a letter.

Invariants:
* Roboto draws Latin, Greek and Cyrillic in four cuts. Noto draws the other scripts, upright, as heavy as Roboto.
* A cluster is drawn by the first typeface that has all of its characters; emoji are outlines, too.
* Fonts are opened when a text needs them: a map in Latin letters opens one. Importing this module opens none.
"""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from cjm.drawing.lettering.clusters import EMOJI_LOOK, IGNORABLE
from cjm.drawing.primitives import Weight

AXIS_WEIGHTS = {Weight.REGULAR: 400, Weight.MEDIUM: 500, Weight.BOLD: 700, Weight.ITALIC: 400}
_SCRIPTS = (
    *("", "Arabic", "Hebrew", "Devanagari", "Thai", "Bengali", "Tamil", "Telugu", "Georgian", "Armenian"),
    *("Ethiopic", "Gujarati", "Gurmukhi", "Kannada", "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala"),
)
# Latin, Greek, Cyrillic, signs, arrows: their letters run from left to right, and each stands alone.
_PLAIN_BLOCKS = (range(0x20, 0x0590), range(0x1E00, 0x2200))
_NOT_PLAIN = ("C", "M", "Zl", "Zp")  # Unicode's categories: controls, marks, ends of lines and of paragraphs
_EMOJI_BLOCKS = range(0x1F000, 0x1FB00)  # other characters are emoji only with a selector behind them
_KANA, _HANGUL = range(0x3040, 0x3100), range(0xAC00, 0xD7A4)


@dataclass(frozen=True, slots=True)
class Typeface:
    """Font number ``number`` of a file in ``package``; one that ``is_cut`` has a file for each weight.

    A company's own has no package: ``cuts`` are the paths of its files by weight, all of them.
    """

    package: str
    file: str
    number: int = 0
    is_cut: bool = False
    cuts: tuple[tuple[Weight, str], ...] = ()

    def path(self, weight: Weight) -> str:
        """Return the path of the file that draws a weight."""
        if self.cuts:
            return dict(self.cuts)[weight]
        return str(files(self.package).joinpath(self.file.format(weight=weight)))

    def has(self, letters: str) -> bool:
        """Return whether the font has a glyph for each of the letters."""
        font = _open_font(self, Weight.REGULAR)
        return all(font.get_nominal_glyph(ord(letter)) for letter in letters)

    def open(self, weight: Weight) -> Any:
        """Return the font in a weight, as uharfbuzz knows it."""
        return _open_font(self, weight)


ROBOTO = Typeface("font_roboto", "files/Roboto-{weight}.ttf", is_cut=True)
EMOJI = Typeface("manimgx_fonts", "NotoEmoji[wght].ttf")
SYMBOLS = Typeface("manimgx_fonts", "NotoSansSymbols[wght].ttf")
# The same Chinese characters are written a little differently in Japan, Korea and China: the file has a font for each.
JAPANESE, KOREAN, CHINESE = (Typeface("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc", number) for number in range(3))
_OF_SCRIPTS = tuple(Typeface("manimgx_fonts", f"NotoSans{script}[wght].ttf") for script in _SCRIPTS)


@functools.cache
def _open_font(typeface: Typeface, weight: Weight) -> Any:
    import uharfbuzz as hb

    font = hb.Font(hb.Face(hb.Blob.from_file_path(typeface.path(weight)), typeface.number))
    if not typeface.is_cut:
        font.set_variations({"wght": AXIS_WEIGHTS[weight]})
    return font


@functools.lru_cache(16_384)
def find_typeface(cluster: str, east_asian: Typeface = CHINESE, main: Typeface = ROBOTO) -> Typeface | None:
    """Return the typeface that draws a cluster, or None if no font has it; ``main`` is asked first."""
    letters = "".join(letter for letter in cluster if letter not in IGNORABLE)
    if not letters or letters.isspace():
        return main  # a space that a font lacks is one of the same width
    choices: Iterable[Typeface] = (main, ROBOTO, *_OF_SCRIPTS, east_asian, SYMBOLS, EMOJI)
    if EMOJI_LOOK in cluster or ord(letters[0]) in _EMOJI_BLOCKS:
        choices = (EMOJI, *choices)
    return next((typeface for typeface in choices if typeface.has(letters)), None)


def is_plain(text: str, main: Typeface = ROBOTO) -> bool:
    """Return whether ``main`` draws each character alone and from left to right: no cluster needs a look then."""
    return _list_plain_letters(main).issuperset(text)


@functools.cache
def _list_plain_letters(main: Typeface) -> frozenset[str]:
    """Return the letters, signs and spaces of the plain blocks that a typeface has, without marks and controls."""
    letters = (chr(code) for codes in _PLAIN_BLOCKS for code in codes)
    plain = (letter for letter in letters if not unicodedata.category(letter).startswith(_NOT_PLAIN))
    return frozenset(letter for letter in plain if letter.isspace() or main.has(letter))


def choose_east_asian(text: str) -> Typeface:
    """Return the font for the Chinese characters of a text: Japanese beside kana, Korean beside hangul."""
    codes = [ord(letter) for letter in text]
    if any(code in _KANA for code in codes):
        return JAPANESE
    return KOREAN if any(code in _HANGUL for code in codes) else CHINESE


def is_letter(cluster: str) -> bool:
    """Return whether a cluster belongs to a word; signs, emoji and punctuation do not."""
    return unicodedata.category(cluster[0])[0] in "LN"
