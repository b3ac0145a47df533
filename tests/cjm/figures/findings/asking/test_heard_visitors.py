"""Who of the visitors was heard; a warning where those who answer are not like those who were there."""

from collections.abc import Iterable
from random import Random

import pytest

from cjm.figures.asking.heard import Visitor
from cjm.figures.asking.reach import HeardReport, Reach
from cjm.figures.findings.asking.heard_visitors import NamedSegment, report_heard
from tests.depth import choose_depth

NEW, BACK = NamedSegment("new", "New customers", frozenset({1})), NamedSegment("back", "Regulars", frozenset({2}))


def people(cohort: int, heard: int, silent: int) -> list[Visitor]:
    return [Visitor(cohort, is_asked=True, is_answered=True)] * heard + [Visitor(cohort, is_asked=True)] * silent


def report(visitors: Iterable[Visitor], *, is_anonymous: bool = False) -> HeardReport:
    return report_heard(visitors, [NEW, BACK], is_anonymous=is_anonymous, minimum=5, judge_from=10)


def test_groups_add_up_and_stand_by_segment() -> None:
    found = report([*people(1, 6, 4), *people(2, 20, 0), Visitor(2)])
    assert found.visitors == 31
    assert found.groups == {Reach.HEARD: 26, Reach.SILENT: 4, Reach.NO_SURVEY: 1}
    assert [(part.key, part.visitors, part.groups) for part in found.segments] == [
        ("new", 10, {Reach.HEARD: 6, Reach.SILENT: 4}),
        ("back", 21, {Reach.HEARD: 20, Reach.NO_SURVEY: 1}),
    ]


def test_a_mix_of_answers_unlike_that_of_visitors_is_told_with_both_shares() -> None:
    (new, back) = report([*people(1, 31, 93), *people(2, 69, 7)]).unlike
    assert {(each.key, each.of_visitors, each.of_heard, each.is_more) for each in (new, back)} == {
        ("new", 0.62, 0.31, False),
        ("back", 0.38, 0.69, True),
    }


@pytest.mark.parametrize(
    "visitors",
    [
        [*people(1, 50, 74), *people(2, 30, 46)],  # alike
        [*people(1, 1, 8), *people(2, 8, 3)],  # too few answered
        [*people(1, 4_900, 5_100), *people(2, 5_100, 4_900)],  # proven, and too small to matter
    ],
)
def test_a_mix_that_is_alike_or_not_proven_or_hardly_differs_is_not_told(visitors: list[Visitor]) -> None:
    assert report(visitors).unlike == ()


def test_fewer_people_than_the_minimum_are_not_told() -> None:
    found = report([*people(1, 3, 90), *people(2, 40, 20), *people(3, 0, 1)])
    new = next(each for each in found.unlike if each.key == "new")
    assert (new.of_heard, new.is_more) == (None, False)
    assert found.segments[0].groups == {Reach.ASKED: 93}, "how many of few answered is not told"
    assert found.segments[1].groups == {Reach.ASKED: 60}, "nor is it where the whole less this segment would tell it"
    assert report(people(1, 2, 2)).segments[0].groups is None


def test_in_an_anonymous_journey_nobody_is_heard_or_silent_and_nothing_is_compared() -> None:
    found = report([*people(1, 31, 93), *people(2, 69, 7)], is_anonymous=True)
    assert (found.groups, found.unlike) == ({Reach.ASKED: 200}, ())


def test_equal_segments_are_seldom_told_apart() -> None:
    random, draws, told = Random(11), choose_depth(150, 1_500), 0
    for _ in range(draws):
        visitors = [Visitor(random.choice((1, 2)), is_asked=True, is_answered=random.random() < 0.5) for _ in range(80)]
        told += bool(report(visitors).unlike)
    assert told <= 0.07 * draws
