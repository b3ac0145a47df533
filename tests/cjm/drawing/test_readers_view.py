"""The reader's view of a picture: legends explain what occurs, titles are whole, no mark is a colour alone."""

from dataclasses import replace

import pytest

from bot.texts import words_in
from cjm.drawing import Layout, lay_out_map
from cjm.drawing.canvas import Canvas
from cjm.drawing.ink import measure_text
from cjm.drawing.lettering.directions import is_right_to_left
from cjm.drawing.primitives import Face
from cjm.drawing.theme import LIGHT, PHONE_TYPOGRAPHY
from cjm.figures.journey_map import Barrier, ChangeDirection
from cjm.figures.map_parts.voice import Voice
from tests.cjm.drawing.maps import fixed_width, full_shop, journey_map, stage, touchpoint
from tests.cjm.drawing.test_layout import DETAILED, lay_out, text_of


@pytest.mark.parametrize("layout", Layout)
def test_legend_explains_neither_grey_nor_locks_of_touchpoints_that_have_no_room(layout: Layout) -> None:
    """The phone shows the lowest of those that are judged, the wall ten: a mark of another is nowhere to be seen."""
    judged = [touchpoint(f"Place {i}", "site", 60, 90) for i in range(10)]
    unseen = [touchpoint("Club", "email", 50, 3), touchpoint("Kiosk", "kiosk", 50, 7)]
    text = text_of(lay_out(journey_map([stage("Pay", 70, 90, touchpoints=[*judged, *unseen])]), layout))
    assert "groups under 5" not in text
    assert "grey: under 10 people" not in text


@pytest.mark.parametrize("layout", DETAILED)
def test_faces_of_touchpoints_are_explained_where_no_stage_has_one(layout: Layout) -> None:
    text = text_of(
        lay_out(journey_map([stage("Pay", 60, 4, touchpoints=[touchpoint("Till", "site", 60, 90)])]), layout)
    )
    assert "below 50%" in text


@pytest.mark.parametrize("layout", DETAILED)
def test_words_of_a_customer_have_their_face_and_not_a_colour_alone(layout: Layout) -> None:
    voices = [Voice("I waited all day.", 1)]
    pictures = [lay_out(journey_map([stage("Pay", 95, 900, voices=spoken)]), layout) for spoken in (voices, [])]
    size = {Layout.PHONE: 17, Layout.WALL: 10}[layout]
    moods = [[item.mood for item in picture.items if isinstance(item, Face) and item.r == size] for picture in pictures]
    assert moods == [[1], []]


@pytest.mark.parametrize("layout", DETAILED)
def test_stage_that_has_complaints_only_says_how_many(layout: Layout) -> None:
    silent = replace(stage("Delivery"), visits=4, complaints=3)
    assert "3 complaints" in text_of(lay_out(journey_map([silent, stage("Pay", 70, 90)]), layout))


def test_wall_explains_who_may_still_go_on_only_where_somebody_may() -> None:
    walked = stage("Pay", 70, 90)
    some = text_of(lay_out(journey_map([walked, walked]), Layout.WALL)).replace(" | ", " ")
    assert "10 may still go on" in some
    assert "“May still go on”: walks that entered the stage and still have time" in some
    nobody = replace(walked, on_the_way=0)
    assert "ay still go on" not in text_of(lay_out(journey_map([nobody, nobody]), Layout.WALL))


def test_wall_says_who_walks_the_journey() -> None:
    assert "Somebody who rides to work" in text_of(lay_out(full_shop(), Layout.WALL))


def test_phone_says_between_which_figures_its_targets_lie() -> None:
    one, other = stage("Pay", 70, 90), replace(stage("Delivery", 70, 90), target=80.0)
    assert "target 75%" in text_of(lay_out(journey_map([one, one]), Layout.PHONE))
    assert "target 75–80%" in text_of(lay_out(journey_map([one, other]), Layout.PHONE))


@pytest.mark.parametrize("text", ["הזמנתי בחנות שלכם iPhone 15 Pro Max והגיע", "The shop said שלום עליכם וברכה to us"])
def test_every_line_runs_in_the_direction_of_the_first(text: str) -> None:
    canvas = Canvas(fixed_width, LIGHT)
    style = PHONE_TYPOGRAPHY.body
    assert canvas.paragraph(0, 40, text, style, LIGHT.ink, max_width=15 * style.px * 0.56) == 3
    lines = canvas.to_picture(600, 200).texts
    assert {is_right_to_left(line.text) for line in lines} == {text.startswith("ה")}
    edges = {round(line.x + line.width if text.startswith("ה") else line.x) for line in lines}
    assert len(edges) == 1  # right edges where it runs to the left


@pytest.mark.parametrize("layout", DETAILED)
@pytest.mark.parametrize(
    "title",
    [
        "Согласование времени и подтверждение доставки курьером домой",
        "Uzgodnienie godziny i potwierdzenie dostawy kurierem do domu",
    ],
)
def test_title_of_60_letters_is_shown_whole_wherever_it_stands(layout: Layout, title: str) -> None:
    named = stage(title, 70, 900, 50, ChangeDirection.BETTER, [touchpoint(title, "site", 60, 90, moment=True)])
    shop = replace(journey_map([replace(named, barriers=(Barrier(title, 31),))] * 5, language="ru"), title=title)
    measured = lay_out_map(shop, words_in("ru"), measure_text, layout=layout)
    assert "…" not in text_of(measured).replace("−", "")
