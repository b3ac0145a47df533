"""Where the buttons under a map lead."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.figures.map_view import MENUS, MapView, ViewContent, ViewMenu, ViewStep, apply_step, drop_missing_choices
from cjm.journeys.journey_file import read_journey

SHOP = read_journey(templates.text("shop"), "shop.toml")
THERE = {"shop": SHOP, "other": SHOP}
TODAY = date(2026, 11, 22)
NOW = MapView(ViewContent.MAP, "shop")


def moved(look: MapView, step: ViewStep, n: int = 0) -> MapView:
    return apply_step(look, step, n, THERE, TODAY)


def test_earlier_goes_back_by_one_window_and_later_returns_to_today() -> None:
    earlier = moved(NOW, ViewStep.EARLIER)
    assert earlier.last == TODAY - timedelta(days=28)
    assert moved(earlier, ViewStep.LATER) == NOW
    assert moved(NOW, ViewStep.LATER) == NOW


def test_another_length_keeps_the_last_day() -> None:
    earlier = moved(NOW, ViewStep.EARLIER)
    assert moved(earlier, ViewStep.DAYS, 7) == replace(earlier, days=7)
    assert moved(earlier, ViewStep.DAYS, 8) == earlier


def test_a_menu_opens_offers_and_closes() -> None:
    opened = moved(NOW, ViewStep.OPEN, MENUS.index(ViewMenu.SEGMENT))
    assert opened.options == tuple(s.key for s in SHOP.segments)
    assert moved(opened, ViewStep.CHOOSE, 2).segment == SHOP.segments[1].key
    assert moved(moved(opened, ViewStep.CHOOSE, 2), ViewStep.BACK).menu is ViewMenu.NONE
    assert moved(opened, ViewStep.CHOOSE, 0).segment is None


def test_another_journey_forgets_the_segment_and_keeps_the_window() -> None:
    look = replace(NOW, segment="new", days=84, menu=ViewMenu.JOURNEY, options=("shop", "other"))
    assert moved(look, ViewStep.CHOOSE, 2) == MapView(ViewContent.MAP, "other", days=84)


def test_of_places_first_the_stages_then_the_touchpoints_of_the_one_chosen() -> None:
    at_places = MENUS.index(ViewMenu.PLACE)
    assert moved(NOW, ViewStep.OPEN, at_places).options[0] == "awareness"
    assert moved(replace(NOW, place="purchase"), ViewStep.OPEN, at_places).options == ("checkout", "payment")


def test_what_the_journey_has_forgotten_is_let_go() -> None:
    assert drop_missing_choices(replace(NOW, segment="gone", place="nowhere"), SHOP) == NOW


@given(st.lists(st.tuples(st.sampled_from(ViewStep), st.integers(-5, 2000))))
def test_whatever_is_tapped_there_is_something_to_show(taps: list[tuple[ViewStep, int]]) -> None:
    look = NOW
    for step, n in taps:
        look = moved(look, step, n)
        assert look.journey in THERE
        assert look.last is None or date(2000, 1, 1) <= look.last < TODAY
        assert look.days in (7, 28, 84)
        assert look.page >= 0
        assert MapView.of(look.data) == look


def test_a_view_kept_by_another_version_is_understood() -> None:
    assert MapView.of({"face": "map", "journey": "shop", "a_setting_of_old": 1}) == NOW
