"""Where the buttons under a map lead."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.figures.map_view import MENUS, Face, Look, Menu, Step, fitting, moved_by
from cjm.journeys.journey import read_journey

SHOP = read_journey(templates.text("shop"), "shop.toml")
THERE = {"shop": SHOP, "other": SHOP}
TODAY = date(2026, 11, 22)
NOW = Look(Face.MAP, "shop")


def moved(look: Look, step: Step, n: int = 0) -> Look:
    return moved_by(look, step, n, THERE, TODAY)


def test_earlier_goes_back_by_one_window_and_later_returns_to_today() -> None:
    earlier = moved(NOW, Step.EARLIER)
    assert earlier.last == TODAY - timedelta(days=28)
    assert moved(earlier, Step.LATER) == NOW
    assert moved(NOW, Step.LATER) == NOW


def test_another_length_keeps_the_last_day() -> None:
    earlier = moved(NOW, Step.EARLIER)
    assert moved(earlier, Step.DAYS, 7) == replace(earlier, days=7)
    assert moved(earlier, Step.DAYS, 8) == earlier


def test_a_menu_opens_offers_and_closes() -> None:
    opened = moved(NOW, Step.OPEN, MENUS.index(Menu.SEGMENT))
    assert opened.options == tuple(s.key for s in SHOP.segments)
    assert moved(opened, Step.CHOOSE, 2).segment == SHOP.segments[1].key
    assert moved(moved(opened, Step.CHOOSE, 2), Step.BACK).menu is Menu.NONE
    assert moved(opened, Step.CHOOSE, 0).segment is None


def test_another_journey_forgets_the_segment_and_keeps_the_window() -> None:
    look = replace(NOW, segment="new", days=84, menu=Menu.JOURNEY, options=("shop", "other"))
    assert moved(look, Step.CHOOSE, 2) == Look(Face.MAP, "other", days=84)


def test_of_places_first_the_stages_then_the_touchpoints_of_the_one_chosen() -> None:
    at_places = MENUS.index(Menu.PLACE)
    assert moved(NOW, Step.OPEN, at_places).options[0] == "awareness"
    assert moved(replace(NOW, place="purchase"), Step.OPEN, at_places).options == ("checkout", "payment")


def test_what_the_journey_has_forgotten_is_let_go() -> None:
    assert fitting(replace(NOW, segment="gone", place="nowhere"), SHOP) == NOW


@given(st.lists(st.tuples(st.sampled_from(Step), st.integers(-5, 2000))))
def test_whatever_is_tapped_there_is_something_to_show(taps: list[tuple[Step, int]]) -> None:
    look = NOW
    for step, n in taps:
        look = moved(look, step, n)
        assert look.journey in THERE
        assert look.last is None or date(2000, 1, 1) <= look.last < TODAY
        assert look.days in (7, 28, 84)
        assert look.page >= 0
        assert Look.of(look.data) == look


def test_a_view_kept_by_another_version_is_understood() -> None:
    assert Look.of({"face": "map", "journey": "shop", "a_setting_of_old": 1}) == NOW
