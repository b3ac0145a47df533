"""The first hour without numeric ids: links for managers, who may do what, journeys as files."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db import journeys, managers
from bot.db.engine import Database
from bot.telegram.callbacks import pack
from cjm import templates
from cjm.address import Address
from tests.telegram.casework import NOON
from tests.telegram.mapwork import MapHouse, map_house

ANNA, BEN, EVE = 7, 8, 666
GONE = "This button no longer leads anywhere. Please ask anew: /map"
SHOP = templates.text("shop")


def at(person: int) -> Address:
    return Address("telegram", str(person))


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    """Nobody is a manager yet."""
    async with map_house(db) as found:
        yield found


async def first_manager(house: MapHouse, language: str = "en") -> str:
    token = await house.first_link()
    assert token is not None
    await house.send(ANNA, text=f"/start {token}", language=language)
    return token


async def invited(house: MapHouse, *ticks: str) -> str:
    """Anna makes a link; what it lets see is ticked before."""
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Add a manager")
    for tick in ticks:
        await house.tap(ANNA, tick)
    await house.tap(ANNA, "Make the link")
    return house.texts(ANNA)[-1].split("start=")[1]


def action(house: MapHouse, label: str) -> str:
    """What the button of Anna's latest message carries."""
    (found,) = (b.action for row in house.last(ANNA)[1].buttons for b in row if b.label == label)
    assert found is not None
    return pack(found)


# ---- links -----------------------------------------------------------------------------------------------------------


async def test_whoever_opens_the_first_link_is_the_first_manager(house: MapHouse) -> None:
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
        assert "opens nothing here" in house.texts(EVE)[-1]
    assert len(await house.see(managers.everyone)) == 1
    await house.say(ANNA, f"/start {used}")
    assert house.texts(ANNA)[-1].startswith("Welcome back!")


async def test_configured_managers_need_no_first_link(db: Database) -> None:
    async with map_house(db, managers=(ANNA,)) as house:
        assert await house.first_link() is None
        await house.say(ANNA, "/start")
        assert "/map – the journey map" in house.texts(ANNA)[-1]


async def test_a_manager_adds_another_by_a_link_that_works_once(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    await house.say(BEN, f"/start {token}")
    assert house.texts(BEN)[-1].startswith("Welcome! You are a manager here now.")
    await house.say(EVE, f"/start {token}")
    assert "opens nothing here" in house.texts(EVE)[-1]
    await house.say(EVE, "/map")
    assert house.drawer.drawn == []


async def test_a_managers_link_ends_after_a_week(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    house.clock.advance(timedelta(days=7, seconds=1))
    await house.say(BEN, f"/start {token}")
    assert "opens nothing here" in house.texts(BEN)[-1]


async def test_a_link_can_be_limited_to_journeys(house: MapHouse) -> None:
    await _second_journey(house)
    await first_manager(house)
    token = await invited(house, "Renting")
    await house.say(BEN, f"/start {token}")
    await house.say(BEN, "/map")
    assert house.texts(BEN)[-1].startswith("Renting")
    await house.say(BEN, "/map shop")
    assert "no such journey" in house.texts(BEN)[-1]
    await house.say(BEN, "/managers")
    assert house.texts(BEN)[-1] == "Adding managers is for those who see all journeys."


async def _second_journey(house: MapHouse) -> None:
    from cjm.journey import read_journey

    source = _other("Renting")
    await house.db.write(lambda tx: journeys.apply(tx, read_journey(source, "o"), source, now=NOON))


def _other(title: str) -> str:
    return SHOP.replace('key = "shop"', 'key = "other"', 1).replace("Buying in our shop", title)


async def test_who_was_let_go_cannot_come_back_by_the_old_link(house: MapHouse) -> None:
    await first_manager(house)
    token = await invited(house)
    await house.say(BEN, f"/start {token}")
    await house.say(ANNA, "/managers")
    await house.tap(ANNA, "Remove somebody…")
    await house.tap(ANNA, f"Remove Person{BEN}")
    assert f"Person{BEN}" not in house.texts(ANNA)[-1]
    await house.say(BEN, f"/start {token}")
    assert "opens nothing here" in house.texts(BEN)[-1]
    await house.say(BEN, "/map")
    assert house.drawer.drawn == []


async def test_nobody_lets_themselves_or_a_configured_manager_go(db: Database) -> None:
    async with map_house(db, managers=(ANNA,)) as house:
        await house.db.write(lambda tx: _save(tx, BEN))
        for person in (ANNA, BEN):
            await house.db.write(lambda tx, person=person: _save(tx, person))  # type: ignore[misc]
        await house.say(BEN, "/managers")
        for manager in await house.see(managers.everyone):
            await house.forge(BEN, f"mz:{manager.id}", house.last(BEN)[0])
        assert {m.address for m in await house.see(managers.everyone)} == {at(ANNA), at(BEN)}


def _save(tx, person: int) -> None:  # type: ignore[no-untyped-def]
    managers.save(tx, at(person), name=f"P{person}", language=None, journeys=None, by="", now=NOON)


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
    assert await house.see(managers.everyone) == []


# ---- journeys as files -----------------------------------------------------------------------------------------------


async def test_a_file_is_shown_first_and_applied_by_a_tap(house: MapHouse) -> None:
    await first_manager(house)
    changed = SHOP.replace("Where do shoppers lose heart, and why?", "Where do we lose people?").replace(
        'timezone = "Europe/Warsaw"', 'timezone = "Europe/Berlin"'
    )
    await house.file(ANNA, "shop.toml", changed.encode())
    text = house.texts(ANNA)[-1]
    assert "What would change: Buying in our shop" in text
    assert "Europe/Warsaw → Europe/Berlin" in text
    assert "Another time zone: days counted so far stay where they were" in text
    assert (await house.see(journeys.versions))["shop"].version == 1
    apply = action(house, "Apply")
    await house.tap(ANNA, "Apply")
    assert house.texts(ANNA)[-1] == "Done: Buying in our shop, version 2, is in force."
    assert (await house.see(journeys.versions))["shop"].source == changed
    await house.forge(ANNA, apply, house.last(ANNA)[0])  # tapped again, or told late
    assert house.texts(ANNA)[-1].startswith("Done:")
    assert (await house.see(journeys.versions))["shop"].version == 2


async def test_a_new_journey_is_told_by_what_it_has(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "other.toml", _other("Renting").encode())
    text = house.texts(ANNA)[-1]
    assert "A new journey: Renting" in text
    assert "5 stages" in text
    await house.tap(ANNA, "Apply")
    assert "other" in await house.see(journeys.current)


async def test_nothing_changes_is_said(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.encode())
    assert "Nothing changes." in house.texts(ANNA)[-1]
    assert house.last(ANNA)[1].buttons == ()


async def test_what_somebody_changed_meanwhile_is_shown_again(house: MapHouse) -> None:
    await first_manager(house)
    mine, theirs = (SHOP.replace("lose heart", words) for words in ("go away", "get lost"))
    await house.file(ANNA, "shop.toml", mine.encode())

    def apply(tx) -> int:  # type: ignore[no-untyped-def]
        from cjm.journey import read_journey

        return journeys.apply(tx, read_journey(theirs, "t"), theirs, now=NOON)

    await house.db.write(apply)
    await house.tap(ANNA, "Apply")
    assert "Somebody changed this journey in the meantime" in house.texts(ANNA)[-1]
    assert (await house.see(journeys.versions))["shop"].source == theirs
    await house.tap(ANNA, "Apply")
    assert (await house.see(journeys.versions))["shop"].source == mine


async def test_a_discarded_proposal_stays_discarded(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    apply = action(house, "Apply")
    await house.tap(ANNA, "Discard")
    assert await house.forge(ANNA, apply, house.last(ANNA)[0]) is not None
    assert (await house.see(journeys.versions))["shop"].version == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"key = \xff", "it has 1 mistake:\n• is not saved as UTF-8"),
        (b"key = 'shop", "it has 1 mistake:"),
        (b"", "mistakes:"),
        (b'key = "shop"\nstages = []\nlanguages = ["xx1"]\ntimezone = "Mars"\n', "timezone"),
        (b"\x00\x01", "it has 1 mistake:"),
    ],
)
async def test_every_mistake_of_a_file_is_told_at_once(house: MapHouse, content: bytes, said: str) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", content)
    text = house.texts(ANNA)[-1]
    assert "This file cannot be taken" in text
    assert said in text
    assert "Nothing was changed." in text
    assert (await house.see(journeys.versions))["shop"].version == 1


async def test_a_hundred_mistakes_are_cut(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.replace("kind =", "kimd =").encode())
    assert "more\n" in house.texts(ANNA)[-1]
    assert len(house.texts(ANNA)[-1]) < 4096


async def test_what_may_never_change_is_refused(house: MapHouse) -> None:
    await first_manager(house)
    start = SHOP.index('key = "checkout_ease"')
    changed = SHOP[:start] + SHOP[start:].replace('kind = "ces"', 'kind = "csat"', 1)
    await house.file(ANNA, "shop.toml", changed.encode())
    assert "This file cannot be taken" in house.texts(ANNA)[-1]


async def test_a_large_file_is_refused_before_it_is_fetched(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.encode(), size=200_001)
    assert house.texts(ANNA)[-1] == "This file is too large: a journey file has at most 200 kB."


async def test_a_strangers_file_changes_and_reveals_nothing(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(EVE, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    assert not any("change" in text for text in house.texts(EVE))


async def test_a_manager_changes_only_their_journeys(house: MapHouse) -> None:
    await _second_journey(house)
    await first_manager(house)
    await house.say(BEN, f"/start {await invited(house, 'Renting')}")
    await house.file(BEN, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    assert "is not one of those you look after" in house.texts(BEN)[-1]
    await house.say(BEN, "/journeys")
    assert [b for b in house.labels(BEN) if "shop" in b] == []
    assert house.labels(BEN) == ["Take “Renting”"]


async def test_the_file_in_force_is_given_back_as_it_is(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/journeys")
    await house.tap(ANNA, "Take “Buying in our shop”")
    upload = house.picture(ANNA)
    assert upload.name == "shop.toml"
    assert upload.data == SHOP.encode()
    assert upload.kind == "document"


@pytest.mark.parametrize("language", ["ru", "pl"])
async def test_a_difference_reads_well_in_other_languages(house: MapHouse, language: str) -> None:
    await first_manager(house, language)
    changed = SHOP.replace('key = "club"', 'key = "clubs"').replace("judge_from = 10", "judge_from = 12")
    await house.file(ANNA, "shop.toml", changed.encode())
    text = house.texts(ANNA)[-1]
    assert "judge_from: 10 → 12" in text
    assert "Buying" not in text
