"""Symbols, faces and curves as paths."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjm.drawing.curves import monotone_cubic, points_along, rounded_box
from cjm.drawing.primitives import Face, Hatch, Icon, Shape
from cjm.drawing.shapes.faces import face_shapes
from cjm.drawing.shapes.symbols import SYMBOL_NAMES, channel_symbol, icon_shapes
from cjm.drawing.theme import LIGHT
from cjm.journeys.journey import CHANNELS


@pytest.mark.parametrize("name", sorted(SYMBOL_NAMES))
def test_symbol_stays_inside_its_square(name: str) -> None:
    shapes = icon_shapes(Icon(name, 100, 200, 24, "#000000"))
    assert shapes
    for shape in shapes:
        assert all(88 <= x <= 112 and 187.5 <= y <= 212 for x, y in shape.path.points)
        assert len(shape.path.points) == len(shape.path.verbs)
        assert shape.path.verbs[0] == "M"


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_has_a_symbol_of_its_own(channel: str) -> None:
    assert channel_symbol(channel) == channel
    assert channel in SYMBOL_NAMES


@pytest.mark.parametrize("channel", ["teleport", "barrier", ""])
def test_unknown_channel_is_drawn_as_another(channel: str) -> None:
    assert channel_symbol(channel) == "other"


def test_five_moods_are_five_faces_and_none_of_them_needs_its_colour() -> None:
    bare = [
        [shape.path for shape in face_shapes(Face(0, 0, 50, mood), LIGHT) if isinstance(shape, Shape)]
        for mood in range(5)
    ]
    assert len({str(paths) for paths in bare}) == 5


def test_face_that_is_not_judged_has_no_mouth_and_one_that_is_not_sure_is_striped() -> None:
    assert any(isinstance(part, Hatch) for part in face_shapes(Face(0, 0, 50, None), LIGHT))
    unsure = face_shapes(Face(0, 0, 50, 3, is_certain=False), LIGHT)
    assert any(isinstance(part, Hatch) and part.colour == LIGHT.moods[3] for part in unsure)


points = st.lists(st.floats(-50, 50), min_size=1, max_size=7)


@given(points, st.lists(st.floats(0, 1), max_size=20))
def test_curve_never_overshoots_a_point(ys: list[float], shares: list[float]) -> None:
    xs = [10.0 * i for i in range(len(ys))]
    for share in shares:
        x = share * xs[-1]
        i = min(int(x // 10), max(len(ys) - 2, 0))
        neighbours = ys[i : i + 2]
        (y,) = monotone_cubic(xs, ys, [x])
        assert min(neighbours) - 1e-6 <= y <= max(neighbours) + 1e-6


@given(points)
def test_curve_passes_through_every_point(ys: list[float]) -> None:
    xs = [10.0 * i for i in range(len(ys))]
    assert monotone_cubic(xs, ys, xs) == pytest.approx(ys, abs=1e-6)


def test_radius_too_large_for_a_box_becomes_the_largest_that_fits() -> None:
    assert rounded_box(0, 0, 40, 10, 99) == rounded_box(0, 0, 40, 10, 5)


def test_steps_along_a_line_are_evenly_spaced() -> None:
    places = points_along([(0, 0), (30, 0), (30, 40)], 5, 20)
    assert [(round(x), round(y)) for x, y, _ in places] == [(5, 0), (25, 0), (30, 15), (30, 35)]
    assert [turn for *_, turn in places] == [0, 0, math.pi / 2, math.pi / 2]
