"""Files of a map that a chat offers: layout and format of a picture, or the figures as JSON."""

from cjm.drawing import LanePreset, Layout, PictureChoice, PictureFormat

JSON_FILE = "json"
FILES = ("wall_png", "wall_svg", "wall_pdf", "slide_png", "slide_pdf", JSON_FILE)
"""Names of the files; a button names one by its place here: append new ones at the end."""


def find_file(place: int) -> str:
    """Return the file that a button names; the first one for a button from before there was a choice."""
    return FILES[place] if 0 <= place < len(FILES) else FILES[0]


def file_choice(name: str, lanes: str | None) -> PictureChoice:
    """Return the choice of a picture that is sent as a file; only a wall has ``lanes``."""
    layout, _, ending = name.partition("_")
    has_lanes = layout == Layout.WALL and lanes in set(LanePreset)
    preset = LanePreset(lanes) if lanes and has_lanes else LanePreset.SIMPLE
    return PictureChoice(layout=Layout(layout), format=PictureFormat(ending), lanes=preset)
