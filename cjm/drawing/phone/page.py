"""What every part of a phone page needs, and the page's measures in pixels."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.mood import Gauge
from cjm.drawing.reading import MapReading, StageReading
from cjm.drawing.theme import Theme, TypeScale
from cjm.drawing.words import DrawingWords

WIDTH = 1080
MARGIN = 44
LEFT, RIGHT = 304, WIDTH - MARGIN  # a row's texts
INDENT = 54  # an icon and its gap
LANE_LEFT, LANE_WIDTH = 36, 226
STAGES_A_PAGE = 6  # more would be scaled down by the messenger until nobody can read them


@dataclass(frozen=True, slots=True)
class Page:
    """One page being laid out: stages ``first`` … ``last - 1`` of the map."""

    sheet: Canvas
    type: TypeScale
    reading: MapReading
    words: DrawingWords
    first: int
    last: int
    number: int
    pages: int

    @property
    def stages(self) -> tuple[StageReading, ...]:
        return self.reading.stages[self.first : self.last]

    @property
    def gauge(self) -> Gauge:
        return self.reading.gauge

    @property
    def theme(self) -> Theme:
        return self.sheet.theme
