"""Export of anonymous answers: whoever knows a day, a place, a channel and a group finds at least the minimum there."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.figures.export_cells import AnswerCell, ShownCell, coarsen_cells
from tests.depth import choose_depth

MONDAY = date(2026, 11, 2)


def cell(days: int = 0, channel: str = "store", cohort: int = 1, question: str = "csat") -> AnswerCell:
    return AnswerCell(question, "counter", MONDAY + timedelta(days=days), channel, cohort)


def test_cell_with_enough_answers_is_told_in_full() -> None:
    assert coarsen_cells({cell(): 10}, 10) == {cell(): ShownCell("2026-11-02", "store", 1)}


def test_question_with_too_few_answers_is_left_out() -> None:
    assert coarsen_cells({cell(): 9, cell(question="nps"): 10}, 10).keys() == {cell(question="nps")}


def test_few_answers_lose_their_cohort_then_their_channel_then_their_day() -> None:
    counts = {cell(): 30, cell(cohort=2): 5, cell(cohort=3): 6, cell(channel="site"): 12, cell(days=1): 4, cell(-1): 9}
    shown = coarsen_cells(counts, 10)
    assert shown[cell()] == ShownCell("2026-11-02", "store", 1)
    assert shown[cell(cohort=2)] == shown[cell(cohort=3)] == ShownCell("2026-11-02", "store")
    assert shown[cell(channel="site")] == ShownCell("2026-11-02", "site", 1)
    assert shown[cell(days=1)] == shown[cell(-1)] == ShownCell("2026-11")


def test_single_small_cohort_takes_a_larger_one_with_it() -> None:
    """Else the rows without a cohort would be those of the one cohort that is missing."""
    shown = coarsen_cells({cell(): 30, cell(cohort=2): 11, cell(cohort=3): 1}, 10)
    assert shown == {
        cell(): ShownCell("2026-11-02", "store", 1),
        cell(cohort=2): ShownCell("2026-11-02", "store"),
        cell(cohort=3): ShownCell("2026-11-02", "store"),
    }


CELLS = st.builds(cell, st.integers(-400, 400), st.sampled_from(["store", "site"]), st.integers(1, 3))
NEAR = st.builds(cell, st.integers(0, 3), st.sampled_from(["store", "site"]), st.integers(1, 3))


@settings(max_examples=choose_depth(40, 2000), deadline=None)
@given(st.dictionaries(CELLS | NEAR, st.integers(1, 14), max_size=30), st.integers(1, 12))
def test_every_combination_that_is_shown_stands_for_the_minimum(counts: dict[AnswerCell, int], minimum: int) -> None:
    shown = coarsen_cells(counts, minimum)
    sizes: Counter[tuple[str, str, ShownCell]] = Counter()
    for each, what in shown.items():
        sizes[each.question, each.subject, what] += counts[each]
    assert all(n >= minimum for n in sizes.values())
    assert sum(counts[each] for each in shown) in (0, sum(counts.values()))
    for each, what in shown.items():
        assert each.day.isoformat().startswith(what.when)
        assert what.channel in (None, each.channel)
        assert what.cohort_id in (None, each.cohort_id)
