"""Sides of a difference map, and what is known of whether their figures mean the same."""

from dataclasses import dataclass
from datetime import date

from cjm.figures.people import CountBasis


@dataclass(frozen=True, slots=True)
class MeaningBreak:
    """Day on which a new version of the journey came into force that may have changed the meaning of figures.

    ``stages`` are the keys of those about which a question of the headline scale got other words. ``regroups`` says
    that since then customers are counted by other attributes, so that a segment may hold other people.
    """

    day: date
    stages: tuple[str, ...]
    regroups: bool = False


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
    breaks: tuple[MeaningBreak, ...] = ()

    @property
    def is_of_segments(self) -> bool:
        """True if the sides are two segments, else they are two periods."""
        return self.other_segment is not None

    @property
    def is_broken(self) -> bool:
        """True if figures of both sides may not mean the same."""
        return bool(self.breaks)
