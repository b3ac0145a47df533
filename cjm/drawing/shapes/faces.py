"""Five faces, which tell the mood by colour and mouth, the worst one also by brows: a reader may miss any of these.

Brows that fall outwards read as worry; falling inwards they would read as anger at the reader. All sizes are shares of
the radius, chosen by looking at faces of 9 to 48 pixels.
"""

import math

from cjm.drawing.curves import circle, linspace, rounded_box
from cjm.drawing.primitives import Box, Face, Hatch, PathData, Shape, Stroke
from cjm.drawing.theme import Theme, mix_colours

DELIGHTED = 4


def face_shapes(face: Face, theme: Theme) -> list[Shape | Hatch]:
    """Return the shapes of a face; without a mood it is hatched and has no expression."""
    # The halo separates a face from the path or the line that runs below it.
    halo = [Shape(circle(face.x, face.y, 1.14 * face.r), face.halo)] if face.halo else []
    if face.mood is None:
        return [*halo, *_blank_face(face, theme)]
    head = _head(face, face.mood, theme)
    eyes = [
        Shape(circle(face.x + side * 0.35 * face.r, face.y - 0.18 * face.r, 0.11 * face.r), theme.face_ink)
        for side in (-1, 1)
    ]
    # Only the worst mood has brows: with them on two faces, the two could not be told apart at small sizes.
    brows = [_brow(face, side, theme) for side in (-1, 1)] if face.mood == 0 else []
    return [*halo, *head, *eyes, *brows, *_mouth(face, face.mood, theme)]


def _head(face: Face, mood: int, theme: Theme) -> list[Shape | Hatch]:
    x, y, r = face.x, face.y, face.r
    outline, width = circle(x, y, r), max(1.0, 0.045 * r)
    rim = Stroke(theme.mood_rim(mood), width)
    box = Box(x - r, y - r, 2 * r, 2 * r)
    if face.is_certain:
        return [Shape(outline, theme.moods[mood], rim)]
    # Stripes keep the colour of the mood, but pale: "about this, and perhaps its neighbours".
    pale = mix_colours(theme.moods[mood], theme.face_paper, 0.75)
    stripes = Hatch(outline, box, pale, theme.moods[mood], max(4.0, 0.3 * r), max(1.3, 0.1 * r))
    return [stripes, Shape(outline, None, rim)]


def _brow(face: Face, side: int, theme: Theme) -> Shape:
    outer = (face.x + side * 0.58 * face.r, face.y - 0.38 * face.r)
    inner = (face.x + side * 0.24 * face.r, face.y - 0.55 * face.r)
    return Shape(PathData.line((outer, inner)), None, Stroke(theme.face_ink, 0.09 * face.r))


def _mouth(face: Face, mood: int, theme: Theme) -> list[Shape]:
    r = face.r
    if mood == DELIGHTED:
        return _laugh(face, theme)
    bend = mood / 2 - 1  # −1 corners down, 0 a straight line, +½ corners up
    points = ((face.x + 0.42 * r * t, face.y + (0.36 + bend * (0.19 - 0.32 * t * t)) * r) for t in linspace(-1, 1, 17))
    return [Shape(PathData.line(points), None, Stroke(theme.face_ink, 0.105 * r))]


def _laugh(face: Face, theme: Theme) -> list[Shape]:
    """Return an open mouth with a row of teeth along its upper edge."""
    r, y = face.r, face.y + 0.16 * face.r
    turns = linspace(0, math.pi, 25)
    mouth = PathData.polygon((face.x + 0.45 * r * math.cos(a), y + 0.43 * r * math.sin(a)) for a in turns)
    teeth = rounded_box(face.x - 0.32 * r, y + 0.03 * r, 0.64 * r, 0.11 * r, 0.05 * r)
    return [Shape(mouth, theme.face_ink, Stroke(theme.face_ink, 0.07 * r)), Shape(teeth, theme.face_paper)]


def _blank_face(face: Face, theme: Theme) -> list[Shape | Hatch]:
    x, y, r = face.x, face.y, face.r
    outline = circle(x, y, r)
    ground = Hatch(
        outline, Box(x - r, y - r, 2 * r, 2 * r), theme.grey, theme.hatch, max(5.0, 0.26 * r), max(1.0, 0.06 * r)
    )
    width = max(1.4, 0.06 * r)
    rim = Shape(outline, None, Stroke(theme.ghost, width, (3 * width, 2.4 * width), round=False))
    dots = [Shape(circle(x + shift * r, y, 0.1 * r), theme.on_grey) for shift in (-0.36, 0.0, 0.36)]
    return [ground, rim, *dots]
