"""The table of the wall's lanes, from top to bottom.

A new lane is a module with a function that draws it and one that says whether a map has something for it, a row here,
and its name in the catalogues. The layout and the tests read this table.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.curve import draw_curve, has_curve
from cjm.drawing.wall.flow import draw_flow, has_flow
from cjm.drawing.wall.goals import draw_goals, has_goals
from cjm.drawing.wall.page import NAME_ROOM, WallLayout
from cjm.drawing.wall.satisfaction import draw_satisfaction, has_satisfaction
from cjm.drawing.wall.touchpoints import draw_touchpoints, has_touchpoints
from cjm.drawing.wall.troubles import draw_troubles, has_troubles
from cjm.drawing.wall.unmeasured_trail import draw_unmeasured_trail, has_no_curve
from cjm.drawing.wall.voices import draw_voices, has_voices
from cjm.scales import Scale


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the wall.

    ``has_content`` says whether a map has anything to show in it; a lane without content is left out.
    ``draw(wall, top, name_bottom)`` draws the cells and returns where the next lane begins; ``name_bottom`` is the last
    baseline of the lane's name, in the margin. ``name`` and ``note`` are keys of texts, in which ``{scale}`` stands for
    the map's headline scale; both are set in ``name_room`` pixels.
    """

    name: str
    has_content: Callable[[MapPresentation], bool]
    draw: Callable[[WallLayout, float, float], float]
    note: str = ""
    name_room: float = NAME_ROOM

    def name_keys(self, scale: Scale) -> tuple[str, ...]:
        """Return the keys of its name and, where it has one, of its note."""
        return tuple(key.format(scale=scale.value) for key in (self.name, self.note) if key)

    def lay_out(self, wall: WallLayout, top: float) -> float:
        """Draw name and cells below ``top``; return where the next lane begins."""
        texts = [wall.words(key) for key in self.name_keys(wall.presentation.journey_map.scale)]
        return self.draw(wall, top, wall.draw_lane_name(top, *texts, room=self.name_room))


_BESIDE_AXIS = 98  # the figures along the axis stand at the right of the name

LANES = (
    Lane("map.lane.goal", has_goals, draw_goals),
    Lane("map.lane.touchpoints", has_touchpoints, draw_touchpoints, note="map.lane.touchpoints.note"),
    # Named after the scale that it plots: a curve of answers 4–5 of 5 is not one of emotions.
    Lane("map.scale.{scale}", has_curve, draw_curve, note="map.unit.{scale}", name_room=_BESIDE_AXIS),
    Lane("map.scale.{scale}", has_no_curve, draw_unmeasured_trail, name_room=_BESIDE_AXIS),
    Lane("map.lane.figures", has_satisfaction, draw_satisfaction, note="map.lane.figures.note"),
    Lane("map.lane.flow", has_flow, draw_flow, note="map.lane.flow.note"),
    Lane("map.lane.troubles", has_troubles, draw_troubles, note="map.lane.troubles.note"),
    Lane("map.lane.voices", has_voices, draw_voices),
)
