"""Page of a map that a layout fills: what phones, slides and walls have in common."""

from dataclasses import dataclass

from cjm.drawing.canvas import Canvas
from cjm.drawing.gauge import Gauge
from cjm.drawing.presentation import MapPresentation, StagePresentation
from cjm.drawing.theme import Theme, Typography
from cjm.wording.words import FigureWords


@dataclass(frozen=True, slots=True)
class MapPage:
    """Page being laid out: where its items go, how it is set, and what it says."""

    canvas: Canvas
    typography: Typography
    presentation: MapPresentation
    words: FigureWords

    @property
    def stages(self) -> tuple[StagePresentation, ...]:
        return self.presentation.stages

    @property
    def gauge(self) -> Gauge:
        return self.presentation.gauge

    @property
    def theme(self) -> Theme:
        return self.canvas.theme
