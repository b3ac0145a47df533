"""The slide: one message, one curve, readable from the back of a room; and the takeaway on the phone."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.texts import LANGUAGES, words_in
from cjm.drawing import Layout, count_pages, lay_out_map
from cjm.drawing.ink import measure_text
from cjm.drawing.primitives import Face, Icon, Picture, TextLine
from cjm.drawing.theme import LIGHT, SLIDE_TYPOGRAPHY
from cjm.figures.journey_map import Barrier, ChangeDirection, JourneyMap, LostReason, StageFigures
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.kind_maps import KIND_MAPS
from tests.cjm.drawing.maps import bike_shop, journey_map, stage, touchpoint, without_answers
from tests.cjm.drawing.test_layout import check_texts, lay_out, text_of
from tests.cjm.drawing.world_maps import LONG_TITLES, shop_with_long_titles, world_shop

LONG_QUOTE = "Ждал весь день 😀 " * 600
HIGHEST = 3_700  # pixels: a messenger shrinks a higher page until it cannot be read


def repeated(shop: JourneyMap, count: int) -> JourneyMap:
    stages = tuple(replace(shop.stages[i % len(shop.stages)], key=str(i)) for i in range(count))
    return replace(shop, stages=stages)


def hard_maps() -> list[JourneyMap]:
    """Maps that real teams have: long words, every script, a single stage, long quotes, all the same answer."""
    one = stage("Pay", 100, 900, voices=[Voice(LONG_QUOTE, 4)], barriers=[Barrier(LONG_QUOTE, 9)])
    alone = replace(stage("Pay", 40, 1), goal=LONG_QUOTE, lost_reasons=(LostReason("k", LONG_QUOTE, 7),))
    return [
        repeated(shop_with_long_titles(), 12),
        world_shop(),
        repeated(world_shop(), 12),
        journey_map([one]),
        journey_map([alone]),
        without_answers(bike_shop()),
    ]


@pytest.mark.parametrize("layout", [Layout.PHONE, Layout.SLIDE])
@pytest.mark.parametrize("number", range(len(hard_maps())))
def test_with_the_real_fonts_nothing_overlaps_or_leaves_the_picture(layout: Layout, number: int) -> None:
    shop = hard_maps()[number]
    for page in range(count_pages(shop, layout)):
        picture = lay_out_map(shop, words_in("ru"), measure_text, layout=layout, page=page)
        check_texts(picture)
        assert layout is Layout.SLIDE or picture.height <= HIGHEST


@pytest.mark.parametrize("language", LANGUAGES)
def test_six_stages_with_long_titles_are_pages_that_a_messenger_does_not_shrink_too_much(language: str) -> None:
    titled = [replace(stage(title, 70, 90, 64), key=title, title=title) for title in LONG_TITLES]
    assert count_pages(journey_map(titled), Layout.PHONE) == 1
    for shop in (journey_map(titled), shop_with_long_titles()):
        for page in range(count_pages(shop, Layout.PHONE)):
            picture = lay_out_map(shop, words_in(language), measure_text, layout=Layout.PHONE, page=page)
            assert picture.height <= HIGHEST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("made", KIND_MAPS)
def test_lines_of_a_kind_of_map_are_counted_before_stages_are_put_on_a_page(
    made: Callable[[], JourneyMap], language: str
) -> None:
    shop = made()
    for page in range(count_pages(shop, Layout.PHONE)):
        assert lay_out_map(shop, words_in(language), measure_text, layout=Layout.PHONE, page=page).height <= HIGHEST


def title_of(picture: Picture) -> list[TextLine]:
    return [text for text in picture.texts if text.y < 180]


def test_title_is_the_takeaway_in_two_lines_and_names_are_cut_before_what_is_proven() -> None:
    first, second = title_of(lay_out(bike_shop(), Layout.SLIDE))
    assert first.text == "After purchase: 16 points lower than in the period before."
    assert second.text.startswith("Next step: ")
    picture = lay_out_map(shop_with_long_titles(), words_in("ru"), measure_text, layout=Layout.SLIDE)
    first, second = title_of(picture)
    assert first.text.endswith("не достигнута.")
    assert first.px >= 40
    assert second.text.endswith("(назвали 12 раз).")


def test_slide_always_has_one_size_and_no_text_that_cannot_be_read_from_the_back() -> None:
    for shop in (bike_shop(), *hard_maps()):
        picture = lay_out(shop, Layout.SLIDE)
        assert (picture.width, picture.height) == (1920, 1080)
        assert count_pages(shop, Layout.SLIDE) == 1
    assert all(getattr(SLIDE_TYPOGRAPHY, name).px >= 28 for name in SLIDE_TYPOGRAPHY.__slots__)


def test_causes_are_those_of_the_stage_in_the_title_and_of_no_other() -> None:
    text = text_of(lay_out(bike_shop(), Layout.SLIDE))
    assert "Late, and nobody called | 31×" in text
    assert "I waited all day" in text
    for other in ("Sizes hard to compare", "Paid in two taps", "Delivery day"):
        assert other not in text


def test_good_news_has_no_ground_of_the_accent() -> None:
    better = replace(bike_shop(), stages=bike_shop().stages[:3], weakest=None)
    assert "Purchase: 11 points higher" in text_of(lay_out(better, Layout.SLIDE))
    fills = {getattr(item, "fill", None) for item in lay_out(better, Layout.SLIDE).items}
    assert LIGHT.tint not in fills
    assert LIGHT.soft in fills


@pytest.mark.parametrize("direction", ChangeDirection)
def test_arrow_stands_beside_a_figure_only_for_a_proven_change(direction: ChangeDirection) -> None:
    picture = lay_out(journey_map([stage("Pay", 70, 190, 64, direction)]), Layout.SLIDE)
    arrows = {item.name for item in picture.items if isinstance(item, Icon)} & {"up", "down"}
    assert arrows == {ChangeDirection.BETTER: {"up"}, ChangeDirection.WORSE: {"down"}}.get(direction, set())


def test_faces_are_striped_where_the_interval_covers_three() -> None:
    for value, n, is_certain in ((90, 900, True), (65, 30, False)):
        picture = lay_out(journey_map([stage("Pay", value, n)]), Layout.SLIDE)
        assert {item.is_certain for item in picture.items if isinstance(item, Face) and item.r > 20} == {is_certain}
        assert ("striped" in text_of(picture)) is not is_certain


@pytest.mark.parametrize(("stages", "says_people"), [(5, True), (12, False)])
def test_counts_without_words_are_explained_in_the_foot(stages: int, *, says_people: bool) -> None:
    text = text_of(lay_out(repeated(bike_shop(), stages), Layout.SLIDE))
    assert ("182 people" in text) is says_people
    assert ("how many people answered" in text) is not says_people


# ---------------------------------------------------------------------- the phone


def test_takeaway_is_large_and_stands_above_the_first_stage() -> None:
    texts = lay_out(bike_shop(), Layout.PHONE).texts
    takeaway = next(text for text in texts if text.text.startswith("After purchase: 16 points lower"))
    assert takeaway.px >= 38
    assert takeaway.y < next(text.y for text in texts if text.text == "Awareness")


def test_further_page_has_a_short_head() -> None:
    shop = replace(repeated(bike_shop(), 12), notes=("Ask Anna.",))
    first, second = (text_of(lay_out(shop, Layout.PHONE, page)).replace("\u00a0", " ") for page in (0, 1))
    for words in ("Next step", "Where do we lose people", "Targets:", "318 people", "Ask Anna."):
        assert words in first
        assert words not in second
    for words in (shop.title, "26 Oct", "page 2 of 2", "Compared: "):
        assert words in second


def row(**fields: object) -> StageFigures:
    return replace(stage("Pay", 90, 900), **fields)  # type: ignore[arg-type]  # fields of several types


def test_reasons_for_leaving_stand_where_no_barrier_does() -> None:
    reasons = (LostReason("price", "The price", 12, 5), LostReason("time", "No time", 3))
    text = text_of(lay_out(journey_map([row(lost_reasons=reasons)]), Layout.PHONE))
    assert "The price (12, reported 5)" in text
    assert "why people did not go on" in text
    barred = text_of(lay_out(journey_map([row(lost_reasons=reasons, barriers=(Barrier("Queue", 9),))]), Layout.PHONE))
    assert "The price" not in barred
    withheld = replace(stage("Pay", 0, 3), lost_reasons=reasons)
    assert "The price" not in text_of(lay_out(journey_map([withheld]), Layout.PHONE))


def test_missed_target_is_marked_in_its_row_and_an_open_one_is_not() -> None:
    for value, is_missed in ((40.0, True), (72.0, False), (95.0, False)):
        picture = lay_out(journey_map([stage("Pay", value, 200)]), Layout.PHONE)
        assert ("Target not met: satisfied, | at least 75%, now 40%" in text_of(picture)) is is_missed
        assert "not met" not in text_of(picture) or is_missed


def test_stage_whose_touchpoints_have_no_answers_says_so_once() -> None:
    both = [touchpoint("Courier", "courier"), touchpoint("Catalogue", "site")]
    text = text_of(lay_out(journey_map([stage("Pay", 60, 40, touchpoints=both)]), Layout.PHONE))
    assert text.count("no answers yet") == 1
    assert "Courier" not in text
