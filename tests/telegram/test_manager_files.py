"""Journeys as files: shown first, applied by a tap, refused in words."""

from collections.abc import AsyncIterator

import pytest
from aiogram import types

from bot.db.engine.database import Database
from bot.db.journeys import journeys
from bot.telegram.manager.journeys import DocumentFilter
from tests.telegram.map_house import (
    ANNA,
    BEN,
    EVE,
    SHOP,
    MapHouse,
    action,
    apply_source,
    first_manager,
    invited,
    map_house,
    other,
    second_journey,
)


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    """House without any manager."""
    async with map_house(db) as found:
        yield found


async def test_a_file_is_shown_first_and_applied_by_a_tap(house: MapHouse) -> None:
    await first_manager(house)
    changed = SHOP.replace("Where do shoppers lose heart, and why?", "Where do we lose people?").replace(
        'timezone = "Europe/Warsaw"', 'timezone = "Europe/Berlin"'
    )
    await house.file(ANNA, "shop.toml", changed.encode())
    text = house.texts(ANNA)[-1]
    assert "What would change: Buying in our shop" in text
    assert "Europe/Warsaw → Europe/Berlin" in text
    assert "Another time zone: days counted so far stay where they were.\n" in text + "\n", "it needs no path"
    assert (await house.see(journeys.list_versions_in_force))["shop"].version == 1
    apply = action(house, "Apply")
    await house.tap(ANNA, "Apply")
    assert house.texts(ANNA)[-1] == "Done: Buying in our shop, version 2, is in force."
    assert (await house.see(journeys.list_versions_in_force))["shop"].source == changed
    await house.forge(ANNA, apply, house.last(ANNA)[0])  # tapped again, or told late
    assert house.texts(ANNA)[-1].startswith("Done:")
    assert (await house.see(journeys.list_versions_in_force))["shop"].version == 2


async def test_new_journey_is_summed_up_by_its_parts(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "other.toml", other("Renting ᏣᎳᎩ").encode())
    text = house.texts(ANNA)[-1]
    assert "A new journey: Renting" in text
    assert "maps will show “…” in their place: title" in text
    assert "ᏣᎳᎩ" in text
    assert "5 stages" in text
    await house.tap(ANNA, "Apply")
    assert "other" in await house.see(journeys.list_current)


async def test_file_without_changes_is_answered_so(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.encode())
    assert "Nothing changes." in house.texts(ANNA)[-1]
    assert house.last(ANNA)[1].buttons == ()


async def test_what_somebody_changed_meanwhile_is_shown_again(house: MapHouse) -> None:
    await first_manager(house)
    mine, theirs = (SHOP.replace("lose heart", words) for words in ("go away", "get lost"))
    await house.file(ANNA, "shop.toml", mine.encode())
    await apply_source(house, theirs)
    await house.tap(ANNA, "Apply")
    assert "Somebody changed this journey in the meantime" in house.texts(ANNA)[-1]
    assert (await house.see(journeys.list_versions_in_force))["shop"].source == theirs
    await house.tap(ANNA, "Apply")
    assert (await house.see(journeys.list_versions_in_force))["shop"].source == mine


async def test_a_discarded_proposal_stays_discarded(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    apply = action(house, "Apply")
    await house.tap(ANNA, "Discard")
    assert await house.forge(ANNA, apply, house.last(ANNA)[0]) is not None
    assert (await house.see(journeys.list_versions_in_force))["shop"].version == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"key = \xff", "It has 1 mistake:\n• is not saved as UTF-8"),
        (b"key = 'shop", "It has 1 mistake:"),
        (b"", "mistakes:"),
        (b'key = "shop"\nstages = []\nlanguages = ["xx1"]\ntimezone = "Mars"\n', "timezone"),
        (b"\x00\x01", "It has 1 mistake:"),
    ],
)
async def test_every_mistake_of_a_file_is_told_at_once(house: MapHouse, content: bytes, said: str) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", content)
    text = house.texts(ANNA)[-1]
    assert "This file cannot be applied" in text
    assert said in text
    assert "Nothing was changed." in text
    assert (await house.see(journeys.list_versions_in_force))["shop"].version == 1


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
    assert "This file cannot be applied" in house.texts(ANNA)[-1]


async def test_a_large_file_is_refused_before_it_is_fetched(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.toml", SHOP.encode(), size=200_001)
    assert house.texts(ANNA)[-1] == "This file is too large: a journey file has at most 200 kB."


async def test_a_strangers_file_changes_and_reveals_nothing(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(EVE, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    assert not any("change" in text for text in house.texts(EVE))


async def test_a_manager_changes_only_their_journeys(house: MapHouse) -> None:
    await second_journey(house)
    await first_manager(house)
    await house.say(BEN, f"/start {await invited(house, 'Renting')}")
    await house.file(BEN, "shop.toml", SHOP.replace("lose heart", "go away").encode())
    assert "is not one of those you look after" in house.texts(BEN)[-1]
    await house.say(BEN, "/journeys")
    assert [b for b in house.labels(BEN) if "shop" in b] == []
    assert house.labels(BEN) == ["Renting"]


async def test_the_file_in_force_is_given_back_as_it_is(house: MapHouse) -> None:
    await first_manager(house)
    await house.say(ANNA, "/journeys")
    await house.tap(ANNA, "Buying in our shop")
    await house.tap(ANNA, "Download")
    upload = house.picture(ANNA)
    assert upload.name == "shop.toml"
    assert upload.data == SHOP.encode()
    assert upload.kind == "document"


async def test_a_managers_file_of_another_kind_is_refused_by_its_kind(house: MapHouse) -> None:
    await first_manager(house)
    await house.file(ANNA, "shop.xlsx", b"PK")
    assert house.texts(ANNA)[-1] == "A journey file is a TOML file (.toml)."


async def test_titles_in_a_difference_are_quoted_as_the_language_quotes(house: MapHouse) -> None:
    await first_manager(house, "ru")
    await house.file(ANNA, "shop.toml", SHOP.replace('title = { en = "Delivery"', 'title = { en = "Shipping"').encode())
    assert "“" not in house.texts(ANNA)[-1]
    assert "«Доставка»" in house.texts(ANNA)[-1]


@pytest.mark.parametrize("language", ["ru", "pl"])
async def test_a_difference_reads_well_in_other_languages(house: MapHouse, language: str) -> None:
    await first_manager(house, language)
    changed = SHOP.replace('key = "club"', 'key = "clubs"').replace("judge_from = 10", "judge_from = 12")
    await house.file(ANNA, "shop.toml", changed.encode())
    text = house.texts(ANNA)[-1]
    assert "judge_from: 10 → 12" in text
    assert "Buying" not in text


@pytest.mark.parametrize("is_reply", [False, True])
async def test_a_file_in_reply_is_left_to_those_who_answer_cases(is_reply: bool) -> None:
    """A reply may be meant for a customer: the router of cases says that it was not sent."""
    chat, date = {"id": 99, "type": "private"}, 1_700_000_000
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "answer.pdf"}
    reply = {"reply_to_message": {"message_id": 1, "chat": chat, "date": date}} if is_reply else {}
    message = types.Message.model_validate({"message_id": 2, "chat": chat, "date": date, "document": document} | reply)
    assert await DocumentFilter()(message) is not is_reply
