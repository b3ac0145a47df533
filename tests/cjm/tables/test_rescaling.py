"""Values of other scales on the scale of a question: the rule, its properties, and how ratings are written."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjm.scales import Scale
from cjm.tables.cell import CellError
from cjm.tables.cells.rescaling import Rescaling
from tests.depth import choose_depth

CSAT, CES, NPS = (scale.spec.values for scale in (Scale.CSAT, Scale.CES, Scale.NPS))
EMOTION, SUCCESS = Scale.EMOTION.spec.values, Scale.SUCCESS.spec.values


@pytest.mark.parametrize(
    ("ends", "values", "expected"),
    [
        ((1, 10), CSAT, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]),
        ((1, 5), CSAT, [1, 2, 3, 4, 5]),
        ((5, 1), CSAT, [5, 4, 3, 2, 1]),
        ((6, 1), EMOTION, [2, 1, 0, 0, -1, -2]),  # school marks: the halves between 3 and 4 are near the middle
        ((-2, 2), CSAT, [1, 2, 3, 4, 5]),
        ((1, 5), NPS, [0, 2, 5, 8, 10]),  # 2.5 and 7.5 go away from the middle
        ((1, 7), CES, [1, 2, 3, 4, 5, 6, 7]),
        ((0, 10), CSAT, [1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5]),
        ((1, 4), SUCCESS, [0, 1, 1, 2]),
    ],
)
def test_a_scale_is_stretched_to_another(ends: tuple[int, int], values: range, expected: list[int]) -> None:
    rescaling = Rescaling(ends, values)
    assert [rescaling.read(str(value)) for value in range(min(ends), max(ends) + 1)] == expected


@pytest.mark.parametrize(
    ("ends", "cell", "value"),
    [
        ((0, 100), "85 %", 4),
        ((0, 100), "85%", 4),
        ((0, 100), "12,5 %", 1),  # exactly halfway between 1 and 2
        ((0, 1), "100 %", 5),
        ((0, 1), "0,5", 3),
        ((-2, 2), "\u22122", 1),
        ((0, 10), "10/10", 5),
        ((1, 10), "10 out of 10", 5),
        ("stars", "★★★☆☆", 3),
        ("stars", "★★ ★½☆", 4),
        ("stars", "⭐\ufe0f⭐\ufe0f", 2),
        ("stars", "4/5", 4),
        ("stars", "4 out of 5 stars", 4),
        ("stars", "4 Stars", 4),
        ("stars", "1 star", 1),
        ("stars", "4.0", 4),
    ],
)
def test_a_rating_is_read_as_it_is_written(ends: tuple[float, float], cell: str, value: int) -> None:
    assert Rescaling(ends, CSAT).read(cell) == value


@pytest.mark.parametrize(
    ("ends", "cell", "sentence"),
    [
        ((1, 10), "11", "is outside of the range (1 to 10)"),
        ((10, 1), "0", "is outside of the range (10 to 1)"),
        ((0, 100), "101 %", "is outside of the range (0 to 100)"),
        ("stars", "0", "is not 1 to 5 stars"),
        ("stars", "☆☆☆☆☆", "is not a number of stars"),
        ("stars", "★★★★★★", "is not a number of stars"),
        ("stars", "★★☆", "is not a number of stars"),
        ("stars", "4/10", "is not a number of stars"),
        ((1, 10), "50 %", "is not a number"),
        ((1, 10), "many", "is not a number; name words in values"),
        ((0, 10), "8/", "is not a number"),
        ((0, 10), "%", "is not a number"),
    ],
)
def test_a_rating_outside_of_its_range_is_refused(ends: tuple[float, float], cell: str, sentence: str) -> None:
    with pytest.raises(CellError) as caught:
        Rescaling(ends, CSAT).read(cell)
    assert str(caught.value).startswith(sentence)


def test_every_scale_has_a_middle_value() -> None:
    # Otherwise a half could lie in the middle, and rounding it would favour one side.
    assert all(len(scale.spec.values) % 2 == 1 for scale in Scale)


ENDS, PARTS = st.integers(-1000, 1000), st.fractions(0, 1, max_denominator=60)


@settings(max_examples=choose_depth(30, 500), deadline=None)
@given(
    st.sampled_from(list(Scale)), ENDS, ENDS, st.lists(st.fractions(0, 1, max_denominator=60), min_size=2, max_size=2)
)
def test_rescaling_is_monotone_keeps_the_ends_and_is_mirrored_when_turned_round(
    scale: Scale, first: int, last: int, parts: list[Fraction]
) -> None:
    last += first == last
    values = scale.spec.values
    there, back = Rescaling((first, last), values), Rescaling((last, first), values)
    assert (there.read(str(first)), there.read(str(last))) == (values[0], values[-1])
    less, more = (first + (last - first) * part for part in sorted(parts))
    assert there.rescale(less) <= there.rescale(more)
    assert there.rescale(less) + back.rescale(less) == values[0] + values[-1]
