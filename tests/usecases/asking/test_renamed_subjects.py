""" "Not about this", and "asked here recently", stay true when journeys call their touchpoints and stages otherwise."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.db.asking import mutes
from bot.db.asking.tables import decision_table
from bot.db.cases import cases
from bot.db.cases.cases import NewCase
from bot.db.engine.database import Database
from bot.usecases.cases.case_places import move_case
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.change_settings import ChangeSettings
from cjm.asking.decision import AskingReason
from cjm.asking.subject_names import SubjectName
from cjm.cases.case import CaseKind, CaseOrigin
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import ALICE, JOURNEY, NOON, QUIET, World, make_world

NAMED = '{ key = "delivery", title = { en = "Delivery", ru = "Доставка", pl = "Dostawa" }, channel = "courier" },'
ONE = JOURNEY.split('[[surveys.questions]]\nkey = "csat"')[0]  # with its first question only


def name_otherwise(key: str, title: str, was: str = "", *, more: str = "", source: str = ONE) -> str:
    """Return the journey with the delivery under another key and title."""
    point = f'{{ key = "{key}", title = "{title}", was = [{was}] }},'
    assert NAMED in source
    return source.replace(NAMED, point + more).replace(
        'on = { touchpoint = "delivery"', f'on = {{ touchpoint = "{key}"'
    )


async def put_into_force(world: World, *sources: str) -> None:
    for source in sources:
        await ApplyJourney(world.db, world.clock).apply(source, "shop.toml")


async def be_muted(world: World) -> int:
    """Let the customer say "not about this" to a delivery, and forget the conversation's clocks."""
    invitation = await world.visit("first")
    await world.stop.mute(world.make_tap(invitation))
    return invitation


async def visit(world: World, event: str, touchpoint: str, journey: str = "shop") -> str:
    """Record a visit, ask what is due, and return the reason of the last decision about it."""
    await world.record([Event(event, "77", journey, world.clock.now(), touchpoint=touchpoint)])
    await world.ask_due()
    await world.deliver()
    last = select(decision_table.c.reason).order_by(decision_table.c.id.desc()).limit(1)
    return str(await world.db.read(lambda tx: tx.scalar(last)))


async def muted_titles(world: World) -> tuple[str, ...]:
    return (await ChangeSettings(world.db, world.clock, QUIET).read_settings(ALICE, None)).muted_titles


COURIER = name_otherwise("courier", "Courier", '"delivery"')
PARCEL = name_otherwise("parcel", "Parcel", '"courier"')  # a file that tells the last renaming only
STAGED = ONE.replace(NAMED, "").replace(
    "[[surveys]]", f'[[stages]]\nkey = "after"\ntitle = "After"\ntouchpoints = [{NAMED}]\n\n[[surveys]]', 1
)


@pytest.mark.parametrize(
    ("sources", "key", "title"),
    [
        ([COURIER], "courier", "Courier"),
        ([COURIER, PARCEL], "parcel", "Parcel"),
        ([COURIER, name_otherwise("courier", "Courier")], "courier", "Courier"),
        ([COURIER, ONE], "delivery", "Delivery"),
        ([STAGED], "delivery", "Delivery"),
    ],
    ids=["renamed", "renamed twice", "former key left out", "put back", "moved to another stage"],
)
async def test_not_about_this_stays_true(world: World, sources: list[str], key: str, title: str) -> None:
    await be_muted(world)
    await put_into_force(world, *sources)
    assert await visit(world, "second", key) == AskingReason.MUTED
    assert await muted_titles(world) == (title,)


async def test_key_that_is_something_elses_now_is_asked_about(world: World) -> None:
    await be_muted(world)
    other = ' { key = "delivery", title = "Delivery of gifts" },'
    await put_into_force(world, COURIER, name_otherwise("courier", "Courier", more=other))
    await put_into_force(
        world,
        name_otherwise("courier", "Courier", more=other).replace('touchpoint = "courier"', 'touchpoint = "delivery"'),
    )
    assert await visit(world, "second", "delivery") == AskingReason.FINE
    assert await muted_titles(world) == ("Courier",)
    await world.stop.mute(world.make_tap(int(world.message_in_chat().buttons[0][0].action.args[0])))  # type: ignore[union-attr]  # it has one
    assert await muted_titles(world) == ("Courier", "Delivery of gifts")


async def test_same_key_of_another_journey_is_asked_about(world: World) -> None:
    await be_muted(world)
    await put_into_force(world, ONE.replace('key = "shop"', 'key = "bank"', 1))
    assert await visit(world, "second", "delivery", "bank") == AskingReason.FINE
    assert await visit(world, "third", "delivery") != AskingReason.FINE


async def test_what_has_vanished_is_named_by_its_last_title_and_stays_muted_if_it_returns(world: World) -> None:
    await be_muted(world)
    gone = ONE.replace(NAMED, "").split("[[surveys]]", 1)[0]
    await put_into_force(world, COURIER, gone)
    assert await muted_titles(world) == ("Courier",)
    await put_into_force(world, PARCEL.replace('"courier"]', '"delivery"]'))
    assert await muted_titles(world) == ("Parcel",)
    assert await visit(world, "second", "parcel") == AskingReason.MUTED


async def test_wish_is_taken_back_under_another_name(any_db: Database) -> None:
    """The button stands under the question of before; what was muted once more under the new name ends, too."""
    world = await make_world(any_db)
    invitation = await be_muted(world)
    await put_into_force(world, COURIER)
    await world.db.write(lambda tx: mutes.mute(tx, world.person.id, SubjectName("shop", 2, "courier")))
    await world.db.write(lambda tx: mutes.mute(tx, world.person.id, SubjectName("shop", 2, "box")))
    await world.stop.reopen(world.make_tap(invitation))
    assert await muted_titles(world) == ("The box",)


async def test_mute_of_before_journeys_were_stored_fits_each_of_them(world: World) -> None:
    await put_into_force(world, COURIER)
    await world.db.write(lambda tx: mutes.mute(tx, world.person.id, SubjectName("", 0, "delivery")))
    assert await muted_titles(world) == ("Courier",)
    assert await visit(world, "second", "courier") == AskingReason.MUTED


async def test_asked_here_recently_counts_under_another_name_and_not_for_another_journey(any_db: Database) -> None:
    world = await make_world(any_db)
    world = replace(world, rules=replace(world.rules, same_touchpoint=timedelta(days=30)))
    invitation = await world.visit("first")
    await world.stop.mute(world.make_tap(invitation))
    await world.db.write(lambda tx: mutes.unmute_everything(tx, world.person.id))
    await put_into_force(world, COURIER, PARCEL, ONE.replace('key = "shop"', 'key = "bank"', 1))
    world.clock.advance(timedelta(days=1))
    assert await visit(world, "second", "parcel") == AskingReason.ASKED_HERE_RECENTLY
    assert await visit(world, "third", "delivery", "bank") == AskingReason.FINE


async def test_question_that_waits_through_a_renaming_is_not_asked_against_a_wish(world: World) -> None:
    """Two deliveries were recorded under the old name; the second waits while the first is answered by "never"."""
    first = await world.visit("first")
    await world.record([Event("second", "77", "shop", world.clock.now(), touchpoint="delivery")])
    await put_into_force(world, COURIER)
    await world.stop.mute(world.make_tap(first))
    world.clock.advance(timedelta(hours=1))
    await world.ask_due()
    await world.deliver()
    assert world.last == "1"


async def test_case_at_a_former_name_is_not_moved_to_the_same_place(world: World) -> None:
    """A move counts the case anew, on the day of the latest visit there: a repeated tap must not do that."""
    await put_into_force(world, COURIER)
    here: Any = {"journey": "shop", "stage": "get", "touchpoint": "delivery"}
    new = NewCase(world.person.id, CaseKind.COMPLAINT, CaseOrigin.COMMAND, NOON.date(), "courier", NOON, **here)
    case = await world.db.write(lambda tx: cases.insert_case(tx, new))
    await visit(world, "second", "courier")
    assert await world.db.write(lambda tx: move_case(tx, case, "courier", world.clock.now())) == case
    moved = await world.db.write(lambda tx: move_case(tx, case, "box", world.clock.now()))
    assert moved.subject == "box"


def test_sources_of_these_tests_name_what_they_should() -> None:
    assert [read_journey(source, "shop.toml").touchpoints["delivery"].touchpoint.key for source in (ONE, COURIER)] == [
        "delivery",
        "courier",
    ]
