"""Sides of a difference map, and days since which the figures of a map may not mean the same."""

from dataclasses import dataclass
from datetime import date

from cjm.figures.people import CountBasis


@dataclass(frozen=True, slots=True)
class MeaningBreak:
    """Day on which a new version of the journey came into force that may have changed the meaning of figures.

    ``stages`` are the keys of those about which a question of the headline scale got other words. ``regroups`` says
    that since then customers are counted by other attributes, so that a segment may hold other people. ``moved`` are
    the keys of touchpoints that belong to another stage since then: its customers and walks are others.
    """

    day: date
    stages: tuple[str, ...]
    regroups: bool = False
    moved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contrast:
    """Sides of a difference map: ``StageFigures.scores`` are of this side, ``before`` of the other one.

    ``title`` and ``other_title`` name the sides in the map's language. ``other_segment`` is the key of the other side's
    segment, where two segments are compared in the same days; else the other side is the map's period ``before``.
    ``shares_customers`` says that customers may belong to both segments, and then stand on both sides.
    """

    title: str
    other_title: str
    other_customers: int
    other_customers_is: CountBasis = CountBasis.EXACT
    other_segment: str | None = None
    shares_customers: bool = False

    @property
    def is_of_segments(self) -> bool:
        """True if the sides are two segments, else they are two periods."""
        return self.other_segment is not None
