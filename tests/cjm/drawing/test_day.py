"""Pictures of a day in the life: nothing overlaps, and each says why something is missing."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from bot.texts import LANGUAGES, words_in
from cjm.drawing import Layout, count_pages, ink, lay_out_map
from cjm.drawing.primitives import Face, Icon, Picture
from cjm.figures.day.parts import PartOfDay
from cjm.figures.journey_map import JourneyMap
from tests.cjm.drawing.day_maps import day_maps, day_shop, plain_day
from tests.cjm.drawing.maps import fixed_width
from tests.cjm.drawing.test_layout import check_texts, text_of
from tests.depth import choose_depth

LEAST_PX = {Layout.PHONE: 34.0, Layout.WALL: 17.0, Layout.SLIDE: 28.0}


def lay_out(made: JourneyMap, layout: Layout = Layout.PHONE) -> Picture:
    return lay_out_map(made, words_in(made.language), fixed_width, layout=layout)


def check_picture(picture: Picture, layout: Layout) -> None:
    check_texts(picture, LEAST_PX[layout])
    assert picture.width + picture.height <= 10_000  # more is no photo for a messenger


@settings(
    max_examples=choose_depth(6, 300),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(day_maps())
def test_no_text_overlaps_another_or_leaves_the_picture(made: JourneyMap) -> None:
    for layout in Layout:
        assert count_pages(made, layout) == 1
        check_picture(lay_out(made, layout), layout)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", Layout)
def test_pictures_have_room_for_the_real_font_in_every_language(layout: Layout, language: str) -> None:
    check_picture(lay_out_map(day_shop(), words_in(language), ink.measure_text, layout=layout), layout)


@pytest.mark.parametrize("layout", Layout)
def test_picture_says_what_stands_out_and_locks_what_is_withheld(layout: Layout) -> None:
    picture = lay_out(day_shop(), layout)
    text = text_of(picture).replace(" | ", " ")
    assert "Evening: 54% satisfied, lower than at any other time with enough answers" in text
    assert [item for item in picture.items if isinstance(item, Icon) and item.name == "lock"]
    assert "70%" not in text  # of four people
    faces = [item.mood for item in picture.items if isinstance(item, Face) and item.mood is not None]
    assert len(faces) >= 3  # not of the four people, nor of the nine


def test_wall_quotes_diaries_and_says_where_they_are_withheld() -> None:
    text = text_of(lay_out(day_shop(), Layout.WALL)).replace(" | ", " ")
    assert "Ten minutes less in the queue" in text
    assert "Fewer than 5 people wrote at this time" in text
    assert "Questions that arrive from 19:00 to 20:00 are answered most often: 62%" in text
    assert "busiest is the one with most visits an hour" in text
    assert "156 people" in text
    assert "n = " not in text


def test_headline_judges_the_busiest_part_by_the_hour_and_no_best_hour_is_not_about_visits() -> None:
    shop = day_shop()
    assert shop.day is not None
    day = replace(shop.day, weakest=None, busiest=PartOfDay.MIDDAY, best_hour=None)
    text = text_of(lay_out(replace(shop, day=day), Layout.WALL)).replace(" | ", " ")
    assert "Midday: 17% of visits in 3 hours, more an hour than at any other time of the day" in text
    assert "no hour at which people clearly answer more often (640 questions" in text


@pytest.mark.parametrize("layout", Layout)
def test_anonymous_day_says_why_it_has_no_scores(layout: Layout) -> None:
    shop = day_shop()
    assert shop.day is not None
    parts = tuple(replace(part, score=None, quotes={}, writers=0) for part in shop.day.parts)
    bare = replace(shop, day=replace(shop.day, parts=parts, weakest=None, is_scored=False, best_hour=None, asked=0))
    picture = lay_out(bare, layout)
    text = text_of(picture).replace(" | ", " ")
    assert "There are no scores here: answers are anonymous" in text
    assert "no answers" not in text
    assert not [item for item in picture.items if isinstance(item, Face)]


@pytest.mark.parametrize("layout", Layout)
def test_day_without_any_time_says_so_instead_of_counting_it_as_night(layout: Layout) -> None:
    text = text_of(lay_out(plain_day(unknown=12), layout)).replace(" | ", " ")
    assert "No visit of these days has a time" in text
    assert "Night" not in text
    empty = replace(plain_day(), notes=("Post the first event.",))
    assert "Post the first event" in text_of(lay_out(empty, layout)).replace(" | ", " ")


def test_one_visit_makes_one_bar_and_no_claim() -> None:
    shop = plain_day()
    assert shop.day is not None
    parts = tuple(replace(p, visits=1) if p.part is PartOfDay.MORNING else p for p in shop.day.parts)
    text = text_of(lay_out(replace(shop, day=replace(shop.day, parts=parts)))).replace(" | ", " ")
    assert "1 visit" in text
    assert text.count("no visits") == 4
    assert "No time of the day clearly stands out" in text
