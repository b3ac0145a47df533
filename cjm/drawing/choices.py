"""Choices of a picture: layout, file format and lanes."""

from enum import StrEnum


class Layout(StrEnum):
    """Layout of a map."""

    PHONE = "phone"  # portrait, a row a stage: read in a chat
    WALL = "wall"  # landscape, a column a stage: read on a big screen or printed


class PictureFormat(StrEnum):
    """File format of a picture, which is also the ending of its name."""

    PNG = "png"


class LanePreset(StrEnum):
    """Choice of the wall's lanes; a lane without content is left out of each."""

    SIMPLE = "simple"
    EMOTION = "emotion"
    FUNNEL = "funnel"
    FULL = "full"
