"""A company's theme: another theme with its colours, logo and typeface."""

from dataclasses import replace

from cjm.drawing.choices import ThemeName
from cjm.drawing.lettering.typefaces import Typeface
from cjm.drawing.primitives import LogoImage
from cjm.drawing.theme import Theme, mix_colours
from cjm.drawing.themes.named import Themes

_TINT = 0.94  # of the paper: what is left of the accent behind the weakest stage


def make_brand_theme(
    start_from: ThemeName,
    *,
    accent: str = "",
    structure: str = "",
    typeface: Typeface | None = None,
    logo: LogoImage | None = None,
) -> Theme:
    """Return the theme ``start_from`` with what a company has of its own; an empty colour stays as it is."""
    theme = Themes().find(start_from)
    if accent:
        theme = replace(theme, accent=accent, tint=mix_colours(accent, theme.paper, _TINT))
    if structure:
        theme = replace(theme, structure=structure)
    return replace(theme, typeface=typeface or theme.typeface, logo=logo)
