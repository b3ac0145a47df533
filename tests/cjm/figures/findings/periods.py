"""Periods of an invented business, with the sums that the product's counters would hold for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np

from cjm.figures.findings.compared_subjects import StratumKey, SubjectComparison
from cjm.figures.findings.mix import SegmentParts
from cjm.figures.gaps import WindowGaps, gap_class, share_in_window
from cjm.figures.people import PeopleSums, PersonClusters, PersonDaySums, clusters_from_gaps, single_days
from cjm.scales import Scale, contribution
from tests.cjm.figures.findings.business import POINTS, SCALES, STAGES, Answers, Days

MOST_ROWS = 1000  # answers of a figure whose people the product counts one by one
LOOKED_AT = 20  # people that its bounded look at rows makes certain, where counters tell too few
REACH = 7  # days before a window of 28 days to which its counters by gap class reach back
DAYS = 10_000  # more than a history has


@dataclass(frozen=True, slots=True)
class Period:
    """Answers about some days, and all answers with those of the days before them.

    People of more than ``most_rows`` answers are known about, from counters by gap class; of fewer exactly.
    """

    days: Days
    answers: Answers
    history: Answers
    most_rows: float = MOST_ROWS
    points: Sequence[int] = range(STAGES * POINTS)

    @classmethod
    def cut(cls, answers: Answers, days: Days, now: float = np.inf, most_rows: float = MOST_ROWS) -> "Period":
        """Return the period of these days from what has arrived."""
        return cls(days, answers.between(days, now), answers.between((days[0] - REACH, days[1]), now), most_rows)

    def narrow(self, points: Sequence[int]) -> "Period":
        """Return the period of a stage or a touchpoint."""
        return replace(self, answers=self.answers.where(np.isin(self.answers.point, points)), points=points)

    def count_people(self, scale: Scale) -> PeopleSums:
        """Return the person-days and their people."""
        exact = count_people(self.answers, scale)
        if len(self.answers.person) <= self.most_rows:
            return exact
        length = self.days[1] - self.days[0] + 1
        history = self.history.where(np.isin(self.history.point, self.points))
        about = clusters_from_gaps(exact.sums, _sum_gaps(history, scale, self.days), length)
        certain = max(about.clusters.at_least, min(LOOKED_AT, exact.clusters.at_least))
        people = max(about.clusters.people, certain)
        return PeopleSums(exact.sums, replace(about.clusters, at_least=certain, people=people))


def compare(
    now: Period, before: Period, *, everything: bool, scales: Sequence[Scale] = SCALES, by_delay: bool = True
) -> Iterator[SubjectComparison]:
    """Yield what a digest compares (``everything``), or the stages' headline figures that a map compares."""
    for scale in scales if everything else scales[:1]:
        for stage in range(STAGES):
            points = range(stage * POINTS, (stage + 1) * POINTS)
            yield _compare_subject(now, before, f"s{stage}", f"s{stage}", points, scale, by_delay=by_delay)
            for point in points if everything else ():
                yield _compare_subject(now, before, f"s{stage}", f"p{point}", [point], scale, by_delay=by_delay)


def _compare_subject(
    now: Period, before: Period, stage: str, subject: str, points: Sequence[int], scale: Scale, *, by_delay: bool
) -> SubjectComparison:
    sides = [side.narrow(points) for side in (now, before)]
    counts = [_count_values(side.answers, scale, by_delay=by_delay) for side in sides]
    keys = sorted(counts[0].keys() | counts[1].keys())
    strata = {StratumKey(f"p{point}", delay): (counts[0].get((point, delay), {}), counts[1].get((point, delay), {}))
              for point, delay in keys}  # fmt: skip
    people = sides[0].count_people(scale), sides[1].count_people(scale)
    titles = {f"p{point}": f"Point {point}" for point in points}
    return SubjectComparison(stage, subject, subject.title(), scale, strata, people, titles)


def _count_values(side: Answers, scale: Scale, *, by_delay: bool) -> dict[tuple[int, int], dict[int, int]]:
    width = len(scale.spec.values)
    delay = side.delay if by_delay else np.zeros_like(side.delay)
    codes = (side.point * 8 + delay) * width + side.values[scale] - scale.spec.values[0]
    counts: dict[tuple[int, int], dict[int, int]] = {}
    for code, n in _count_equal(codes).items():
        counts.setdefault(divmod(code // width, 8), {})[code % width + scale.spec.values[0]] = n
    return counts


def _count_equal(column: np.ndarray) -> dict[int, int]:
    """Return how often each value is there, in their order."""
    values, counts = np.unique(column, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


@cache
def _contributions(scale: Scale) -> np.ndarray:
    return np.array([contribution(scale, value) for value in scale.spec.values])


class _PersonDays(NamedTuple):
    """Columns of person-days: ``DAYS`` times the person plus the day, x, the means of u² and of the raw values."""

    codes: np.ndarray
    x: np.ndarray
    mean_squares: np.ndarray
    raw: np.ndarray


def _find_person_days(side: Answers, scale: Scale) -> _PersonDays:
    values = side.values[scale]
    u = _contributions(scale)[values - scale.spec.values[0]]
    codes, index, size = np.unique(side.person * DAYS + side.day, return_inverse=True, return_counts=True)
    return _PersonDays(codes, *(np.bincount(index, each) / size for each in (u, u * u, values)))


def count_people(side: Answers, scale: Scale) -> PeopleSums:
    """Return the person-days of answers and their people, counted one by one."""
    if not len(side.person):
        return single_days(PersonDaySums())
    codes, x, mean_squares, raw = _find_person_days(side, scale)
    _, who, k = np.unique(codes // DAYS, return_inverse=True, return_counts=True)
    s = np.bincount(who, x)
    sums = PersonDaySums(len(x), float(x.sum()), float(x @ x), float(raw.sum()), float(mean_squares.sum()))
    return PeopleSums(sums, PersonClusters(len(k), len(k), float(s @ s), float(s @ k), float(k @ k)))


def _sum_gaps(history: Answers, scale: Scale, days: Days) -> WindowGaps:
    """Return what counters by gap class tell of these days."""
    codes, x, *_ = _find_person_days(history, scale)
    person, day = divmod(codes, DAYS)
    sums, whole = np.zeros(4), 0
    for lag in range(1, len(codes)):
        is_pair = person[lag:] == person[:-lag]
        if not is_pair.any():
            break
        is_pair &= day[lag:] >= days[0]
        earlier, later = x[:-lag][is_pair], x[lag:][is_pair]
        share = _gap_shares()[(day[lag:] - day[:-lag])[is_pair], day[lag:][is_pair] - days[0]]
        if lag == 1:
            sums[0], whole = share.sum(), int((share > 0).sum())
        sums[1:] += share.sum(), share @ (earlier + later), share @ (earlier * later)
    return WindowGaps(float(sums[0]), whole, 0, *(float(each) for each in sums[1:]))


@cache
def _gap_shares() -> np.ndarray:
    """Return by gap and days since the window's start the share of a pair that the window counts."""
    places = [gap_class(gap) for gap in range(REACH + 28)]
    return np.array([[share_in_window(place or 0, back) for back in range(28)] for place in places])


def segment_parts(now: Period, before: Period, comparison: SubjectComparison) -> SegmentParts:
    """Return the answers of a compared stage or touchpoint by place, and by whether they are of new customers."""
    parts = {}
    for place in comparison.place_titles:
        for is_new in (False, True):
            sides = [
                side.answers.where((side.answers.point == int(place[1:])) & (side.answers.is_new == is_new))
                for side in (now, before)
            ]
            counts = [_count_equal(side.values[comparison.scale]) for side in sides]
            parts[place, frozenset({"new"} if is_new else {"regular"})] = (counts[0], counts[1])
    return parts
