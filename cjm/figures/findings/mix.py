"""Change of mix: other touchpoints or other customers were answered about than before.

* A shift of touchpoints or of late answers is told where the plain figures differ by something else than the change
  within them, so that the words and the picture do not contradict themselves.
* A shift of segments takes the place of "worse" or "better" only when the finding disappears within the segments, the
  shares of the segments moved beyond noise, and no group's own figure changed. A drop in every segment stays a drop.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from cjm.figures.findings.change import Clustering, Stratum, chi_squared_tail, mantel_score_test, measure_clustering
from cjm.figures.findings.contributions import AnswerCounts, sum_contributions
from cjm.figures.journey_map import MixShift, MixSubject
from cjm.figures.people import PeopleSums
from cjm.scales import Scale

if TYPE_CHECKING:  # it needs pydantic; words and pictures, which need this module, should not wait for that
    from cjm.figures.findings.compared_subjects import SubjectComparison

CONTRADICTION = 0.03  # of the range of the scale: a smaller gap between the plain and the inner change is not seen
CLEAR = 0.05  # chance of an error at which a share or a group is said to have moved
LEAST_OVERLAP = 1 / 3  # of the weight of the finding: with less, too few groups answered on both sides
MOST_INNER = 0.5  # of the finding's points, that may remain within the groups
LEAST_PEOPLE = 10  # of a part that is told to be lower, on both sides together: fewer could be recognised

Signature = frozenset[str]
"""Keys of all segments that a group of customers belongs to. Each answer has one signature."""

SegmentParts = Mapping[tuple[str, Signature], Stratum]
"""(place, signature) → answers now and before."""

PlaceAnswers = Mapping[tuple[str, int], AnswerCounts]
"""(place, id of the cohort) → answers by raw value, of one period."""

_Key = TypeVar("_Key", bound=Hashable)
_Part = TypeVar("_Part", bound=Hashable)


def group_by_signature(signatures: Mapping[int, Signature], now: PlaceAnswers, before: PlaceAnswers) -> SegmentParts:
    """Return the answers of a subject by place and signature; ``signatures`` are those of the cohorts."""
    return _merge(
        {
            (place, cohort): (now.get((place, cohort), {}), before.get((place, cohort), {}))
            for place, cohort in {**now, **before}
        },
        lambda key: (key[0], signatures.get(key[1], frozenset())),
    )


def contradicts_change(scale: Scale, plain: float, points: float) -> bool:
    """Return whether the ``plain`` difference of both periods seems to tell another change than ``points`` do."""
    least, most = scale.spec.bounds
    return abs(plain - points) > CONTRADICTION * (most - least)


def find_mix_of_places(comparison: "SubjectComparison", plain: float, points: float) -> MixShift | None:
    """Return the shift that makes the ``plain`` change differ from the one within strata; None if it does not.

    Of the touchpoints, the one whose share of the answers moved most is named.
    """
    if not contradicts_change(comparison.scale, plain, points):
        return None
    by_place = _merge(comparison.strata, lambda key: key.place)
    by_lateness = _merge(comparison.strata, lambda key: key.delay > 0)
    within_places = mantel_score_test(comparison.scale, list(by_place.values())).points
    if len(by_place) > 1 and abs(plain - within_places) >= abs(within_places - points):
        shifts = [
            _describe_shift(comparison, MixSubject.TOUCHPOINTS, by_place, {place}, comparison.place_titles[place])
            for place in by_place
        ]
    else:
        shifts = [_describe_shift(comparison, MixSubject.DELAYS, by_lateness, {True}, "")]
    return _greatest(shifts)


def find_mix_of_segments(
    comparison: "SubjectComparison", parts: SegmentParts, titles: Mapping[str, str], points: float
) -> MixShift | None:
    """Return the shift of segments that a finding of ``points`` really is; None when the figure itself changed.

    ``titles`` are those of the journey's segments. The shares of the groups are tested by chi-squared, divided by how
    often each person answered (Rao & Scott 1981, first order): one customer with many answers is no trend.
    """
    by_group = {
        group: stratum for group, stratum in _merge(parts, lambda key: key[1]).items() if any(map(_count, stratum))
    }
    if len(by_group) < 2 or not _has_mix_moved(by_group.values(), comparison):
        return None
    scale, strata = comparison.scale, list(parts.values())
    clustering = measure_clustering(scale, list(comparison.strata.values()), comparison.people)
    inner = mantel_score_test(scale, strata, clustering)
    has_overlap = _overlap(strata) >= LEAST_OVERLAP * _overlap(comparison.strata.values())
    if not has_overlap or inner.p_value <= CLEAR or abs(inner.points) > MOST_INNER * abs(points):
        return None
    if _has_group_changed(scale, parts, by_group, titles, clustering):
        return None
    shifts = [
        _describe_shift(comparison, MixSubject.SEGMENTS, by_group, {g for g in by_group if key in g}, title)
        for key, title in titles.items()
    ]
    # A segment explains a drop when a weak one gained or a strong one lost.
    return _greatest(s for s in shifts if s and s.is_lower == ((s.share_now > s.share_before) == (points < 0)))


def _greatest(shifts: Iterable[MixShift | None]) -> MixShift | None:
    return max(
        (shift for shift in shifts if shift is not None),
        key=lambda shift: abs(shift.share_now - shift.share_before),
        default=None,
    )


def _merge(strata: Mapping[_Key, Stratum], name: Callable[[_Key], _Part]) -> dict[_Part, Stratum]:
    merged: defaultdict[_Part, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for key, stratum in strata.items():
        for index, counts in enumerate(stratum):
            merged[name(key)][index].update(counts)
    return dict(merged)


def _describe_shift(
    comparison: "SubjectComparison",
    subject: MixSubject,
    parts: Mapping[_Part, Stratum],
    chosen: Collection[_Part],
    title: str,
) -> MixShift | None:
    """Return the shares of the chosen parts; None where they or the others are too few to be told apart."""
    inside = [stratum for part, stratum in parts.items() if part in chosen]
    outside = [stratum for part, stratum in parts.items() if part not in chosen]
    if min(_count_people(inside, comparison), _count_people(outside, comparison)) < LEAST_PEOPLE:
        return None
    sizes = [(sum(_count(each[side]) for each in inside), comparison.answers[side]) for side in (0, 1)]
    share_now, share_before = (n / whole if whole else 0.0 for n, whole in sizes)
    is_lower = _mean(comparison.scale, inside) < _mean(comparison.scale, outside)
    return MixShift(subject, title, share_before=share_before, share_now=share_now, is_lower=is_lower)


def _count_people(strata: Iterable[Stratum], comparison: "SubjectComparison") -> float:
    """Return about how many people gave these answers, on both sides together."""
    rates = [_answers_a_person(*each) for each in zip(comparison.people, comparison.answers, strict=True)]
    return sum(_count(now) / rates[0] + _count(before) / rates[1] for now, before in strata)


def _count(counts: AnswerCounts) -> int:
    return sum(counts.values())


def _mean(scale: Scale, strata: Iterable[Stratum]) -> float:
    sides = [sum_contributions(scale, side) for stratum in strata for side in stratum]
    return sum(side.total for side in sides) / max(1, sum(side.n for side in sides))


def _overlap(strata: Iterable[Stratum]) -> float:
    """Return the weight of strata in a stratified difference: n·m/(n + m) of each."""
    sizes = [(_count(now), _count(before)) for now, before in strata]
    return sum(n * m / (n + m) for n, m in sizes if n + m)


def _has_mix_moved(groups: Iterable[Stratum], comparison: "SubjectComparison") -> bool:
    sizes = [(_count(now), _count(before)) for now, before in groups]
    n, m = (sum(side) for side in zip(*sizes, strict=True))
    if not n or not m:
        return False
    answers = zip(comparison.people, (n, m), strict=True)
    variance = sum(_answers_a_person(side, size) / size for side, size in answers)
    statistic = sum((a / n - b / m) ** 2 / ((a + b) / (n + m)) for a, b in sizes if a + b) / variance
    return chi_squared_tail(statistic, len(sizes) - 1) <= CLEAR


def _answers_a_person(side: PeopleSums, answers: int) -> float:
    """Return the design effect of a share of people: all answers of a person belong to the same group."""
    days = max(1, side.sums.n)
    return max(1.0, answers / days * side.clusters.days_squares / days)


def _has_group_changed(
    scale: Scale,
    parts: SegmentParts,
    groups: Mapping[Signature, Stratum],
    titles: Mapping[str, str],
    clustering: Clustering,
) -> bool:
    """True if the own figure of a segment, or of those who belong to exactly the same ones, changed beyond noise."""
    families = {frozenset({group}) for group in groups}
    families |= {frozenset(group for group in groups if key in group) for key in titles}
    families.discard(frozenset())
    tested = [[stratum for (_, group), stratum in parts.items() if group in family] for family in families]
    return any(mantel_score_test(scale, strata, clustering).p_value <= CLEAR / len(tested) for strata in tested)
