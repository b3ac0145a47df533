"""A phone page being laid out, and its measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.map_page import MapPage
from cjm.drawing.presentation import StagePresentation

WIDTH = 1080  # on a phone 390 points wide, 34 px are read as 12 points
MARGIN = 44
LEFT, RIGHT = 304, WIDTH - MARGIN  # a row's texts
INDENT = 54  # an icon and its gap
STEP = 45  # from one baseline of a row's body to the next
LANE_LEFT, LANE_WIDTH = 36, 226  # the trail: wide enough to tell five moods apart, narrow enough for the texts
FEW_STAGES = 4  # have room for long quotes


@dataclass(frozen=True, slots=True)
class PhonePage(MapPage):
    """Page being laid out, with the stages ``first`` … ``last - 1`` of the map; ``number`` counts from 0."""

    first: int
    last: int
    number: int
    page_count: int

    @property
    def is_dense(self) -> bool:
        """True if so many stages share the page that their quotes are cut earlier: a messenger shrinks a high one."""
        return self.last - self.first > FEW_STAGES

    @property
    def stages(self) -> tuple[StagePresentation, ...]:
        return self.presentation.stages[self.first : self.last]

    @property
    def percent_sign(self) -> str:
        """The sign that the last figure of the axis carries; empty unless the figures are percentages."""
        return self.words.percent(0.0).removeprefix(self.words.number(0)) if self.gauge.spec.is_percent else ""
