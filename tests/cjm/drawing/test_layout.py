"""Layouts with an invented font: nothing overlaps, nothing leaves its room, nothing withheld is shown."""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from itertools import product, takewhile
from pkgutil import walk_packages

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.texts import LANGUAGES, words_in
from cjm.drawing import LanePreset, Layout, count_pages, ink, lay_out_map
from cjm.drawing.canvas import Canvas
from cjm.drawing.gauge import GAUGES
from cjm.drawing.phone.page import LEFT, MARGIN, RIGHT
from cjm.drawing.presentation import present_map
from cjm.drawing.primitives import Band, Face, Hatch, Icon, Picture, TextLine
from cjm.drawing.theme import LIGHT, PHONE_TYPOGRAPHY, WALL_TYPOGRAPHY
from cjm.drawing.wall import lay_out_wall_rows
from cjm.drawing.wall.chevrons import draw_chevrons
from cjm.drawing.wall.lanes import LANES, Lane
from cjm.drawing.wall.lanes.customer.curve import has_curve
from cjm.drawing.wall.lanes.table import LaneGroup
from cjm.drawing.wall.page import FIRST, WALL_MARGIN
from cjm.figures.journey_map import ChangeDirection, FigureChange, JourneyMap, MapKind, StageTime
from cjm.figures.map_parts.stage_facts import ChannelUse
from cjm.figures.score import Score, Verdict
from cjm.scales import Headline, Scale
from tests.cjm.drawing.kind_maps import difference_of_periods, difference_of_segments, future_shop
from tests.cjm.drawing.maps import (
    UNEVEN,
    anonymous_shop,
    big_shop,
    bike_shop,
    fixed_width,
    full_shop,
    journey_map,
    long_shop,
    maps,
    score,
    share,
    shop_with_other_answers,
    stage,
    talkative_shop,
    touchpoint,
    weekly_bike_shop,
    without_answers,
)
from tests.cjm.drawing.world_maps import shop_with_long_titles, world_shop
from tests.depth import choose_depth

SLACK = 0.5  # of a pixel
DETAILED = (Layout.PHONE, Layout.WALL)  # show the causes of every stage; a slide only those of the one in its title
BEHIND = ("Frontstage", "Line of visibility", "Backstage", "Systems", "Responsible")
any_map = settings(
    max_examples=choose_depth(5, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def lay_out(map_: JourneyMap, layout: Layout, page: int = 0) -> Picture:
    return lay_out_map(map_, words_in(map_.language), fixed_width, layout=layout, page=page)


def every_picture(map_: JourneyMap) -> Iterable[Picture]:
    for layout in Layout:
        for page in range(count_pages(map_, layout)):
            yield lay_out(map_, layout, page)


def text_of(picture: Picture) -> str:
    return " | ".join(text.text for text in picture.texts)


def find_overlaps(texts: Iterable[TextLine]) -> list[tuple[str, str]]:
    ordered = sorted(texts, key=lambda text: text.box.y)
    found = []
    for i, one in enumerate(ordered):
        below = takewhile(lambda other: other.box.y < one.box.bottom, ordered[i + 1 :])  # noqa: B023 - the lambda is used up before `one` changes
        found += [(one.text, other.text) for other in below if one.box.meets(other.box)]
    return found


def check_texts(picture: Picture, least_px: float = 0.0) -> None:
    """Check that no text leaves the picture, overlaps another one, or is smaller than ``least_px``."""
    for text in picture.texts:
        assert text.x >= 0, text
        assert text.box.right <= picture.width, text
        assert text.box.y >= 0, text
        assert text.box.bottom <= picture.height, text
        assert text.px >= least_px, text
    assert find_overlaps(picture.texts) == []


# ---------------------------------------------------------------------- any map


@any_map
@given(maps())
def test_no_text_leaves_the_picture_and_no_two_texts_overlap(map_: JourneyMap) -> None:
    for picture in every_picture(map_):
        check_texts(picture)


@any_map
@given(maps())
def test_every_text_of_a_phone_row_stays_between_its_edges(map_: JourneyMap) -> None:
    for page in range(count_pages(map_, Layout.PHONE)):
        for text in lay_out(map_, Layout.PHONE, page).texts:
            left = MARGIN if text.x < LEFT - 3 - SLACK else LEFT
            assert text.x >= left - 3 - SLACK, text
            assert text.box.right <= RIGHT + SLACK, text


@any_map
@given(maps())
def test_every_text_of_a_lane_stays_in_its_column(map_: JourneyMap) -> None:
    presentation = present_map(map_)
    if presentation.is_empty:
        return
    canvas = Canvas(fixed_width, LIGHT)
    _, rows = lay_out_wall_rows(presentation, words_in(map_.language), canvas)
    for row in rows:
        columns = row.columns
        rooms = [(WALL_MARGIN, FIRST)] + [(columns.left_edge(i), columns.right_edge(i)) for i in range(columns.count)]
        for draw in (draw_chevrons, *(lane.lay_out for lane in LANES if lane.is_shown(row))):
            canvas = Canvas(fixed_width, LIGHT)
            draw(replace(row, canvas=canvas), 100.0)
            for text in canvas.to_picture(columns.width, 1).texts:
                on_a_joint = draw is draw_chevrons and text.text.endswith("%")
                inside = any(left - 1 - SLACK <= text.x and text.box.right <= right + SLACK for left, right in rooms)
                assert inside or on_a_joint, (draw, text)


@any_map
@given(maps(), st.sampled_from(LanePreset))
def test_no_two_texts_of_a_wall_overlap_with_any_lanes(map_: JourneyMap, lanes: LanePreset) -> None:
    picture = lay_out_map(map_, words_in(map_.language), fixed_width, layout=Layout.WALL, lanes=lanes)
    check_texts(picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "make_map", [full_shop, world_shop, shop_with_long_titles, talkative_shop, lambda: long_shop(12)]
)
def test_no_two_texts_of_a_full_wall_overlap_in_the_real_font(
    make_map: Callable[[], JourneyMap], language: str
) -> None:
    full = replace(make_map(), kind=MapKind.BLUEPRINT)
    picture = lay_out_map(full, words_in(language), ink.measure_text, layout=Layout.WALL, lanes=LanePreset.FULL)
    assert find_overlaps(picture.texts) == []
    assert all(text.x >= 0 and text.box.right <= picture.width for text in picture.texts)
    if (
        make_map not in (world_shop, talkative_shop) and language == full.language
    ):  # words are broken by the rules of their language
        assert not [text for text in picture.texts if text.text.endswith("…")]


@any_map
@given(maps())
def test_phone_pages_are_ones_a_messenger_takes(map_: JourneyMap) -> None:
    for page in range(count_pages(map_, Layout.PHONE)):
        picture = lay_out(map_, Layout.PHONE, page)
        assert picture.width + picture.height <= 10_000
        assert picture.height <= 20 * picture.width


@any_map
@given(maps())
def test_no_text_is_too_small_to_read(map_: JourneyMap) -> None:
    for layout, least in ((Layout.PHONE, 34), (Layout.SLIDE, 28), (Layout.WALL, 16.8)):
        assert all(text.px >= least for text in lay_out(map_, layout).texts)


# ---------------------------------------------------------------------- honesty


@pytest.mark.parametrize("layout", Layout)
def test_stage_in_the_middle_that_is_not_judged_splits_the_curve(layout: Layout) -> None:
    five = [stage(title, 70, n) for title, n in zip("abcde", (60, 60, 8, 60, 60), strict=True)]
    whole = [stage(title, 70, 60) for title in "abcde"]
    bands = [sum(isinstance(item, Band) for item in lay_out(journey_map(s), layout).items) for s in (whole, five)]
    # The legend of the phone shows no band, so what is counted is the path.
    assert bands == [1, 2]


@pytest.mark.parametrize("layout", Layout)
def test_withheld_stage_shows_no_figure_no_interval_and_nobody_by_their_words(layout: Layout) -> None:
    secret = replace(
        stage("Loyalty", 0, 4, touchpoints=[touchpoint("Club", "email", 0, 4)]),
        scores={
            Scale.CSAT: replace(
                share(50, 40), n=4, answers=4, value=37.0, low=11.0, high=93.0, verdict=Verdict.WITHHELD
            )
        },
        voices=bike_shop().stages[0].voices,
        barriers=bike_shop().stages[0].barriers,
    )
    text = text_of(lay_out(journey_map([secret]), layout))
    for figure in ("37", "11", "93", "Found you", "Shop hours"):
        assert figure not in text
    assert "6 more needed to judge" in text
    assert not [
        item
        for item in lay_out(journey_map([secret]), layout).items
        if isinstance(item, Face) and item.mood is not None
    ]


@pytest.mark.parametrize("layout", DETAILED)
def test_withheld_touchpoint_is_a_lock_and_does_not_tell_how_many_answered(layout: Layout) -> None:
    hidden = stage("Loyalty", 60, 7, touchpoints=[touchpoint("Club", "email", 50, 3)])
    picture = lay_out(journey_map([hidden]), layout)
    assert [item for item in picture.items if isinstance(item, Icon) and item.name == "lock"]
    assert "withheld to protect people" in text_of(picture)
    assert "3" not in [text.text for text in picture.texts]


def test_name_of_a_touchpoint_on_the_wall_has_the_room_that_no_answers_would_take() -> None:
    name = "Waiting for the courier and choosing another day"
    both = [touchpoint(name, "courier"), touchpoint("Catalogue", "site")]
    texts = [text.text for text in lay_out(journey_map([stage("Pay", 60, 7, touchpoints=both)]), Layout.WALL).texts]
    assert set(name.split()) <= set(" ".join(texts).split())
    assert texts.count("0") == 3  # a third zero stands at the end of the axis


@pytest.mark.parametrize("layout", Layout)
def test_grey_stage_shows_its_interval_without_a_face_and_says_what_is_missing(layout: Layout) -> None:
    picture = lay_out(journey_map([stage("Loyalty", 60, 7)]), layout)
    assert "60%" in text_of(picture)
    assert "3 more needed to judge" in text_of(picture)
    assert all(item.mood is None for item in picture.items if isinstance(item, Face))


@pytest.mark.parametrize("layout", Layout)
def test_only_the_weakest_stage_lies_on_the_accent_s_ground(layout: Layout) -> None:
    picture = lay_out(bike_shop(), layout)
    ground, *_legend = (item for item in picture.items if getattr(item, "fill", None) == LIGHT.tint)
    xs, ys = zip(*ground.path.points, strict=True)  # type: ignore[union-attr]  # only a shape has a fill
    title = next(text for text in picture.texts if text.text == "After purchase")
    if layout is Layout.PHONE:
        assert min(ys) < title.y < max(ys)
    else:
        assert min(xs) < title.x < max(xs)


@pytest.mark.parametrize("layout", DETAILED)
def test_no_stage_is_accented_unless_the_map_names_one_as_the_weakest(layout: Layout) -> None:
    """The lowest figure may be lowest by chance: whether it is not, no picture can know."""
    picture = lay_out(journey_map([stage("a", 70, 90), stage("b", 20, 90)]), layout)
    assert not [item for item in picture.items if getattr(item, "fill", None) == LIGHT.tint]
    assert "weakest" not in text_of(picture)
    assert "weakest stage, beyond chance" in text_of(lay_out(bike_shop(), layout))


@pytest.mark.parametrize("layout", DETAILED)
@pytest.mark.parametrize("direction", ChangeDirection)
def test_badge_is_drawn_only_for_a_real_change(layout: Layout, direction: ChangeDirection) -> None:
    picture = lay_out(journey_map([stage("Pay", 70, 190, 64, direction)]), layout)
    fills = {getattr(item, "fill", None) for item in picture.items}
    assert (LIGHT.better in fills) == (direction is ChangeDirection.BETTER)
    assert (LIGHT.accent in fills) == (direction is ChangeDirection.WORSE)
    assert ("no real change" in text_of(picture)) == (direction is ChangeDirection.SAME)
    assert ("6 points" in text_of(picture)) == (direction in (ChangeDirection.BETTER, ChangeDirection.WORSE))


@pytest.mark.parametrize("layout", DETAILED)
@pytest.mark.parametrize(("value", "n", "is_certain"), [(90, 900, True), (65, 30, False)])
def test_face_is_striped_by_one_rule_on_stage_and_touchpoint(
    layout: Layout, value: float, n: int, *, is_certain: bool
) -> None:
    shop = journey_map([stage("Pay", value, n, touchpoints=[touchpoint("Till", "kiosk", value, n)])])
    picture = lay_out(shop, layout)
    big, small = {Layout.PHONE: (48, 19), Layout.WALL: (24, 9.5)}[layout]
    faces = {item.r: item.is_certain for item in picture.items if isinstance(item, Face)}
    assert (faces[big], faces[small]) == (is_certain, is_certain)
    assert ("striped" in text_of(picture)) is not is_certain


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("is_digest", [False, True])
def test_picture_names_the_days_that_its_marks_compare_and_no_others(layout: Layout, *, is_digest: bool) -> None:
    picture = lay_out(weekly_bike_shop() if is_digest else bike_shop(), layout)
    text = text_of(picture).replace("\u00a0", " ")
    days = "16–22 Nov with 19 Oct" if is_digest else "26 Oct\u2009–\u200922 Nov with 28 Sept"
    assert f"Compared: {days}" in text
    # The figures before a map of four weeks are of other days than the marks of a week.
    assert ("period before" in [text.text for text in picture.texts]) is not is_digest


@pytest.mark.parametrize("layout", Layout)
def test_comparison_of_days_that_are_no_whole_weeks_says_so(layout: Layout) -> None:
    assert "weekdays" not in text_of(lay_out(bike_shop(), layout))
    assert "weekdays weigh differently" in " ".join(
        text.text for text in lay_out(replace(bike_shop(), comparison=UNEVEN), layout).texts
    )


@pytest.mark.parametrize("layout", DETAILED)
def test_picture_says_that_the_mix_moved_and_does_not_set_its_contradiction_beside_it(layout: Layout) -> None:
    """63 before, 72 now, and 15 lower: within touchpoints all of it is true, side by side it is nonsense."""
    map_ = shop_with_other_answers()
    assert [stage.before for stage in present_map(map_).stages][1] is None
    text = " ".join(line.text for line in lay_out(map_, layout).texts)
    assert "15 points" in text
    assert "at the same touchpoints; more answers about “Catalogue” (62%, before 20%), which is rated higher" in text
    assert "more of “New customers” (44%, before 18%), who rate lower; no group changed" in text
    assert "16 points" not in text  # a change of the mix is no arrow


@pytest.mark.parametrize("layout", Layout)
def test_badge_of_few_people_shows_the_range_and_not_a_size_that_is_too_large(layout: Layout) -> None:
    few = replace(stage("Pay", 40, 30), change=FigureChange(ChangeDirection.WORSE, -28, -50, -6, is_small=True))
    text = text_of(lay_out(journey_map([few]), layout))
    assert "6–50 points" in text
    assert "28 points" not in text


@pytest.mark.parametrize("layout", Layout)
def test_people_are_called_people_only_where_they_are_and_estimates_are_rounded(layout: Layout) -> None:
    big = text_of(lay_out(big_shop(), layout)).replace(" | ", " ")
    assert "about 8\u202f600 people" in big
    assert "at most 7\u202f097 people" in big
    nobody_known = text_of(lay_out(anonymous_shop(), layout))
    assert "182 answers" in nobody_known
    assert not re.search(r"\d people|of 5 people", nobody_known)


def test_wall_tells_people_from_walks_and_gives_conversion_and_time_their_range_and_n() -> None:
    text = text_of(lay_out(bike_shop(), Layout.WALL)).replace("\u00a0", " ").replace(" | ", " ")
    assert "“May still go on”: walks that entered the stage" in text
    for part in ("728 people · 910 walks", "88–92%, 910 walks", "1 d 14 h to 2 d 10 h, 910 walks", "42 still open"):
        assert part in text


@pytest.mark.parametrize(
    ("time", "present", "absent"),
    [
        (StageTime(None, None, 100), "over half still here", "90%:"),
        (StageTime(7_200, None, 100, 6_000), "1 h 40 min or longer", "90%:"),
        (StageTime(7_200, None, 100, 6_000, 9_000), "over a tenth still here", "over half"),
    ],
)
def test_time_that_the_walks_do_not_reach_is_said_in_words(time: StageTime, present: str, absent: str) -> None:
    text = text_of(lay_out(journey_map([replace(stage("Pay", 70, 60), time=time), stage("End", 70, 60)]), Layout.WALL))
    cell = text.split("Going on")[1].split("Complaints")[0].split(" | ")
    assert present in text
    assert not [line for line in cell[:9] if absent in line]


@pytest.mark.parametrize("scale", Scale)
def test_phone_says_what_its_figures_are_above_an_axis_of_the_whole_scale(scale: Scale) -> None:
    found = replace(stage("Pay"), scores={scale: score(scale.spec.mood_edges[2], 0.1, 60, scale)})
    texts = [text.text for text in lay_out(journey_map([found], scale=scale), Layout.PHONE).texts]
    assert " ".join(texts).count(words_in("en")(f"map.meaning.{scale}")) == 1
    assert scale is not Scale.CSAT or {"0", "50", "100%"} <= set(texts)


def test_curve_is_named_after_the_scale_that_it_plots() -> None:
    assert "Emotions" not in text_of(lay_out(bike_shop(), Layout.WALL))
    for scale in Scale:
        assert next(lane for lane in LANES if lane.has_content is has_curve).name_keys(scale) == (
            f"map.scale.{scale}",
            f"map.unit.{scale}",
        )


# ---------------------------------------------------------------------- lanes


@pytest.mark.parametrize("lane", LANES)
def test_lane_has_its_texts_in_every_language(lane: Lane) -> None:
    for language, scale in product(LANGUAGES, Scale):
        assert lane.name_keys(scale)
        assert all(words_in(language).has(key) for key in lane.name_keys(scale))


@pytest.mark.parametrize("lane", LANES)
def test_lane_is_drawn_on_a_map_that_has_something_for_it(lane: Lane) -> None:
    maps_to_draw = (
        full_shop(),
        without_answers(bike_shop()),
        difference_of_periods(),
        difference_of_segments(),
        future_shop(),
    )
    shop = next((map_ for map_ in maps_to_draw if lane.has_content(present_map(map_))), None)
    assert shop is not None, "no map of tests/cjm/drawing/maps.py has content for this lane"
    name = words_in("en")(lane.name_keys(shop.scale)[0])
    for preset in LanePreset:
        picture = lay_out_map(shop, words_in("en"), fixed_width, layout=Layout.WALL, lanes=preset)
        in_the_margin = " ".join(text.text for text in picture.texts if text.x == WALL_MARGIN)
        # A name may be the beginning of another lane's: only what a preset has is asked for.
        assert name in in_the_margin or preset not in lane.presets
        assert lane.group is not LaneGroup.BEHIND or (name in in_the_margin) is (preset in lane.presets)


@pytest.mark.parametrize("preset", LanePreset)
def test_service_blueprint_has_what_happens_behind_below_the_line_of_visibility(preset: LanePreset) -> None:
    blueprint = replace(full_shop(), kind=MapKind.BLUEPRINT)
    picture = lay_out_map(blueprint, words_in("en"), fixed_width, layout=Layout.WALL, lanes=preset)
    heights = [next(line.y for line in picture.texts if line.text == name) for name in BEHIND]
    assert heights == sorted(heights)
    falls = [line.text for line in picture.texts if line.text.startswith("here satisfaction falls")]
    assert len(falls) == 1  # of three hand-overs, at one the score falls beyond noise


def test_guess_of_the_team_is_marked_as_assumed_and_stands_below_what_customers_said() -> None:
    picture = lay_out_map(full_shop(), words_in("en"), fixed_width, layout=Layout.WALL, lanes=LanePreset.EMOTION)
    edge = next(line.x for line in picture.texts if line.text == "Delivery day")
    cell = [line for line in picture.texts if line.x == edge]
    guess = next(line for line in cell if line.text == "Will they call?")
    assert "was not.”" in cell[cell.index(guess) - 1].text
    assert any(
        item.name == "assumed" and abs(item.y - guess.y) < 10 for item in picture.items if isinstance(item, Icon)
    )
    text = text_of(picture)
    assert text.count("pencil: assumed") == 3  # does, thinks, feels
    assert "pencil: assumed" not in text_of(lay_out(full_shop(), Layout.WALL))


def test_what_customers_recall_stands_below_its_question_in_the_lane_of_thoughts() -> None:
    picture = lay_out_map(full_shop(), words_in("en"), fixed_width, layout=Layout.WALL, lanes=LanePreset.EMOTION)
    height = {line.text: line.y for line in picture.texts}
    question = next(y for text, y in height.items() if text.startswith("recalled: "))
    assert height["Thinks"] < question < height["A friend"] < height["Feels"]


def test_figure_that_is_withheld_for_a_channel_is_not_told() -> None:
    shop = full_shop()
    hidden = ChannelUse("phone", 41, 0, Score(3, 3, None, None, None, None, None, Verdict.WITHHELD))
    shop = replace(shop, stages=(replace(shop.stages[0], channels=(hidden,)),))
    text = text_of(lay_out_map(shop, words_in("en"), fixed_width, layout=Layout.WALL, lanes=LanePreset.FUNNEL))
    cell = text.split("| phone |")[1].split("| Silence")[0]
    assert re.sub(r"[ |]+", " ", cell).strip() == "Satisfied: withheld"


def test_every_function_that_says_whether_a_lane_has_content_stands_in_the_table() -> None:
    """A lane that somebody wrote and forgot to list would never be drawn."""
    room = import_module("cjm.drawing.wall.lanes")
    names = [module.name for module in walk_packages(room.__path__, f"{room.__name__}.")]
    modules = [import_module(name) for name in names]
    tests = {name for module in modules for name in vars(module) if name.startswith("has_")} - {"has_real_change"}
    listed = {check.__name__ for lane in LANES for check in (lane.has_content, lane.has_note)}
    assert tests == {name for name in listed if name.startswith("has_")}


def test_lane_without_content_is_left_out() -> None:
    bare = journey_map([stage("Pay", 70, 60)])
    text = " ".join(text.text for text in lay_out(bare, Layout.WALL).texts)
    for name in ("map.lane.goal", "map.lane.touchpoints", "map.lane.voices"):
        assert words_in("en")(name) not in text


# ---------------------------------------------------------------------- pages, legend, edges


@pytest.mark.parametrize(("stages_", "pages_"), [(1, 1), (5, 1), (6, 1), (7, 2), (12, 2)])
def test_long_journeys_go_to_further_pages_on_the_phone(stages_: int, pages_: int) -> None:
    found = journey_map([stage(f"Stage {i}", 70, 60) for i in range(stages_)])
    assert count_pages(found, Layout.PHONE) == pages_
    assert count_pages(found, Layout.WALL) == 1
    seen = [text_of(lay_out(found, Layout.PHONE, page)) for page in range(pages_)]
    for i in range(stages_):
        assert sum(f"Stage {i} " in f"{text} " for text in seen) == 1
    assert all(("page " in text) == (pages_ > 1) for text in seen)


def test_page_beyond_the_last_is_the_last() -> None:
    found = journey_map([stage(f"Stage {i}", 70, 60) for i in range(7)])
    assert lay_out(found, Layout.PHONE, 9) == lay_out(found, Layout.PHONE, 1)
    assert lay_out(found, Layout.PHONE, -3) == lay_out(found, Layout.PHONE, 0)


@pytest.mark.parametrize(("count", "rows"), [(1, [1]), (6, [6]), (7, [4, 3]), (8, [4, 4]), (11, [6, 5]), (12, [6, 6])])
def test_long_journey_goes_over_two_rows_of_the_wall_and_its_texts_stay_as_large(count: int, rows: list[int]) -> None:
    picture = lay_out(journey_map([stage(f"Stage {i}", 70, 60) for i in range(count)]), Layout.WALL)
    assert picture.width <= 1920
    assert min(text.px for text in picture.texts) * 1600 / 1920 >= 14
    titles = [text.y for text in picture.texts if text.text.startswith("Stage ")]
    assert [titles.count(y) for y in sorted(set(titles))] == rows
    assert text_of(picture).count("period before") <= 1  # the legend stands once
    assert text_of(picture).replace(" | ", " ").count("Buying a bike in our shop") == 1


@pytest.mark.parametrize("layout", DETAILED)
def test_legend_explains_only_what_occurs(layout: Layout) -> None:
    plain = text_of(lay_out(journey_map([replace(stage("Pay", 70, 90), target=None)]), layout))
    rich = text_of(lay_out(bike_shop(), layout))
    for words in ("moment of truth", "groups under 5", "grey: under 10 people", "period before", "target"):
        assert words not in plain
        assert words in rich


@pytest.mark.parametrize("layout", DETAILED)
def test_map_without_answers_shows_the_journey_and_says_so_once(layout: Layout) -> None:
    picture = lay_out(without_answers(bike_shop()), layout)
    text = text_of(picture)
    for title in ("Awareness", "Size adviser", "Get it whole and on the day"):
        assert title in text
    assert text.count("No answers yet") == 1
    assert "%" not in text
    assert not any(isinstance(item, Hatch) for item in picture.items)


@pytest.mark.parametrize("layout", DETAILED)
def test_touchpoints_there_is_no_room_for_are_counted(layout: Layout) -> None:
    many = [touchpoint(f"Place {i}", "site") for i in range(15)]
    text = text_of(lay_out(journey_map([stage("Pay", 0, 0, touchpoints=many)]), layout))
    assert ("+12 more" if layout is Layout.PHONE else "+5 more") in text


@pytest.mark.parametrize("layout", DETAILED)
def test_filter_and_notes_are_named(layout: Layout) -> None:
    found = replace(bike_shop(), segment="family", segment_title="Families", channel="courier", notes=("Ask Anna.",))
    text = text_of(lay_out(found, layout))
    assert "Families · courier" in text
    assert "Ask Anna." in text


@pytest.mark.parametrize("layout", DETAILED)
def test_targets_are_met_missed_or_open(layout: Layout) -> None:
    text = re.sub(r"\W+", " ", text_of(lay_out(bike_shop(), layout)))  # on the wall each count has its mark
    assert "Targets 1 met 2 not met 2 cannot be told yet" in text
    met = journey_map([stage("Pay", 95, 900)])
    assert "All targets met" in text_of(lay_out(met, layout))
    early = journey_map([stage("Pay", 95, 7)])
    assert "Targets: cannot be told yet" in text_of(lay_out(early, layout))


@pytest.mark.parametrize("scale", Scale)
def test_figures_are_written_in_the_unit_of_the_headline_scale(scale: Scale) -> None:
    gauge = GAUGES[scale]
    least, most = gauge.spec.bounds
    found = replace(bike_shop().stages[0], scores={scale: share(60, 90)}, before={}, touchpoints=(), target=None)
    found = replace(
        found,
        scores={scale: replace(share(60, 90), value=most, low=gauge.spec.mood_edges[3], high=most)},
    )
    mean = f"{most:+.1f}" if least < 0 else f"{most:.1f}"
    greatest = {Headline.SHARE: "100%", Headline.DIFFERENCE: "+100", Headline.MEAN: mean}[gauge.spec.headline]
    for layout in Layout:
        texts = [text.text for text in lay_out(journey_map([found], scale=scale), layout).texts]
        assert greatest in texts


def test_phone_and_wall_have_a_style_for_everything() -> None:
    assert all(getattr(PHONE_TYPOGRAPHY, name).px >= 34 for name in PHONE_TYPOGRAPHY.__slots__)
    assert all(getattr(WALL_TYPOGRAPHY, name).px >= 16.8 for name in WALL_TYPOGRAPHY.__slots__)
