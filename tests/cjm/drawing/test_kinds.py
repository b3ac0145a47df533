"""Pictures and words of difference and future maps: both sides, what clearly differs, and what is planned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from bot.cli.map_description import describe_map
from bot.texts import LANGUAGES, words_in
from cjm.drawing import LanePreset, Layout, count_pages, lay_out_map
from cjm.drawing.primitives import Picture, Shape
from cjm.figures.journey_map import JourneyMap
from cjm.figures.map_parts.contrast import MeaningBreak
from cjm.wording.kinds.contrast_words import caveat_texts
from tests.cjm.drawing.kind_maps import KIND_MAPS, difference_of_periods, difference_of_segments, future_shop
from tests.cjm.drawing.maps import bike_shop, fixed_width


def lay_out(made: JourneyMap, layout: Layout, lanes: LanePreset = LanePreset.SIMPLE, page: int = 0) -> Picture:
    return lay_out_map(made, words_in(made.language), fixed_width, layout=layout, lanes=lanes, page=page)


def text_of(picture: Picture) -> str:
    """Return all texts with plain spaces, as a reader takes them."""
    return " ".join(line.text for line in picture.texts).replace("\u00a0", " ").replace("\u2009", " ")


def shapes_of(picture: Picture) -> list[Shape]:
    return [item for item in picture.items if isinstance(item, Shape)]


def is_diamond(shape: Shape) -> bool:
    xs, ys = {round(x) for x, _ in shape.path.points}, {round(y) for _, y in shape.path.points}
    return shape.path.verbs == "MLLLZ" and len(xs) == len(ys) == 3


@pytest.mark.parametrize("make_map", KIND_MAPS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", Layout)
def test_each_picture_says_its_kind(make_map: Callable[[], JourneyMap], language: str, layout: Layout) -> None:
    made = replace(make_map(), language=language)
    assert words_in(language)(f"map.kind.{made.kind}") in text_of(lay_out(made, layout))


@pytest.mark.parametrize("layout", Layout)
def test_a_difference_shows_both_sides_without_colour_and_the_break(layout: Layout) -> None:
    picture = lay_out(difference_of_periods(), layout)
    text = text_of(picture)
    assert "26 Oct – 22 Nov 2025: this side" in text
    assert "27 Oct – 23 Nov 2024: the other side" in text
    assert "Since 3 Mar a new version" in text
    assert all(figure in text for figure in ("47%", "66%", "78%", "80%"))
    # A hollow diamond for each of its four figures, which no other mark looks like.
    assert sum(is_diamond(shape) for shape in shapes_of(picture)) >= 4
    plain = lay_out(bike_shop(), layout)
    assert not any(map(is_diamond, shapes_of(plain)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", Layout)
def test_every_map_says_since_when_its_figures_may_mean_something_else(layout: Layout, language: str) -> None:
    shop = replace(bike_shop(), language=language)
    stage, other = shop.stages[:2]
    point = other.touchpoints[0]
    breaks = (MeaningBreak(date(2025, 11, 3), (stage.key,)), MeaningBreak(date(2025, 11, 9), (), moved=(point.key,)))
    words = words_in(language)
    asked = words("map.break.asked", day=words.day(date(2025, 11, 3)), stages=stage.title)
    moved = words("map.break.moved", day=words.day(date(2025, 11, 9)), touchpoints=point.title)
    made = replace(shop, breaks=breaks)
    text = text_of(lay_out(made, layout))
    assert asked[:40] in text, "a slide cuts its one line"
    assert layout is Layout.SLIDE or moved in text
    described = "\n".join(describe_map(made)).replace("\u00a0", " ")
    assert {asked, moved} <= set(described.splitlines())
    assert asked[:40] not in text_of(lay_out(shop, layout))


def test_many_new_versions_are_one_sentence_of_each_sort() -> None:
    shop, words = bike_shop(), words_in("en")
    keys = [stage.key for stage in shop.stages]
    breaks = [MeaningBreak(date(2025, 11, day), (keys[day % 2],), regroups=day > 5) for day in range(2, 9)]
    lines = list(caveat_texts(replace(shop, breaks=tuple(breaks)), words))
    assert [line.replace("\u00a0", " ").split(" a ")[0] for line in lines] == [
        "Since 2 Nov",
        "Since 6 Nov customers are counted by other attributes: the segment may hold other people.",
    ]
    assert all(stage.title in lines[0] for stage in shop.stages[:2])


def test_only_what_clearly_differs_is_named_and_tinted() -> None:
    made = difference_of_periods()
    text = text_of(lay_out(made, Layout.WALL))
    assert text.count("no clear difference") == 2
    assert "14 points higher" in text
    assert "between 5 and 37 points lower" in text
    steady = replace(made, stages=tuple(replace(stage, change=made.stages[0].change) for stage in made.stages))
    assert "clear difference" not in text_of(lay_out(steady, Layout.WALL)).replace("no clear difference", "")


@pytest.mark.parametrize("lanes", LanePreset)
def test_each_choice_of_lanes_has_the_difference(lanes: LanePreset) -> None:
    assert "between 5 and 37 points lower" in text_of(lay_out(difference_of_segments(), Layout.WALL, lanes))


def test_a_future_map_says_what_is_planned_what_goes_and_what_is_missing() -> None:
    shop = future_shop()
    for layout in (Layout.PHONE, Layout.WALL):
        pages = range(count_pages(shop, layout))
        text = " ".join(text_of(lay_out(shop, layout, page=page)) for page in pages)
        assert "is to go; 42 customers used it" in text
        assert "18 points missing" in text
        assert "cannot tell yet" in text
    assert "18 points" in text_of(lay_out(shop, Layout.SLIDE))


def test_words_say_what_the_picture_says() -> None:
    periods, segments, future = ("\n".join(describe_map(make())).replace("\u00a0", " ") for make in KIND_MAPS)
    assert "26 Oct – 22 Nov 2025 (318 people) compared with 27 Oct – 23 Nov 2024 (310 people)" in periods
    assert "27 Oct – 23 Nov 2024: 66% satisfied" in periods
    assert "↓ clear difference: between 5 and 37 points lower at the same touchpoints" in periods
    assert "before" not in periods
    assert "A customer can belong to both segments" in segments
    assert "Satisfied, at least 80%: 18 points missing" in future


def test_days_that_are_no_whole_weeks_are_said_of_periods_only() -> None:
    words = words_in("en")
    made = difference_of_periods()
    assert made.comparison is not None
    uneven = replace(made, comparison=replace(made.comparison, now=replace(made.period, first=made.period.last)))
    assert any("weekdays" in text for text in caveat_texts(uneven, words))
    assert not any("weekdays" in text for text in caveat_texts(difference_of_segments(), words))
