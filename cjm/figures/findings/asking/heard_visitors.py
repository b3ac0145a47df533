"""Find who of the visitors was heard, and whether those who answered are like those who were there.

* Two mixes differ if a segment's share of those who answered differs from its share of the others beyond noise
  (corrected for the number of segments), and from its share of all visitors by `LEAST_DIFFERENCE`.
* Neither groups nor shares are told of fewer people than the minimum. In an anonymous journey nothing is compared.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cjm.figures.asking.heard import Visitor, find_reach
from cjm.figures.asking.reach import HeardReport, Reach, SegmentReach, UnlikeShare
from cjm.figures.findings.asking.two_shares import compare_two_shares
from cjm.figures.findings.change import benjamini_hochberg

LEAST_DIFFERENCE = 0.1
"""Difference of shares (0 … 1) from which on a proven one is worth a warning."""


@dataclass(frozen=True, slots=True)
class NamedSegment:
    """Segment with the cohorts that it includes; ``title`` is in the report's language."""

    key: str
    title: str
    cohorts: frozenset[int]


def report_heard(
    visitors: Iterable[Visitor],
    segments: Sequence[NamedSegment],
    *,
    is_anonymous: bool,
    minimum: int,
    judge_from: int,
    is_sample: bool = False,
) -> HeardReport:
    """Count visitors by group, and find the segments that those who answered have too many or too few of.

    Below ``judge_from`` people who answered nothing is compared; groups of fewer visitors than ``minimum`` are left
    out.
    """
    by_cohort: dict[int, Counter[Reach]] = {}
    for visitor in visitors:
        found = find_reach(visitor, is_anonymous=is_anonymous)
        by_cohort.setdefault(visitor.cohort_id, Counter())[found] += 1
    whole = sum(by_cohort.values(), Counter[Reach]())
    parts = {s: sum((by_cohort.get(c, Counter()) for c in s.cohorts), Counter[Reach]()) for s in segments}
    told = tuple(
        SegmentReach(s.key, s.title, part.total(), _hide_few(part, whole, minimum) if part.total() >= minimum else None)
        for s, part in parts.items()
    )
    unlike = _find_unlike(parts, whole, minimum) if whole[Reach.HEARD] >= judge_from else ()
    return HeardReport(dict(whole), told, unlike, is_sample)


def _hide_few(part: Counter[Reach], whole: Counter[Reach], minimum: int) -> dict[Reach, int]:
    """Return the groups of a segment; those who were asked are one group where few of them answered.

    So are they where few of the other visitors answered: the whole is told, and the segment would tell the others.
    """
    heard = part[Reach.HEARD]
    if not any(0 < n < minimum for n in (heard, whole[Reach.HEARD] - heard)):
        return dict(part)
    told: dict[Reach, int] = {reach: n for reach, n in part.items() if reach not in (Reach.HEARD, Reach.SILENT)}
    told[Reach.ASKED] = part[Reach.HEARD] + part[Reach.SILENT]
    return told


def _find_unlike(
    parts: Mapping[NamedSegment, Counter[Reach]], whole: Counter[Reach], minimum: int
) -> tuple[UnlikeShare, ...]:
    heard, others = whole[Reach.HEARD], whole.total() - whole[Reach.HEARD]
    compared = [(s, part) for s, part in parts.items() if minimum <= part.total() <= whole.total() - minimum]
    p_values = [
        compare_two_shares(part[Reach.HEARD], heard, part.total() - part[Reach.HEARD], others) for _, part in compared
    ]
    found = []
    for (segment, part), is_found in zip(compared, benjamini_hochberg(p_values), strict=True):
        there, answered = part.total() / whole.total(), part[Reach.HEARD] / heard
        if is_found and abs(answered - there) >= LEAST_DIFFERENCE:
            is_told = minimum <= part[Reach.HEARD] <= heard - minimum
            found.append((abs(answered - there), segment, there, answered if is_told else None, answered > there))
    found.sort(key=lambda each: -each[0])
    return tuple(UnlikeShare(s.key, s.title, there, answered, is_more) for _, s, there, answered, is_more in found)
