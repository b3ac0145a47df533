"""The themes that come with Tropa, each a difference of `LIGHT`, and the choice among them.

`PRINT` is made for printers without colours: its paper is white and moods are greys, the darker the lower. Hatching
keeps its meanings there: an uncertain face, and what is not judged.
"""

from dataclasses import dataclass, replace

from cjm.drawing.choices import ThemeName
from cjm.drawing.theme import LIGHT, Theme

DARK = replace(
    LIGHT,
    paper="#11181D",
    soft="#1A242A",
    card="#1F2A31",
    ink="#EEF2F3",
    quiet="#B4C0C6",
    rule="#2F3B42",
    ghost="#82909A",
    structure="#9DBCC8",
    on_structure="#10181D",
    accent="#FF9668",
    tint="#2E2019",
    better="#6CC6DA",
    grey="#222C32",
    on_grey="#AAB6BC",
    hatch="#35424A",
    dim="#27323A",
    mood_texts=("#FF9B78", "#F3A97F", "#E8D08C", "#7CCBD8", "#62C3D8"),
)

PRINT = replace(
    LIGHT,
    paper="#FFFFFF",
    soft="#F2F2F2",
    card="#FFFFFF",
    ink="#000000",
    quiet="#404040",
    rule="#C8C8C8",
    ghost="#767676",
    structure="#333333",
    accent="#000000",
    tint="#EFEFEF",
    better="#404040",
    grey="#F5F5F5",
    on_grey="#4D4D4D",
    hatch="#C4C4C4",
    dim="#E2E2E2",
    moods=("#6A6A6A", "#8C8C8C", "#B0B0B0", "#D4D4D4", "#FAFAFA"),
    mood_texts=("#000000",) * 5,
    face_ink="#000000",
)


@dataclass(frozen=True, slots=True)
class Themes:
    """Themes of an installation: those that come with Tropa, and the company's where one is set up."""

    brand: Theme = LIGHT

    def find(self, name: ThemeName) -> Theme:
        """Return the theme with this name."""
        return {ThemeName.LIGHT: LIGHT, ThemeName.DARK: DARK, ThemeName.PRINT: PRINT}.get(name, self.brand)
