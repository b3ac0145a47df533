"""Gauges: a figure as a mood, on an axis and in digits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import words_in
from cjm.drawing.gauge import GAUGES, MOOD_COUNT
from cjm.scales import Scale

EN, RU, PL = words_in("en"), words_in("ru"), words_in("pl")
THIN = "\u202f"


@pytest.mark.parametrize(
    ("scale", "value", "mood"),
    [
        (Scale.CSAT, 49.4, 0), (Scale.CSAT, 49.6, 1), (Scale.CSAT, 80, 4), (Scale.CSAT, 79.5, 4),
        (Scale.EMOTION, 0, 2), (Scale.EMOTION, -2, 0), (Scale.EMOTION, 1, 4),
        (Scale.NPS, -100, 0), (Scale.NPS, 0, 1), (Scale.NPS, 50, 4),
        (Scale.CES, 1, 0), (Scale.CES, 5, 2), (Scale.CES, 7, 4),
        (Scale.EXPECTATION, 0, 2), (Scale.SUCCESS, 100, 4),
    ],
)  # fmt: skip
def test_mood_is_that_of_the_figure_as_it_is_printed(scale: Scale, value: float, mood: int) -> None:
    assert GAUGES[scale].mood_of(value) == mood


@pytest.mark.parametrize("scale", Scale)
def test_axis_is_the_whole_scale_and_has_ticks(scale: Scale) -> None:
    """So no figure lies outside, and two pictures of a journey can be laid beside each other."""
    gauge = GAUGES[scale]
    low, high = gauge.axis_range
    assert (low, high) == gauge.spec.bounds
    ticks = gauge.axis_ticks(low, high)
    assert len(ticks) >= 3
    assert all(low <= tick <= high for tick in ticks)


@given(st.sampled_from(Scale), st.floats(0, 1), st.floats(0, 1))
def test_colour_along_the_path_rises_with_the_figure(scale: Scale, a: float, b: float) -> None:
    gauge = GAUGES[scale]
    least, most = gauge.spec.bounds
    one, other = sorted((least + share * (most - least)) for share in (a, b))
    assert 0 <= gauge.mood_position(one) <= gauge.mood_position(other) <= MOOD_COUNT - 1


def test_middle_of_a_mood_has_the_mood_s_own_colour() -> None:
    gauge = GAUGES[Scale.CSAT]
    assert [gauge.mood_position(value) for value in (45, 55, 65, 75, 85)] == [0, 1, 2, 3, 4]


def test_figures_are_written_as_their_scale_is_read() -> None:
    assert GAUGES[Scale.CSAT].format_figure(77.6, EN) == "78%"
    assert GAUGES[Scale.CSAT].format_figure(77.6, RU) == f"78{THIN}%"
    assert GAUGES[Scale.NPS].format_figure(-12.4, EN) == "−12"
    assert GAUGES[Scale.NPS].format_figure(40, EN) == "+40"
    assert GAUGES[Scale.NPS].format_figure(0.2, EN) == "0"
    assert GAUGES[Scale.EMOTION].format_figure(0.75, RU) == "+0,8"
    assert GAUGES[Scale.CES].format_figure(5.4, PL) == "5,4"


def test_interval_between_signed_figures_has_no_dash_that_reads_as_a_minus() -> None:
    assert GAUGES[Scale.NPS].format_interval(-12, 8, EN) == "−12…+8"
    assert GAUGES[Scale.CSAT].format_interval(71, 83, EN) == "71–83%"


def test_margin_is_half_the_interval_or_the_interval_where_it_is_lopsided() -> None:
    assert GAUGES[Scale.CSAT].format_margin(77, 71, 83, EN) == f"±{THIN}6"
    assert GAUGES[Scale.CSAT].format_margin(0, 0, 24, EN) == "0–24%"
    assert GAUGES[Scale.CSAT].format_margin(100, 100, 100, EN) == f"±{THIN}0"


def test_legend_names_the_edges_of_the_moods() -> None:
    assert GAUGES[Scale.CSAT].mood_range_texts(EN) == ["below 50%", "50+", "60+", "70+", "80+"]
    assert GAUGES[Scale.EMOTION].mood_range_texts(RU) == ["до −1", "от −1", "от −0,3", "от +0,3", "от +1"]
    assert GAUGES[Scale.NPS].mood_range_texts(PL) == ["poniżej −10", "od −10", "od +10", "od +30", "od +50"]
