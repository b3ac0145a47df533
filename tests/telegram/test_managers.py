"""Managers: the first one without numeric ids, others by a link, limited to journeys, and removed."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.db.delivery import saved_views
from bot.db.engine.database import Connection, Database
from bot.db.people import managers
from bot.screens.manager import manager_screens
from bot.usecases.teams.command_examples import FindCommandExamples
from bot.usecases.teams.recognize_viewer import MapViewer
from cjm.address import Address
from tests.telegram.case_house import NOON
from tests.telegram.map_house import (
    ANNA,
    BEN,
    EVE,
    GONE,
    MapHouse,
    action,
    at,
    first_manager,
    invited,
    map_house,
    second_journey,
)

NOBODY = Address("telegram", "1")


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    """House without any manager."""
    async with map_house(db) as found:
        yield found


async def test_team_command_in_private_names_the_group_to_a_manager(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/team")
    assert house.texts(ANNA)[-1] == "/team works in your team's group."
    await house.say(EVE, "/team")
    assert "There is no such command here. /complain" in house.texts(EVE)[-1]


async def test_unknown_commands_and_words_of_a_manager_get_a_managers_answer(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/mpa")
    assert house.texts(ANNA)[-1] == "There is no such command. /map – the journey map, /help – everything else."
    await house.say(ANNA, "hello?")
    assert house.texts(ANNA)[-1].startswith("What a manager writes here goes to nobody.")


async def test_why_tells_a_manager_why_a_customer_was_not_asked(house: MapHouse) -> None:
    await first_manager(house)
    await house.visit(EVE, "delivery", NOON - timedelta(hours=1))
    await house.say(ANNA, f"/why c{EVE}")
    lines = house.texts(ANNA)[-1].splitlines()
    assert lines[:2] == ["Customer c666", "The chat with the bot is open."]
    assert "Delivery · 22 Nov, 12:00" in lines
    assert "Sun 13:00 – waits, until Mon 06:00 at the latest: the customer has not opened the link yet" in lines
    await house.say(ANNA, "/why")
    assert f"/why c{EVE}" in house.texts(ANNA)[-1], "an example that works"
    await house.say(ANNA, "/why nobody")
    assert house.texts(ANNA)[-1] == "No customer with this id has come to the journeys that you see."
    await house.say(EVE, f"/why c{EVE}")
    assert "There is no such command" in house.texts(EVE)[-1]


async def test_why_turns_pages_of_a_customer_with_many_visits(house: MapHouse) -> None:
    await first_manager(house)
    for hours in range(1, 8):
        await house.visit(EVE, "delivery", NOON - timedelta(hours=hours))
    await house.say(ANNA, f"/why c{EVE}")
    assert house.texts(ANNA)[-1].count("Delivery · ") == 4
    await house.tap(ANNA, "older ▶")
    assert house.texts(ANNA)[-1].count("Delivery · ") == 3
    await house.tap(ANNA, "◀ newer")
    assert "Delivery · 22 Nov, 12:00" in house.texts(ANNA)[-1]


async def test_help_has_examples_of_what_the_reader_may_see(house: MapHouse) -> None:
    await first_manager(house)
    assert "send /map shop 7." in house.texts(ANNA)[-1], "the welcome"
    await house.say(ANNA, "/why")
    assert "/why 77" in house.texts(ANNA)[-1], "nobody has come yet"
    await house.visit(EVE, "delivery", NOON - timedelta(hours=1))
    await second_journey(house)
    viewer = MapViewer(NOBODY, NOBODY, "Ben", "en")
    find = FindCommandExamples(house.db)
    assert (await find(replace(viewer, journeys=frozenset({"shop"})))).customer == f"c{EVE}"
    other = await find(replace(viewer, journeys=frozenset({"other"})))
    assert (other.journey, other.customer) == ("other", "77"), "the shop's customer is none of theirs"
    assert "/map other 7" in str(manager_screens.role_help(viewer, other.journey).text)


async def test_with_one_journey_the_new_managers_link_needs_no_choice(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Add a manager")
    assert house.texts(ANNA)[-1] == "The link works once, for 7 days, for the first person who opens it."


# ---- links -----------------------------------------------------------------------------------------------------------


async def test_person_who_opens_the_first_link_is_the_first_manager(house: MapHouse) -> None:
    await first_manager(house, language="ru")
    assert house.texts(ANNA)[-1].startswith("Добро пожаловать! Вы здесь первый менеджер.")
    assert house.menus == [(at(ANNA), "ru")]
    await house.send(ANNA, text="/map", language="en")
    assert "Покупка в нашем магазине" in house.texts(ANNA)[-1]  # the language they came with
    assert await house.first_link() is None


async def test_a_second_first_link_opens_nothing_once_there_is_a_manager(house: MapHouse) -> None:
    spare = await house.first_link()
    used = await first_manager(house)
    for token in (spare, used):
        await house.say(EVE, f"/start {token}")
        assert "This link does not work" in house.texts(EVE)[-1]
    assert len(await house.see(managers.list_all)) == 1
    await house.say(ANNA, f"/start {used}")
    assert house.texts(ANNA)[-1].startswith("Welcome back!")


async def test_configured_managers_need_no_first_link(db: Database) -> None:
    async with map_house(db, managers=(ANNA,)) as house:
        assert await house.first_link() is None
        await house.say(ANNA, "/start")
        assert "/map – The journey map" in house.texts(ANNA)[-1]


async def test_a_manager_adds_another_by_a_link_that_works_once(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    await house.say(BEN, f"/start {token}")
    assert house.texts(BEN)[-1].startswith("Welcome! You are a manager here now.")
    await house.say(EVE, f"/start {token}")
    assert "This link does not work" in house.texts(EVE)[-1]
    await house.say(EVE, "/map")
    assert house.drawer.drawn == []


async def test_a_managers_link_ends_after_a_week(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    house.clock.advance(timedelta(days=7, seconds=1))
    await house.say(BEN, f"/start {token}")
    assert "This link does not work" in house.texts(BEN)[-1]


async def test_a_link_can_be_limited_to_journeys(house: MapHouse) -> None:
    await second_journey(house)
    await first_manager(house)
    token = await invited(house, "Renting")
    await house.say(BEN, f"/start {token}")
    await house.say(BEN, "/map")
    assert house.texts(BEN)[-1].startswith("Renting")
    await house.say(BEN, "/map shop")
    assert "no journey with this key" in house.texts(BEN)[-1]
    await house.say(BEN, "/managers")
    assert house.texts(BEN)[-1] == "Adding managers is for those who see all journeys."


async def test_removed_manager_cannot_return_by_the_old_link(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    await house.say(BEN, f"/start {token}")
    await house.say(BEN, "/stages")
    await house.tap(BEN, "★ Save this view")
    assert await house.see(lambda tx: saved_views.list_by_owner(tx, at(BEN)))
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Remove somebody…")
    await house.tap(ANNA, f"Remove Person{BEN}")
    assert f"Person{BEN}" not in house.texts(ANNA)[-1]
    assert await house.see(lambda tx: saved_views.list_by_owner(tx, at(BEN))) == [], "their account stays nowhere"
    await house.say(BEN, f"/start {token}")
    assert "This link does not work" in house.texts(BEN)[-1]
    await house.say(BEN, "/map")
    assert house.drawer.drawn == []


async def test_manager_cannot_remove_themselves_or_a_configured_manager(db: Database) -> None:
    async with map_house(db, managers=(ANNA,)) as house:
        for person in (ANNA, BEN):
            await house.db.write(partial(_save, person))
        await house.say(BEN, "/managers")
        for manager in await house.see(managers.list_all):
            await house.forge(BEN, f"mz:{manager.id}", house.last(BEN)[0])
        assert {m.address for m in await house.see(managers.list_all)} == {at(ANNA), at(BEN)}


def _save(person: int, tx: Connection) -> None:
    managers.save(tx, at(person), name=f"P{person}", language=None, journeys=None, added_by="", now=NOON)


async def test_an_invitation_makes_one_link(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Add a manager")
    make = action(house, "Make the link")
    await house.tap(ANNA, "Make the link")
    link = house.texts(ANNA)[-1]
    assert await house.forge(ANNA, make, house.last(ANNA)[0]) == GONE
    assert house.texts(ANNA)[-1] == link


async def test_a_link_is_opened_in_private_only(house: MapHouse) -> None:
    token = await house.first_link()
    await house.send(ANNA, chat=-5, text=f"/start {token}")
    assert await house.see(managers.list_all) == []
