"""A slide being laid out, and its measures in pixels."""

from dataclasses import dataclass, replace

from cjm.drawing.canvas import Canvas
from cjm.drawing.map_page import MapPage
from cjm.drawing.primitives import Box

WIDTH, HEIGHT = 1920, 1080  # 16:9, as projectors and boards show it
MARGIN = 72
RIGHT = WIDTH - MARGIN
PLOT_LEFT = MARGIN + 84  # the figures of the axis stand left of it
TARGET_ROOM = 112  # at the right of the plot: a flag and the target's figure
WIDEST_COLUMN = 420
GUTTER = 14  # between the texts of two columns
SEVERAL_STAGES, MANY_STAGES = 6, 9  # from more on, titles and faces are smaller


@dataclass(frozen=True, slots=True)
class SlidePage(MapPage):
    """Slide being laid out.

    ``subject`` is the place of the stage that its title speaks about; ``is_good_news`` says that this stage rose.
    """

    subject: int | None
    is_good_news: bool = False

    @property
    def emphasis(self) -> str:
        """The ground of the stage in the title: the accent's tint only where something calls for action."""
        return self.theme.soft if self.is_good_news else self.theme.tint

    @property
    def plot_right(self) -> float:
        """The right end of the curve's plot: a target that all stages share stands behind it."""
        has_label = self.presentation.target is not None and self.presentation.has_visible_figure
        return RIGHT - (TARGET_ROOM if has_label else 0)

    @property
    def column_width(self) -> float:
        return (self.plot_right - PLOT_LEFT) / len(self.stages)

    @property
    def text_width(self) -> float:
        """The room of a column's texts."""
        return self.column_width - GUTTER

    @property
    def face_radius(self) -> float:
        return 40 if len(self.stages) <= SEVERAL_STAGES else 34 if len(self.stages) <= MANY_STAGES else 30

    def centre(self, place: int) -> float:
        """Return the middle of a stage's column."""
        return PLOT_LEFT + (place + 0.5) * self.column_width

    def column(self, place: int, top: float, bottom: float) -> Box:
        """Return the box of a stage's column between two heights; a single stage does not take the whole slide."""
        width = min(self.column_width, WIDEST_COLUMN)
        return Box(self.centre(place) - width / 2, top, width, bottom - top)

    def with_scratch_canvas(self) -> "SlidePage":
        """Return the same slide on an empty canvas, to measure how high a part becomes."""
        return replace(self, canvas=Canvas(self.canvas.measure, self.theme, self.words.language))
