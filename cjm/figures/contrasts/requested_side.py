"""Read what a difference map is compared with: ``before``, ``year``, two days ``FROM/TO``, or ``segment:KEY``.

* Two periods have no day in common: an answer that stands on both sides would be compared with itself.
* Of two segments, neither includes the other: everybody of the smaller one would stand on both sides. Segments that
  only share some customers may be compared; the test is then a little cautious, as shared people draw both figures to
  each other.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from cjm.figures.journey_map import Period
from cjm.journeys.journey import Segment
from cjm.journeys.visit import EARLIEST
from cjm.mistake_wording import find_similar

WAYS = "before, year, FROM/TO such as 2026-10-01/2026-10-28, or segment:KEY"
YEAR_DAYS = 364  # whole weeks, so that the same weekdays are compared
SEGMENT_PREFIX = "segment:"


class SideError(ValueError):
    """The other side is not possible; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class OtherSegment:
    """Other side that is a segment in the same days, by its key."""

    key: str


def read_other_side(text: str, period: Period, today: date) -> Period | OtherSegment:
    """Return the side that ``text`` names, for a map of ``period``. Raises SideError."""
    if text.startswith(SEGMENT_PREFIX):
        if not (key := text.removeprefix(SEGMENT_PREFIX)):
            raise SideError("segment: needs the key of a segment, such as segment:new")
        return OtherSegment(key)
    return _check_days(_read_period(text, period), period, today)


def _read_period(text: str, period: Period) -> Period:
    if text == "before":
        return _shift(period, period.days)
    if text == "year":
        return _shift(period, YEAR_DAYS)
    first, slash, last = text.partition("/")
    if not slash:
        similar = find_similar(text, ("before", "year"))
        raise SideError(f"compare with {WAYS}" + (f"; did you mean {similar}?" if similar else ""))
    try:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise SideError("the days to compare with are written FROM/TO, such as 2026-10-01/2026-10-28") from None


def _shift(period: Period, days: int) -> Period:
    try:
        return Period(period.first - timedelta(days=days), period.last - timedelta(days=days))
    except OverflowError:
        raise SideError(_too_early()) from None


def _check_days(other: Period, period: Period, today: date) -> Period:
    if other.last < other.first:
        raise SideError("the days to compare with end before they begin")
    if max(other.first, period.first) > today:
        raise SideError(f"a side of the difference begins after today, {today}: nothing can be known of it yet")
    if other.first < EARLIEST.date():
        raise SideError(_too_early())
    if other == period:
        raise SideError("both sides of the difference are the same days")
    if other.first <= period.last and period.first <= other.last:
        raise SideError(
            f"the days {max(other.first, period.first)} to {min(other.last, period.last)} lie on both sides of the "
            "difference; compare days that do not overlap"
        )
    return other


def _too_early() -> str:
    return f"the days to compare with begin before {EARLIEST.date()}: no journey has answers there"


def check_segments(segment: Segment | None, other: Segment) -> None:
    """Raise SideError unless a difference of two segments tells something."""
    if segment is None:
        raise SideError(f"choose the segment of this side, too: everyone includes the segment {other.key}")
    if segment.where == other.where:
        raise SideError(
            f"both sides of the difference are the segment {segment.key}"
            if segment.key == other.key
            else f"the segments {segment.key} and {other.key} have the same rule"
        )
    for inner, outer in ((segment, other), (other, segment)):
        if _includes(outer, inner):
            raise SideError(
                f"the segment {outer.key} includes all of {inner.key}; "
                "compare segments of which neither includes the other"
            )


def _includes(outer: Segment, inner: Segment) -> bool:
    """Return whether everybody of ``inner`` belongs to ``outer``, by the rules of both."""
    return all(
        attribute in inner.where and set(inner.where[attribute]) <= set(values)
        for attribute, values in outer.where.items()
    )


def can_share_customers(segment: Segment, other: Segment) -> bool:
    """Return whether a customer may belong to both at the same time, by the rules of both."""
    shared = segment.where.keys() & other.where.keys()
    return all(set(segment.where[key]) & set(other.where[key]) for key in shared)
