"""Font subsets: the part of a font that a picture needs, to be embedded in its file.

* A font that varies is pinned to the weight that is drawn; outlines of its second generation become those that every
  reader of fonts knows.
* For texts that a browser shapes (SVG), the subset has the letters and the rules of their script. For glyphs that are
  placed already (PDF), it has these glyphs alone.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cjm.drawing.lettering.typefaces import AXIS_WEIGHTS, Typeface
from cjm.drawing.primitives import Weight

_LAYOUT_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "STAT", "VORG", "vhea", "vmtx", "gasp")


@dataclass(frozen=True, slots=True)
class GlyphSubset:
    """Font file with some glyphs: their new numbers by their old ones, and its reach in thousandths of its size.

    ``is_cff``: its outlines are cubic, ``data`` is their table; else a TrueType file.
    """

    data: bytes
    is_cff: bool
    numbers: dict[int, int]
    ascent: float
    descent: float


def subset_for_shaping(typeface: Typeface, weight: Weight, texts: Iterable[str]) -> bytes:
    """Return a font file that sets these texts as the whole font does."""
    import uharfbuzz as hb

    face, choice = _start_subset(typeface, weight)
    choice.unicode_set.update({ord(letter) for text in texts for letter in text if not "\ud800" <= letter <= "\udfff"})
    choice.flags = hb.SubsetFlags.DOWNGRADE_CFF2 | hb.SubsetFlags.NO_HINTING
    return _execute(face, choice).blob.data  # type: ignore[no-any-return]  # the library has no types


def subset_glyphs(typeface: Typeface, weight: Weight, numbers: Iterable[int]) -> GlyphSubset:
    """Return the font file of these glyphs."""
    import uharfbuzz as hb

    face, choice = _start_subset(typeface, weight)
    choice.glyph_set.update(numbers)
    choice.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _LAYOUT_TABLES)
    flags = hb.SubsetFlags
    is_cff = has_cubic_outlines(typeface, weight)
    choice.flags = flags.NO_HINTING | flags.NO_LAYOUT_CLOSURE
    if is_cff:
        choice.flags |= flags.DOWNGRADE_CFF2 | flags.CFF_IDENTITY_CHARSET
    plan = hb.SubsetPlan(face, choice)
    small = plan.execute()
    data = small.reference_table("CFF ").data if is_cff else small.blob.data
    font, unit = typeface.open(weight), 1000 / face.upem
    extents = font.get_font_extents("ltr")
    numbers = dict(plan.old_to_new_glyph_mapping.items())
    return GlyphSubset(data, is_cff, numbers, extents.ascender * unit, extents.descender * unit)


def has_cubic_outlines(typeface: Typeface, weight: Weight) -> bool:
    """Return whether the outlines of a font are cubic curves (OpenType's CFF)."""
    return not {"CFF ", "CFF2"}.isdisjoint(_open_face(typeface, weight).table_tags)


def _start_subset(typeface: Typeface, weight: Weight) -> tuple[Any, Any]:
    import uharfbuzz as hb

    face, choice = _open_face(typeface, weight), hb.SubsetInput()
    if not typeface.is_cut and not typeface.cuts:
        choice.pin_all_axes_to_default(face)
        choice.pin_axis_location(face, "wght", AXIS_WEIGHTS[weight])
    return face, choice


@functools.cache
def _open_face(typeface: Typeface, weight: Weight) -> Any:
    return typeface.open(weight).face


def _execute(face: Any, choice: Any) -> Any:
    import uharfbuzz as hb

    return hb.SubsetPlan(face, choice).execute()
