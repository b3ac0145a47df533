"""Difference maps from the database: two periods, two segments, what is withheld, and breaks by new versions."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.messages.message import Upload
from bot.screens.manager.map_screens import map_picture
from bot.texts import words_in
from bot.usecases.maps.make_map import MapError
from bot.usecases.maps.views.load_view import KindRefusal, ViewQuery
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from cjm.figures.journey_map import ChangeDirection, JourneyMap, MapKind
from cjm.figures.map_json import map_as_json
from cjm.figures.map_parts.contrast import MeaningBreak
from cjm.figures.map_view import MapView, ViewContent
from cjm.figures.score import Verdict
from cjm.journeys.journey_file import read_journey
from cjm.scales import Scale
from tests.usecases.maps.past_of_case import CASE, NOON, TODAY, PastOfCase, people, read_map, tell

SEGMENTS = """segments = [
    { key = "new", title = "New customers", where = { class = ["new"] } },
    { key = "old", title = "Old customers", where = { class = ["old"] } },
    { key = "known", title = "All known", where = { class = ["new", "old"] } },
    { key = "same", title = "New again", where = { class = ["new"] } },
]"""
TWO_CLASSES = CASE.replace(CASE[CASE.index("segments =") : CASE.index("[[stages]]")], SEGMENTS + "\n")


async def apply(db: Database, source: str, day: date) -> None:
    """Apply a version of the case on a day."""

    def write(tx: Connection) -> None:
        moment = NOON.replace(year=day.year, month=day.month, day=day.day)
        journeys.apply(tx, read_journey(source, "case.toml"), source, now=moment)

    await db.write(write)


def happy_then_unhappy(past: PastOfCase) -> None:
    """Add 40 old customers, of whom 36 are satisfied, and 40 new ones, of whom 8 are; two new ones at the phone."""
    past.answer(people(36, "a"), TODAY, 5, customer_class="old")
    past.answer(people(4, "b"), TODAY, 1, customer_class="old")
    past.answer(people(8, "c"), TODAY, 5, customer_class="new")
    past.answer(people(32, "d"), TODAY, 1, customer_class="new")
    past.answer(people(2, "e"), TODAY, 5, customer_class="new", point="u")


def change_at(made: JourneyMap, stage: str = "s") -> ChangeDirection:
    return next(each.change.direction for each in made.stages if each.key == stage)


async def test_two_segments_are_compared_within_touchpoints_and_withheld_places_tell_nothing(any_db: Database) -> None:
    await tell(any_db, happy_then_unhappy)
    await apply(any_db, TWO_CLASSES, TODAY)
    made = await read_map(any_db, segment="new", compare="segment:old")
    assert made.kind is MapKind.DIFFERENCE
    assert made.contrast is not None
    assert (made.contrast.title, made.contrast.other_title) == ("New customers", "Old customers")
    assert not made.contrast.shares_customers
    stage = made.stages[0]
    assert (stage.scores[Scale.CSAT].n, stage.before[Scale.CSAT].n) == (42, 40)
    assert stage.change.direction is ChangeDirection.WORSE
    # 20 % − 90 % at the site: the two at the phone, whose figure is withheld, move nothing.
    assert stage.change.points == pytest.approx(-70)
    assert made.weakest is None
    turned = await read_map(any_db, segment="old", compare="segment:new")
    assert turned.stages[0].change.points == pytest.approx(70)
    assert change_at(turned, "z") is ChangeDirection.UNKNOWN
    written = map_as_json(made)
    assert (written["kind"], written["compared_with"], written["contrast"]["other_segment"]) == (
        "difference",
        {"from": made.period.first.isoformat(), "to": made.period.last.isoformat()},
        "old",
    )


async def test_a_side_that_is_withheld_stays_withheld_and_so_does_the_other_that_would_tell_it(db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(40, "a"), TODAY, 5, customer_class="old")
        past.answer(people(3, "b"), TODAY, 1, customer_class="new")

    await tell(db, write)
    await apply(db, TWO_CLASSES, TODAY)
    stage = (await read_map(db, segment="old", compare="segment:new")).stages[0]
    assert [side[Scale.CSAT].verdict for side in (stage.scores, stage.before)] == [Verdict.WITHHELD] * 2
    assert (stage.change.direction, stage.change.points) == (ChangeDirection.UNKNOWN, None)


async def test_two_periods_are_compared_and_new_words_between_them_are_said(any_db: Database) -> None:
    year = timedelta(days=364)

    def write(past: PastOfCase) -> None:
        for day, good, names in ((TODAY, 10, "n"), (TODAY - year, 36, "y")):
            past.answer(people(good, f"{names}+"), day, 5)
            past.answer(people(40 - good, f"{names}-"), day, 1)

    await apply(any_db, CASE, TODAY - 2 * year)
    reworded = TODAY - timedelta(days=100)
    # Applied on the way and taken back before the newer side: nobody of either side was asked like that.
    await apply(any_db, CASE.replace('text = "q"', 'text = "tried"', 1), TODAY - timedelta(days=200))
    await apply(any_db, CASE.replace('text = "q"', 'text = "How was it?"', 1), reworded)
    await tell(any_db, write)
    made = await read_map(any_db, compare="year", days=7)
    assert made.contrast is not None
    assert made.contrast.title == "16–22 Nov 2026"
    assert made.contrast.other_title == "17–23 Nov 2025"
    assert change_at(made) is ChangeDirection.WORSE
    assert made.stages[0].change.points == pytest.approx(-65)
    # `tell` applied the first words once more, today.
    assert made.breaks == (MeaningBreak(reworded, ("s",)), MeaningBreak(TODAY, ("s",)))
    again = await read_map(any_db, compare="2025-11-17/2025-11-23", days=7)
    assert replace(again, as_of=made.as_of) == made
    before = await read_map(any_db, compare="before", days=7)
    assert (before.kind, before.comparison) == (MapKind.DIFFERENCE, (await read_map(any_db, days=7)).comparison)
    assert before.contrast is not None
    assert before.breaks == (MeaningBreak(TODAY, ("s",)),)


async def test_a_kind_that_does_not_fit_its_other_side_is_refused_in_one_sentence(db: Database) -> None:
    await apply(db, TWO_CLASSES, TODAY)
    for request_, message in (
        ({"kind": MapKind.DIFFERENCE}, "needs another side; compare with before, year, FROM/TO"),
        ({"kind": MapKind.FUTURE, "compare": "before"}, "a future map has no other side"),
        ({"segment": "new", "compare": "segment:nope"}, 'no segment "nope"; it has: new, old'),
        ({"segment": "new", "compare": "segment:known"}, "known includes all of new"),
        ({"compare": "2027-10-01/2027-10-02"}, "begins after today, 2026-11-22"),
    ):
        with pytest.raises(MapError) as error:
            await read_map(db, **request_)
        assert message in str(error.value)
    future = await read_map(db, kind=MapKind.FUTURE)
    assert (future.kind, future.contrast) == (MapKind.FUTURE, None)


async def test_a_view_whose_other_side_is_gone_shows_the_current_map_and_says_why(db: Database) -> None:
    await apply(db, TWO_CLASSES, TODAY)
    viewer = MapViewer(Address("telegram", "1"), Address("telegram", "1"), "Anna", "en")
    view = MapView(ViewContent.MAP, "case", segment="new", kind=MapKind.DIFFERENCE)
    for compare, refusal in (
        ("segment:old", None),
        ("segment:nope", KindRefusal.NO_SEGMENT),
        ("segment:known", KindRefusal.ALIKE_SEGMENTS),
        ("1999-01-01/1999-01-02", KindRefusal.NO_DAYS),
    ):
        shown = replace(view, compare=compare)
        viewed = await db.read(partial(ViewQuery(shown, viewer.rights, 5, timedelta(days=2)), now=NOON))
        assert viewed is not None
        assert (viewed.kind_refusal, viewed.map.contrast is None) == (refusal, refusal is not None)
        said = words_in("en")(f"views.refused.{refusal}") if refusal else "No difference map"
        assert (said in str(map_picture(viewed, Upload("m.png", b""), 1024).text)) is (refusal is not None)


REWORDED = CASE.replace('text = "q"', 'text = "How was it?"', 1)
POINT_U = ', { key = "u", title = "U", channel = "phone" }'
MOVED = REWORDED.replace(POINT_U, "").replace(
    'title = "ZT", channel = "site" }', 'title = "ZT", channel = "site" }' + POINT_U
)


async def test_a_map_names_the_days_since_which_its_figures_may_mean_something_else(any_db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(40, "b"), TODAY - timedelta(days=40), 5)
        past.answer(people(40, "n"), TODAY, 4)

    renamed, reworded, moved = (TODAY - timedelta(days=ago) for ago in (30, 20, 10))
    await apply(any_db, CASE, TODAY - timedelta(days=60))
    await tell(any_db, write)
    await apply(any_db, CASE.replace('title = "S"', 'title = "Other"', 1), renamed)
    assert (await read_map(any_db)).breaks == (), "another title asks for nothing else"
    await apply(any_db, REWORDED, reworded)
    await apply(any_db, MOVED, moved)
    made = await read_map(any_db)
    assert made.breaks == (MeaningBreak(reworded, ("s",)), MeaningBreak(moved, (), moved=("u",)))
    assert map_as_json(made)["breaks"] == [
        {"day": str(reworded), "stages": ["s"], "regroups": False, "moved": []},
        {"day": str(moved), "stages": [], "regroups": False, "moved": ["u"]},
    ]
    assert (await read_map(any_db, days=7)).breaks == (MeaningBreak(moved, (), moved=("u",)),)
    assert (await read_map(any_db, days=7, compare="before")).breaks == (MeaningBreak(moved, (), moved=("u",)),)


async def test_what_was_changed_before_anything_was_counted_is_no_break(any_db: Database) -> None:
    await apply(any_db, REWORDED, TODAY - timedelta(days=20))
    await apply(any_db, CASE, TODAY - timedelta(days=10))
    await tell(any_db, lambda past: past.answer(people(40, "n"), TODAY, 4))
    assert (await read_map(any_db)).breaks == ()


async def test_a_roll_back_is_a_break_as_every_version_with_other_words_is(any_db: Database) -> None:
    def write(past: PastOfCase) -> None:
        past.answer(people(40, "b"), TODAY - timedelta(days=25), 5)

    await apply(any_db, CASE, TODAY - timedelta(days=60))
    await tell(any_db, write)
    there, back = TODAY - timedelta(days=20), TODAY - timedelta(days=10)
    await apply(any_db, REWORDED, there)
    await apply(any_db, CASE, back)
    assert [each.day for each in (await read_map(any_db)).breaks] == [there, back]
