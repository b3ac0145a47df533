"""Choices of a picture: layout, file format, page, lanes and theme."""

from dataclasses import dataclass
from enum import StrEnum

MOST_PAGES = 20  # of a picture: a journey has fewer stages, and fewer personas


class Layout(StrEnum):
    """Layout of a map."""

    PHONE = "phone"  # portrait, a row a stage: read in a chat
    WALL = "wall"  # landscape, a column a stage: read on a big screen or printed
    SLIDE = "slide"  # 16:9, one message and one curve: read from the back of a room


class PictureFormat(StrEnum):
    """File format of a picture, which is also the ending of its name."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class LanePreset(StrEnum):
    """Choice of the wall's lanes; a lane without content is left out of each."""

    SIMPLE = "simple"
    EMOTION = "emotion"
    FUNNEL = "funnel"
    FULL = "full"


class ThemeName(StrEnum):
    """Name of a theme."""

    BRAND = "brand"  # the company's, which is LIGHT where none is set up
    LIGHT = "light"
    DARK = "dark"
    PRINT = "print"  # greys and hatching, for a printer without colours


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """Everything that is chosen about a picture beside its map; ``page`` counts from 0."""

    layout: Layout = Layout.PHONE
    format: PictureFormat = PictureFormat.PNG
    page: int = 0
    lanes: LanePreset = LanePreset.SIMPLE
    theme: ThemeName = ThemeName.BRAND
