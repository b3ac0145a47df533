"""The response rate of the asking, and the hour at which people answer more often than at others."""

from random import Random

import pytest

from cjm.figures.asking.asking_outcome import AskingOutcome
from cjm.figures.findings.asking.report import ENOUGH, AskingTally, find_best_hour
from cjm.figures.findings.asking.two_shares import compare_two_shares
from tests.depth import choose_depth

Out = AskingOutcome


def tally(answered: int, silent: int) -> AskingTally:
    return AskingTally({Out.ANSWERED: answered, Out.SILENT: silent})


def test_the_rate_leaves_out_young_and_untold_questions_and_counts_partial_answers() -> None:
    some = AskingTally({Out.ANSWERED: 5, Out.PARTLY: 1, Out.SILENT: 2, Out.DECLINED: 1, Out.OPEN: 3}, young=2)
    assert (some.question_count, some.over, some.replies, some.response_rate) == (12, 10, 6, 0.6)
    assert AskingTally({Out.UNTOLD: 40}).response_rate is None
    assert AskingTally({Out.OPEN: 2}, young=2).response_rate is None
    assert AskingTally().response_rate is None


def test_the_best_hour_is_named_where_it_is_above_the_others_beyond_noise() -> None:
    hours = {9: tally(40, 60), 12: tally(38, 62), 18: tally(78, 22)}
    assert find_best_hour(hours) == 18
    assert find_best_hour({9: tally(40, 60), 18: tally(45, 55)}) is None
    assert find_best_hour({}) is None


def test_an_hour_with_few_questions_is_not_named() -> None:
    few = {9: tally(30, 170), 18: tally(ENOUGH - 1, 0)}
    assert find_best_hour(few) is None
    assert find_best_hour({**few, 18: tally(ENOUGH, 0)}) == 18


def test_an_hour_that_is_only_worse_makes_no_other_one_the_best() -> None:
    assert find_best_hour({9: tally(50, 50), 13: tally(51, 49), 21: tally(10, 90), 8: tally(49, 51)}) is None


def test_equal_hours_are_seldom_told_apart() -> None:
    random, draws = Random(4), choose_depth(200, 2_000)
    named = 0
    for _ in range(draws):
        answers = {hour: sum(random.random() < 0.6 for _ in range(60)) for hour in range(9, 21)}
        named += find_best_hour({hour: tally(n, 60 - n) for hour, n in answers.items()}) is not None
    assert named <= 0.06 * draws


@pytest.mark.parametrize(("shares", "p"), [((8, 10, 2, 10), 0.0088), ((5, 10, 5, 10), 1.0), ((0, 0, 5, 10), 1.0)])
def test_two_shares_are_compared_by_the_n_minus_one_test(shares: tuple[int, int, int, int], p: float) -> None:
    assert compare_two_shares(*shares) == pytest.approx(p, abs=5e-4)
