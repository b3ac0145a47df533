"""Views of a map and the steps between them."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cjm import templates
from cjm.figures.map_view import MENUS, MapView, ViewContent, ViewMenu, drop_missing_choices
from cjm.figures.views.view_names import MOST_NAME, fit_name
from cjm.figures.views.view_steps import DAY, ViewStep, apply_step, choose_theme, close_stage, open_beside, open_stage
from cjm.journeys.journey_file import read_journey

SHOP = read_journey(templates.text("shop"), "shop.toml")
JOURNEYS = {"shop": SHOP, "other": SHOP}
TODAY = date(2026, 11, 22)
NOW = MapView(ViewContent.MAP, "shop")


def step_from(view: MapView, step: ViewStep, n: int = 0) -> MapView:
    return apply_step(view, step, n, JOURNEYS, TODAY)


def test_earlier_goes_back_by_one_period_and_later_returns_to_today() -> None:
    earlier = step_from(NOW, ViewStep.EARLIER)
    assert earlier.last == TODAY - timedelta(days=28)
    assert step_from(earlier, ViewStep.LATER) == NOW
    assert step_from(NOW, ViewStep.LATER) == NOW


def test_a_step_of_a_day_leads_to_yesterday_and_back() -> None:
    yesterday = step_from(NOW, ViewStep.EARLIER, DAY)
    assert yesterday.last == TODAY - timedelta(days=1)
    assert step_from(yesterday, ViewStep.LATER, DAY) == NOW
    # A whole period later would end after today.
    assert step_from(yesterday, ViewStep.LATER) == NOW


def test_a_stages_page_stands_in_place_of_the_map_and_keeps_its_choices() -> None:
    narrowed = replace(NOW, segment="new", channel="site", days=7)
    page = open_stage(narrowed, "purchase", SHOP)
    assert (page.content, page.base, page.place) == (ViewContent.STAGE, ViewContent.MAP, "purchase")
    other = open_stage(step_from(page, ViewStep.EARLIER), "after_purchase", SHOP)
    assert other.base is ViewContent.MAP
    assert close_stage(page) == narrowed
    assert step_from(page, ViewStep.BACK) == narrowed
    assert open_stage(narrowed, "nowhere", SHOP) == narrowed
    assert drop_missing_choices(replace(page, place="gone"), SHOP) == narrowed


def test_words_of_a_reason_are_about_its_stage() -> None:
    voices = open_beside(NOW, ViewContent.VOICES, SHOP, "delivery")
    theme = "purchase/what/slow"
    assert choose_theme(voices, theme, SHOP).place == "purchase"
    within = choose_theme(replace(voices, place="checkout"), theme, SHOP)
    assert within.place == "checkout", "a part of the stage stays chosen"
    opened = step_from(within, ViewStep.OPEN, MENUS.index(ViewMenu.PLACE))
    assert step_from(opened, ViewStep.CHOOSE, 1).theme == theme
    assert step_from(opened, ViewStep.CHOOSE, 0).theme is None
    assert open_beside(within, ViewContent.MAP, SHOP).theme is None


def test_a_difference_is_offered_with_segments_that_can_be_compared() -> None:
    at_kinds = MENUS.index(ViewMenu.KIND)
    assert not [key for key in step_from(NOW, ViewStep.OPEN, at_kinds).options if key.startswith("segment:")]
    of_new = step_from(replace(NOW, segment=SHOP.segments[0].key), ViewStep.OPEN, at_kinds)
    assert f"segment:{SHOP.segments[1].key}" in of_new.options
    before = step_from(of_new, ViewStep.CHOOSE, of_new.options.index("before") + 1)
    assert (before.kind, before.compare) == (None, "before")
    assert step_from(replace(before, menu=of_new.menu, options=of_new.options), ViewStep.CHOOSE, 1).compare is None


def test_another_length_keeps_the_last_day() -> None:
    earlier = step_from(NOW, ViewStep.EARLIER)
    assert step_from(earlier, ViewStep.DAYS, 7) == replace(earlier, days=7)
    assert step_from(earlier, ViewStep.DAYS, 8) == earlier


def test_a_menu_opens_offers_and_closes() -> None:
    opened = step_from(NOW, ViewStep.OPEN, MENUS.index(ViewMenu.SEGMENT))
    assert opened.options == tuple(s.key for s in SHOP.segments)
    assert step_from(opened, ViewStep.CHOOSE, 2).segment == SHOP.segments[1].key
    assert step_from(step_from(opened, ViewStep.CHOOSE, 2), ViewStep.BACK).menu is ViewMenu.NONE
    assert step_from(opened, ViewStep.CHOOSE, 0).segment is None


def test_another_journey_forgets_the_segment_and_keeps_the_period() -> None:
    view = replace(NOW, segment="new", days=84, menu=ViewMenu.JOURNEY, options=("shop", "other"))
    assert step_from(view, ViewStep.CHOOSE, 2) == MapView(ViewContent.MAP, "other", days=84)


def test_places_are_first_the_stages_then_the_touchpoints_of_the_chosen_stage() -> None:
    at_places = MENUS.index(ViewMenu.PLACE)
    assert step_from(NOW, ViewStep.OPEN, at_places).options[0] == "awareness"
    assert step_from(replace(NOW, place="purchase"), ViewStep.OPEN, at_places).options == ("checkout", "payment")


def test_view_drops_a_segment_and_a_place_that_the_journey_no_longer_has() -> None:
    assert drop_missing_choices(replace(NOW, segment="gone", place="nowhere"), SHOP) == NOW


@given(st.lists(st.tuples(st.sampled_from(ViewStep), st.integers(-5, 2000))))
def test_any_taps_lead_to_a_view(taps: list[tuple[ViewStep, int]]) -> None:
    view = NOW
    for step, n in taps:
        view = step_from(view, step, n)
        assert view.journey in JOURNEYS
        assert view.last is None or date(2000, 1, 1) <= view.last < TODAY
        assert view.days in (7, 28, 84)
        assert view.page >= 0
        assert MapView.of(view.data) == view
        assert MapView.of(view.to_save().data) == view.to_save()
        assert (view.to_save().last, view.to_save().menu) == (None, ViewMenu.NONE)


@given(st.lists(st.sampled_from([ViewStep.EARLIER, ViewStep.LATER]), max_size=30), st.sampled_from([7, 28, 84]))
def test_steps_of_a_period_keep_the_weekday(steps: list[ViewStep], days: int) -> None:
    view = replace(NOW, days=days)
    for step in steps:
        view = step_from(view, step)
        assert ((view.last or TODAY) - TODAY).days % 7 == 0


def test_view_stored_by_another_version_is_read() -> None:
    assert MapView.of({"face": "map", "journey": "shop", "a_setting_of_old": 1}) == NOW


@given(st.text(max_size=60) | st.text("\u202e\u200b\u3164\u0301\x1b\ud800a😀 ", max_size=60))
def test_name_of_a_saved_view_is_one_line_that_turns_and_hides_nothing(text: str) -> None:
    name = fit_name(text)
    assert len(name) <= MOST_NAME
    assert name == fit_name(name), "so that who types it after a command finds it"
    assert name.isprintable()
    assert not set(name) & {"\u3164", "\u202e"}
