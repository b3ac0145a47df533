"""Gauges: a headline figure as a mood, as a place on an axis and as text.

The numbers of each scale, and why its moods begin where they do, stand in :mod:`cjm.scales`.
"""

import functools
import math
from dataclasses import dataclass
from itertools import pairwise

from cjm.scales import Scale, ScaleSpec
from cjm.wording.figure_words import axis_number, figure_number
from cjm.wording.words import FigureWords

MOOD_COUNT = 5


@dataclass(frozen=True, slots=True)
class Gauge:
    """Reader of the headline figures of one scale."""

    scale: Scale

    @property
    def spec(self) -> ScaleSpec:
        """The scale's entry in the table of scales."""
        return self.scale.spec

    def mood_of(self, value: float) -> int:
        """Return the mood, 0 … 4, of the value as it is printed: "80 %" never has the face of 79."""
        return sum(round(value, self.spec.decimals) >= edge for edge in self.spec.mood_edges)

    def mood_position(self, value: float) -> float:
        """Return the place between moods, 0 … 4, whole in the middle of each: for the colours along a path."""
        centres = _find_mood_centres(self.scale)
        if value <= centres[0]:
            return 0.0
        for i, (a, b) in enumerate(pairwise(centres)):
            if value <= b:
                return i + (value - a) / (b - a)
        return MOOD_COUNT - 1.0

    @property
    def axis_range(self) -> tuple[float, float]:
        """The ends of every axis of the scale: the whole scale, for any figures.

        So two pictures can be laid beside each other, whichever period, segment or layout they show, and no figure,
        interval or target ever lies outside. An axis from 20 or 40 % on would use its room better for usual figures,
        and would either cut off a stage that falls below, or begin elsewhere in the week in which that happens: when
        comparing matters most. The bars of the phone show the whole scale, too: one axis means one thing.
        """
        return self.spec.bounds

    def axis_ticks(self, low: float, high: float) -> list[float]:
        """Return the figures to name along an axis."""
        first = math.ceil(low / self.spec.tick)
        return [i * self.spec.tick for i in range(first, math.floor(high / self.spec.tick) + 1)]

    # ------------------------------------------------------------------ in words

    def format_number(self, value: float, words: FigureWords) -> str:
        """Return the bare number, for axes."""
        return axis_number(self.scale, value, words)

    def format_figure(self, value: float, words: FigureWords) -> str:
        """Return the figure with its sign: "78%", "+0.4", "−12"."""
        return figure_number(self.scale, value, words)

    def format_interval(self, low: float, high: float, words: FigureWords) -> str:
        """Return "71–83 %"; between signed numbers stands an ellipsis, as a dash could be read as a minus."""
        between = "…" if self.spec.is_signed else "–"
        return f"{self.format_number(low, words)}{between}{self.format_figure(high, words)}"

    def format_margin(self, value: float, low: float, high: float, words: FigureWords) -> str:
        """Return "± 6", half of the interval; or the interval itself where the figure lies far from its middle."""
        above, below = high - value, value - low
        if max(above, below) > 1.6 * min(above, below):  # more lopsided than that, a ± would mislead
            return self.format_interval(low, high, words)
        return "±\u202f" + words.number((high - low) / 2, self.spec.decimals)

    def format_edge(self, value: float, words: FigureWords) -> str:
        """Return the figure at which a mood begins, without a needless decimal."""
        text = words.number(value, 0 if value == round(value) else self.spec.decimals)
        return f"+{text}" if self.spec.is_signed and value > 0 else text

    def mood_range_texts(self, words: FigureWords) -> list[str]:
        """Return for each mood where it begins, for the lowest where it ends: the texts of a legend."""
        below = (
            words.percent(self.spec.mood_edges[0] / 100)
            if self.spec.is_percent
            else self.format_edge(self.spec.mood_edges[0], words)
        )
        key = "map.legend.from_signed" if self.spec.is_signed else "map.legend.from"
        return [words("map.legend.below", value=below)] + [
            words(key, value=self.format_edge(edge, words)) for edge in self.spec.mood_edges
        ]


@functools.cache
def _find_mood_centres(scale: Scale) -> tuple[float, ...]:
    """Return the middle of each mood; the outer ones are taken to be as wide as their neighbours."""
    first, second, third, last = scale.spec.mood_edges
    inner = ((a + b) / 2 for a, b in pairwise(scale.spec.mood_edges))
    return (first - (second - first) / 2, *inner, last + (last - third) / 2)


GAUGES = {scale: Gauge(scale) for scale in Scale}
