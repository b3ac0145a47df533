"""The table of the wall's lanes, from top to bottom.

A new lane is a module with a function that draws it and one that says whether a map has something for it, a row here,
and its name in the catalogues. The layout and the tests read this table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from cjm.drawing.choices import LanePreset
from cjm.drawing.presentation import MapPresentation
from cjm.drawing.wall.lanes.behind.blueprint import (
    draw_backstage,
    draw_frontstage,
    draw_systems,
    has_backstage,
    has_frontstage,
    has_systems,
)
from cjm.drawing.wall.lanes.behind.responsibles import draw_responsibles, has_responsibles
from cjm.drawing.wall.lanes.causes.barriers import draw_barriers, has_barriers
from cjm.drawing.wall.lanes.causes.changes import draw_changes, has_changes, has_proven_changes
from cjm.drawing.wall.lanes.causes.lost_reasons import draw_lost_reasons, has_lost_reasons
from cjm.drawing.wall.lanes.causes.voices import draw_voices, has_voices
from cjm.drawing.wall.lanes.customer.curve import draw_curve, has_curve
from cjm.drawing.wall.lanes.customer.deeds import draw_deeds, has_deeds
from cjm.drawing.wall.lanes.customer.differences import draw_differences, has_differences
from cjm.drawing.wall.lanes.customer.feelings import draw_feelings, has_feelings, is_any_feeling_typed
from cjm.drawing.wall.lanes.customer.gaps import draw_gaps, has_gaps
from cjm.drawing.wall.lanes.customer.goals import draw_goals, has_goals
from cjm.drawing.wall.lanes.customer.satisfaction import draw_satisfaction, has_satisfaction
from cjm.drawing.wall.lanes.customer.start_times import draw_start_times, has_start_times
from cjm.drawing.wall.lanes.customer.thoughts import draw_thoughts, has_thoughts, is_any_thought_typed
from cjm.drawing.wall.lanes.customer.touchpoints import draw_touchpoints, has_touchpoints
from cjm.drawing.wall.lanes.customer.unmeasured_trail import draw_unmeasured_trail, has_no_curve
from cjm.drawing.wall.lanes.figures.amounts import draw_amounts, has_amounts
from cjm.drawing.wall.lanes.figures.channels import draw_channels, has_channels
from cjm.drawing.wall.lanes.figures.contacts import draw_contacts, has_contacts
from cjm.drawing.wall.lanes.figures.flow import draw_flow, has_flow
from cjm.drawing.wall.lanes.figures.measures import draw_measures, has_measures
from cjm.drawing.wall.lanes.figures.silences import draw_silences, has_silences
from cjm.drawing.wall.page import NAME_ROOM, WallLayout
from cjm.figures.journey_map import MapKind
from cjm.scales import Scale

SIMPLE, EMOTION, FUNNEL, FULL = LanePreset


class LaneGroup(IntEnum):
    """Subject of lanes that stand together, from top to bottom."""

    CUSTOMER = 0
    FIGURES = 1
    CAUSES = 2
    BEHIND = 3


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane of the wall.

    ``has_content`` says whether a map, or a row of it, has anything to show in it; a lane without content is left out.
    ``draw(wall, top, name_bottom)`` draws the cells and returns where the next lane begins; ``name_bottom`` is the last
    baseline of the lane's name, in the margin. ``name`` and ``note`` are keys of texts, in which ``{scale}`` stands for
    the map's headline scale; both are set in ``name_room`` pixels, the note only where ``has_note``. A lane that
    ``is_in_every_row`` of a map says in a row without figures that they are missing. ``is_hidden_from_customers`` is
    true below the line of visibility.
    """

    name: str
    has_content: Callable[[MapPresentation], bool]
    draw: Callable[[WallLayout, float, float], float]
    group: LaneGroup
    presets: tuple[LanePreset, ...] = tuple(LanePreset)
    note: str = ""
    has_note: Callable[[MapPresentation], bool] = lambda _: True
    name_room: float = NAME_ROOM
    is_in_every_row: bool = False
    is_hidden_from_customers: bool = False

    def name_keys(self, scale: Scale) -> tuple[str, ...]:
        """Return the keys of its name and, where it has one, of its note."""
        return tuple(key.format(scale=scale.value) for key in (self.name, self.note) if key)

    def is_shown(self, wall: WallLayout) -> bool:
        """Return whether a row of a map has the lane."""
        return self.has_content(wall.whole) and (self.is_in_every_row or self.has_content(wall.presentation))

    def lay_out(self, wall: WallLayout, top: float) -> float:
        """Draw name and cells below ``top``; return where the next lane begins."""
        keys = self.name_keys(wall.presentation.journey_map.scale)
        texts = [wall.words(key) for key in keys if key != self.note or self.has_note(wall.presentation)]
        return self.draw(wall, top, wall.draw_lane_name(top, *texts, room=self.name_room))


_ASSUMED = "map.lane.assumed.note"  # stands where the team typed something
_BESIDE_AXIS = 108  # the figures along the axis stand at the right of the name
_DETAILED, _EMOTIONAL, _COUNTED = (FULL,), (EMOTION, FULL), (FUNNEL, FULL)
_CUSTOMER, _FIGURES, _CAUSES, _BEHIND = LaneGroup

LANES = (
    Lane("map.lane.start_time", has_start_times, draw_start_times, _CUSTOMER, (SIMPLE, FUNNEL, FULL)),
    Lane("map.lane.goal", has_goals, draw_goals, _CUSTOMER, (SIMPLE, EMOTION, FULL)),
    Lane("map.lane.touchpoints", has_touchpoints, draw_touchpoints, _CUSTOMER, note="map.lane.touchpoints.note"),
    Lane("map.lane.does", has_deeds, draw_deeds, _CUSTOMER, _EMOTIONAL, note=_ASSUMED, has_note=has_deeds),
    Lane(
        "map.lane.thinks", has_thoughts, draw_thoughts, _CUSTOMER, _EMOTIONAL,
        note=_ASSUMED, has_note=is_any_thought_typed,
    ),
    Lane(
        "map.lane.feels", has_feelings, draw_feelings, _CUSTOMER, _EMOTIONAL,
        note=_ASSUMED, has_note=is_any_feeling_typed,
    ),
    # Named after the scale that it plots: a curve of answers 4–5 of 5 is not one of emotions.
    Lane(
        "map.scale.{scale}", has_curve, draw_curve, _CUSTOMER,
        note="map.unit.{scale}", name_room=_BESIDE_AXIS, is_in_every_row=True,
    ),
    Lane(
        "map.scale.{scale}", has_no_curve, draw_unmeasured_trail, _CUSTOMER,
        name_room=_BESIDE_AXIS, is_in_every_row=True,
    ),
    Lane("map.contrast.lane", has_differences, draw_differences, _CUSTOMER, is_in_every_row=True),
    Lane("map.gap.lane", has_gaps, draw_gaps, _CUSTOMER),
    Lane(
        "map.lane.figures", has_satisfaction, draw_satisfaction, _CUSTOMER, (SIMPLE, EMOTION, FULL),
        note="map.lane.figures.note", is_in_every_row=True,
    ),
    Lane("map.lane.flow", has_flow, draw_flow, _FIGURES, (SIMPLE, FUNNEL, FULL), note="map.lane.flow.note"),
    Lane("map.lane.contacts", has_contacts, draw_contacts, _FIGURES, (SIMPLE, FUNNEL, FULL)),
    Lane("map.lane.channels", has_channels, draw_channels, _FIGURES, _COUNTED, note="map.lane.channels.note"),
    Lane("map.lane.measures", has_measures, draw_measures, _FIGURES, _COUNTED, note="map.lane.measures.note"),
    Lane("map.lane.amount", has_amounts, draw_amounts, _FIGURES, _COUNTED, note="map.lane.amount.note"),
    Lane("map.lane.silence", has_silences, draw_silences, _FIGURES, _COUNTED, note="map.lane.silence.note"),
    Lane("map.lane.barriers", has_barriers, draw_barriers, _CAUSES, note="map.lane.barriers.note"),
    Lane("map.lane.lost_reasons", has_lost_reasons, draw_lost_reasons, _CAUSES, _COUNTED),
    # Where "thinks" and "feels" stand, they hold the quotes: no words stand twice.
    Lane("map.lane.voices", has_voices, draw_voices, _CAUSES, (SIMPLE, FUNNEL)),
    Lane(
        "map.lane.changes", has_changes, draw_changes, _CAUSES,
        note="map.lane.changes.note", has_note=has_proven_changes,
    ),
    Lane("map.lane.frontstage", has_frontstage, draw_frontstage, _BEHIND, _DETAILED),
    Lane("map.lane.backstage", has_backstage, draw_backstage, _BEHIND, _DETAILED, is_hidden_from_customers=True),
    Lane("map.lane.systems", has_systems, draw_systems, _BEHIND, _DETAILED, is_hidden_from_customers=True),
    Lane(
        "map.lane.responsible", has_responsibles, draw_responsibles, _BEHIND, _DETAILED, is_hidden_from_customers=True,
    ),
)  # fmt: skip


def choose_lanes(preset: LanePreset, kind: MapKind) -> tuple[Lane, ...]:
    """Return the lanes of a preset; a service blueprint has what happens behind in each.

    The lane of differences has the figures of both sides: those of one side would stand there twice.
    """
    return tuple(
        lane
        for lane in LANES
        if preset in lane.presets or (kind is MapKind.BLUEPRINT and lane.group is LaneGroup.BEHIND)
        if kind is not MapKind.DIFFERENCE or lane.draw is not draw_satisfaction
    )
