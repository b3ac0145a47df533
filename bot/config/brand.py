"""The company's theme of pictures: its colours, logo and font by ``[brand]``, checked at start."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjm.errors import TropaError

if TYPE_CHECKING:
    from bot.config.settings import BrandSettings
    from cjm.drawing.themes import Themes

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_START_FROM = ("light", "dark", "print")
_COLOURS = ("accent", "structure")


@cache
def make_themes(brand: "BrandSettings") -> "Themes":
    """Return the themes of pictures. Raises TropaError for files that cannot be used any more."""
    from cjm.drawing import ThemeName
    from cjm.drawing.lettering.company_fonts import find_typeface_of_files
    from cjm.drawing.themes import Themes
    from cjm.drawing.themes.brand import make_brand_theme
    from cjm.drawing.themes.logo_file import read_logo

    theme = make_brand_theme(
        ThemeName(brand.theme),
        accent=brand.accent,
        structure=brand.structure,
        typeface=find_typeface_of_files(brand.font) if brand.font else None,
        logo=read_logo(brand.logo) if brand.logo else None,
    )
    return Themes(theme)


def find_brand_mistakes(brand: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the key and the sentence of each mistake in the raw section: its files, and unreadable texts."""
    logo, font = brand.get("logo"), brand.get("font")
    if isinstance(logo, str) and logo:
        from cjm.drawing.themes.logo_file import read_logo

        yield from _try("logo", lambda: read_logo(Path(logo)))
    if isinstance(font, list) and font and all(isinstance(path, str) for path in font):
        from cjm.drawing.lettering.company_fonts import find_typeface_of_files

        yield from _try("font", lambda: find_typeface_of_files([Path(path) for path in font]))
    yield from _find_weak_contrast(brand)


def _try(key: str, read: Callable[[], object]) -> Iterator[tuple[str, str]]:
    try:
        read()
    except TropaError as error:
        yield key, str(error)


def _find_weak_contrast(brand: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a mistake for each colour with which a text could not be read, once the values are colours at all."""
    colours = {key: brand[key] for key in _COLOURS if brand.get(key)}
    start_from = brand.get("theme") or "light"
    if start_from not in _START_FROM or not all(isinstance(c, str) and _COLOUR.fullmatch(c) for c in colours.values()):
        return
    from cjm.drawing import ThemeName
    from cjm.drawing.themes.brand import make_brand_theme
    from cjm.drawing.themes.contrast import list_text_pairs

    for key, colour in colours.items():
        theme = make_brand_theme(ThemeName(start_from), **{key: colour})
        weak = min(list_text_pairs(theme), key=lambda pair: pair.ratio)
        if not weak.is_readable:
            yield key, f"cannot be used on {start_from}: {weak}"
