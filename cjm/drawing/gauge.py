"""How a headline figure becomes a mood, a place on an axis and a string of digits.

The numbers of each scale, and why its moods begin where they do, stand in :mod:`cjm.scales`.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cjm.drawing.words import DrawingWords
from cjm.scales import Scale, ScaleSpec

MOOD_COUNT = 5


@dataclass(frozen=True, slots=True)
class Gauge:
    """A scale's headline figure, read as a mood, as a place on an axis, and as text."""

    spec: ScaleSpec

    def mood_of(self, value: float) -> int:
        """The mood, 0 … 4, of the value as it is printed: "80 %" never wears the face of 79."""
        return sum(round(value, self.spec.decimals) >= edge for edge in self.spec.mood_edges)

    def mood_position(self, value: float) -> float:
        """0 … 4, whole in the middle of each step: where the colours along a path are taken from."""
        first, *_, last = self.spec.mood_edges
        centres = [
            first - (self.spec.mood_edges[1] - first) / 2,
            *((a + b) / 2 for a, b in pairwise(self.spec.mood_edges)),
            last + (last - self.spec.mood_edges[2]) / 2,
        ]
        if value <= centres[0]:
            return 0.0
        for i, (a, b) in enumerate(pairwise(centres)):
            if value <= b:
                return i + (value - a) / (b - a)
        return MOOD_COUNT - 1.0

    def axis_range(self, values: Iterable[float]) -> tuple[float, float]:
        """A range that holds all the values with a little air, on half ticks, at least two ticks wide."""
        found = list(values) or [self.spec.mood_edges[0], self.spec.mood_edges[3]]
        half = self.spec.tick / 2
        least, most = self.spec.bounds
        low = max(least, math.floor((min(found) - half / 4) / half) * half)
        high = min(most, math.ceil((max(found) + half / 4) / half) * half)
        while high - low < 4 * half:
            low, high = max(least, low - half), min(most, high + half)
        return low, high

    def axis_ticks(self, low: float, high: float) -> list[float]:
        first = math.ceil(low / self.spec.tick)
        return [i * self.spec.tick for i in range(first, math.floor(high / self.spec.tick) + 1)]

    # ------------------------------------------------------------------ in words

    def format_number(self, value: float, words: DrawingWords) -> str:
        """The bare number: for axes."""
        text = words.number(value, self.spec.decimals)
        return f"+{text}" if self.spec.is_signed and round(value, self.spec.decimals) > 0 else text

    def format_figure(self, value: float, words: DrawingWords) -> str:
        return words.percent(value / 100) if self.spec.is_percent else self.format_number(value, words)

    def format_interval(self, low: float, high: float, words: DrawingWords) -> str:
        """ "71–83 %"; with signs an ellipsis stands between, so that a dash is never read as a minus."""
        between = "…" if self.spec.is_signed else "–"
        return f"{self.format_number(low, words)}{between}{self.format_figure(high, words)}"

    def format_margin(self, value: float, low: float, high: float, words: DrawingWords) -> str:
        """ "±6": half of the interval; where the figure is far from its middle, the interval itself."""
        above, below = high - value, value - low
        if max(above, below) > 1.6 * min(above, below):
            return self.format_interval(low, high, words)
        return "±\u202f" + words.number((high - low) / 2, self.spec.decimals)

    def format_edge(self, value: float, words: DrawingWords) -> str:
        """An edge of the mood steps, without idle digits."""
        text = words.number(value, 0 if value == round(value) else self.spec.decimals)
        return f"+{text}" if self.spec.is_signed and value > 0 else text

    def mood_range_texts(self, words: DrawingWords) -> list[str]:
        """Where each mood begins, the lowest by where it ends: for legends."""
        below = (
            words.percent(self.spec.mood_edges[0] / 100)
            if self.spec.is_percent
            else self.format_edge(self.spec.mood_edges[0], words)
        )
        key = "map.legend.from_signed" if self.spec.is_signed else "map.legend.from"
        return [words("map.legend.below", value=below)] + [
            words(key, value=self.format_edge(edge, words)) for edge in self.spec.mood_edges
        ]


GAUGES = {scale: Gauge(scale.spec) for scale in Scale}
