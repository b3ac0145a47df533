"""How a headline figure becomes a mood, a place on an axis and a string of digits: a gauge for each scale.

The edges say where a mood step begins. They are conventions, chosen once so that pictures can be compared, and the
legend of every picture states them:

- CSAT and success, in %: 50, 60, 70, 80.
- Emotion, −2 … 2: the middle face stands for a mean close to neutral, the outer ones for a mean
  beyond "disappointed" (−1) and "pleased" (+1).
- CES, 1 … 7: the middle of the scale is 4, published averages lie around 5 to 5.5, and 6 is "agree".
- NPS, −100 … 100: around zero promoters and detractors cancel out; 50 is commonly called excellent.
- Expectation, −100 … 100: within five points of zero it was "as expected".
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from cjm.drawing.words import DrawingWords
from cjm.figures.satisfaction import Scale

MOODS = 5


@dataclass(frozen=True, slots=True)
class Gauge:
    """How to read the headline figure of a scale."""

    low: float
    high: float
    edges: tuple[float, float, float, float]
    tick: float  # an axis names these; its ends are halves of them, so it stays the same while figures move a little
    digits: int = 0
    signed: bool = False
    percent: bool = False

    def step(self, value: float) -> int:
        """The mood, 0 … 4, of the value as it is printed: "80 %" never wears the face of 79."""
        return sum(round(value, self.digits) >= edge for edge in self.edges)

    def place(self, value: float) -> float:
        """0 … 4, whole in the middle of each step: where the colours along a path are taken from."""
        first, *_, last = self.edges
        centres = [
            first - (self.edges[1] - first) / 2,
            *((a + b) / 2 for a, b in pairwise(self.edges)),
            last + (last - self.edges[2]) / 2,
        ]
        if value <= centres[0]:
            return 0.0
        for i, (a, b) in enumerate(pairwise(centres)):
            if value <= b:
                return i + (value - a) / (b - a)
        return MOODS - 1.0

    def axis(self, values: Iterable[float]) -> tuple[float, float]:
        """A range that holds all the values with a little air, on half ticks, at least two ticks wide."""
        found = list(values) or [self.edges[0], self.edges[3]]
        half = self.tick / 2
        low = max(self.low, math.floor((min(found) - half / 4) / half) * half)
        high = min(self.high, math.ceil((max(found) + half / 4) / half) * half)
        while high - low < 4 * half:
            low, high = max(self.low, low - half), min(self.high, high + half)
        return low, high

    def ticks(self, low: float, high: float) -> list[float]:
        first = math.ceil(low / self.tick)
        return [i * self.tick for i in range(first, math.floor(high / self.tick) + 1)]

    # ------------------------------------------------------------------ in words

    def number(self, value: float, words: DrawingWords) -> str:
        """The bare number: for axes."""
        text = words.number(value, self.digits)
        return f"+{text}" if self.signed and round(value, self.digits) > 0 else text

    def figure(self, value: float, words: DrawingWords) -> str:
        return words.percent(value / 100) if self.percent else self.number(value, words)

    def interval(self, low: float, high: float, words: DrawingWords) -> str:
        """ "71–83 %"; with signs an ellipsis stands between, so that a dash is never read as a minus."""
        between = "…" if self.signed else "–"
        return f"{self.number(low, words)}{between}{self.figure(high, words)}"

    def margin(self, value: float, low: float, high: float, words: DrawingWords) -> str:
        """ "±6": half of the interval; where the figure is far from its middle, the interval itself."""
        above, below = high - value, value - low
        if max(above, below) > 1.6 * min(above, below):
            return self.interval(low, high, words)
        return "±\u202f" + words.number((high - low) / 2, self.digits)

    def edge(self, value: float, words: DrawingWords) -> str:
        """An edge of the mood steps, without idle digits."""
        text = words.number(value, 0 if value == round(value) else self.digits)
        return f"+{text}" if self.signed and value > 0 else text

    def steps(self, words: DrawingWords) -> list[str]:
        """Where each mood begins, the lowest by where it ends: for legends."""
        below = words.percent(self.edges[0] / 100) if self.percent else self.edge(self.edges[0], words)
        key = "map.legend.from_signed" if self.signed else "map.legend.from"
        return [words("map.legend.below", value=below)] + [
            words(key, value=self.edge(edge, words)) for edge in self.edges
        ]


_SHARE = Gauge(0, 100, (50, 60, 70, 80), 20, percent=True)

GAUGES = {
    Scale.CSAT: _SHARE,
    Scale.SUCCESS: _SHARE,
    Scale.EMOTION: Gauge(-2, 2, (-1, -0.3, 0.3, 1), 1, digits=1, signed=True),
    Scale.CES: Gauge(1, 7, (4, 4.7, 5.3, 6), 1, digits=1),
    Scale.NPS: Gauge(-100, 100, (-10, 10, 30, 50), 50, signed=True),
    Scale.EXPECTATION: Gauge(-100, 100, (-20, -5, 5, 20), 50, signed=True),
}
