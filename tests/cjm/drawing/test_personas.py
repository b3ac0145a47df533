"""Pictures of personas and channels: nothing overlaps, nobody needs colours, nothing secret is told."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from bot.texts import LANGUAGES, words_in
from cjm.drawing import Layout, count_pages, ink, lay_out_map
from cjm.drawing.personas.compare_wide import spread_labels
from cjm.drawing.personas.present import MOST_CURVES, list_curves
from cjm.drawing.presentation import present_map
from cjm.drawing.primitives import Face, Icon, Picture
from cjm.figures.journey_map import JourneyMap, MapKind
from cjm.figures.map_parts.stage_facts import ChannelUse
from tests.cjm.drawing.maps import fixed_width, full_shop, share
from tests.cjm.drawing.persona_maps import bare_personas, channel_shop, other_maps, persona_shop
from tests.cjm.drawing.test_layout import check_texts, text_of
from tests.depth import choose_depth


def lay_out(made: JourneyMap, layout: Layout = Layout.PHONE, page: int = 0) -> Picture:
    return lay_out_map(made, words_in(made.language), fixed_width, layout=layout, page=page)


def every_picture(made: JourneyMap) -> Iterable[Picture]:
    for layout in (Layout.PHONE, Layout.SLIDE):
        yield from (lay_out(made, layout, page) for page in range(count_pages(made, layout)))


def check_picture(picture: Picture) -> None:
    check_texts(picture, least_px=34 if picture.width == 1080 else 28)
    assert picture.width + picture.height <= 10_000  # more is no photo for a messenger
    assert picture.height <= 20 * picture.width


@settings(
    max_examples=choose_depth(6, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(other_maps())
def test_no_text_overlaps_another_or_leaves_the_picture(made: JourneyMap) -> None:
    for picture in every_picture(made):
        check_picture(picture)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [MapKind.PERSONAS, MapKind.PERSONA, MapKind.CHANNELS])
def test_pictures_have_room_for_the_real_font_in_every_language(kind: MapKind, language: str) -> None:
    made = channel_shop() if kind is MapKind.CHANNELS else persona_shop(kind)
    for layout in (Layout.PHONE, Layout.SLIDE):
        check_picture(lay_out_map(made, words_in(language), ink.measure_text, layout=layout))


def test_personas_differ_in_symbol_and_dash_and_only_four_have_a_curve() -> None:
    curves = list_curves(present_map(persona_shop()))
    assert len(curves) == MOST_CURVES
    assert len({curve.dash for curve in curves}) == MOST_CURVES
    for layout in (Layout.PHONE, Layout.SLIDE):
        text = text_of(lay_out(persona_shop(), layout)).replace(" | ", " ")
        assert "Not on this picture: Leo decides late" in text
        assert "without a curve: Ida only dreams" in text


def test_stages_that_are_not_judged_leave_gaps_in_a_curve() -> None:
    chooser, giver, regular, new = list_curves(present_map(persona_shop()))
    assert chooser.runs == regular.runs == [[0, 1, 2, 3, 4]]
    assert giver.runs == [[0, 1], [3, 4]]  # grey
    assert new.runs == [[0], [2, 3]]  # withheld; nobody answered at the last stage


@pytest.mark.parametrize("layout", [Layout.PHONE, Layout.SLIDE])
def test_withheld_figure_of_a_persona_is_a_lock_without_any_number(layout: Layout) -> None:
    few = bare_personas(4)
    picture = lay_out(replace(few, personas=(replace(few.personas[0], share=None),)), layout)
    assert [item for item in picture.items if isinstance(item, Icon) and item.name == "lock"]
    assert "64" not in text_of(picture)
    assert "4 people" not in text_of(picture)
    assert "64%" in text_of(lay_out(bare_personas(60), layout))


def test_card_without_a_rule_says_why_it_has_no_figures() -> None:
    text = text_of(lay_out(persona_shop(MapKind.PERSONA), page=4)).replace(" | ", " ")
    assert "no rule (where) that says who belongs to this persona" in text
    assert "%" not in text
    assert count_pages(persona_shop(MapKind.PERSONA), Layout.WALL) == len(persona_shop().personas)


def test_card_calls_assumed_what_the_team_typed_and_has_a_face_for_each_judged_stage() -> None:
    picture = lay_out(persona_shop(MapKind.PERSONA), page=1)
    text = text_of(picture)
    assert text.count("assumed") == 6  # who, motives, day, goals, pains, channel
    assert "I found the size at once" in text
    assert sum(isinstance(item, Face) and item.mood is not None and item.r == 30 for item in picture.items) == 4


def test_channels_tell_visits_complaints_conversion_and_those_that_nobody_used() -> None:
    uses = (ChannelUse("phone", 200, 5, share(72, 60), share(40, 90)), ChannelUse("kiosk", 0, 0))
    shop = replace(full_shop(), stages=(replace(full_shop().stages[0], channels=uses),), kind=MapKind.CHANNELS)
    text = text_of(lay_out(shop)).replace(" | ", " ")
    for part in ("Phone", "200 visits", "2.5 complaints per 100 visits", "72%", "60 people", "40% go on"):
        assert part in text
    assert "Channels that nobody used: kiosk" in text
    unknown = replace(shop, stages=(replace(shop.stages[0], channels=()),))
    assert "Nothing is known of channels in these days" in text_of(lay_out(unknown))


def test_labels_at_the_ends_of_curves_keep_their_distance_and_stay_in_the_plot() -> None:
    assert spread_labels([10, 50, 52], 30, 0, 100) == [10, 50, 80]
    assert spread_labels([90, 95, 99, 100], 20, 0, 100) == [40, 60, 80, 100]


@pytest.mark.parametrize("layout", [Layout.PHONE, Layout.SLIDE])
def test_picture_without_answers_says_what_to_do_and_explains_no_numbers(layout: Layout) -> None:
    shop = persona_shop()
    personas = tuple(replace(persona, scores={}) for persona in shop.personas)
    empty = replace(shop, personas=personas, notes=("Post the first event.",))
    text = text_of(lay_out(empty, layout)).replace(" | ", " ")
    assert "Post the first event" in text
    assert "how many people answered" not in text
