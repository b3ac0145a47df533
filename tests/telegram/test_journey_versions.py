"""Versions of journeys in the chat: back by one tap, drafts, the history, and the archive."""

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.db.engine.database import Database
from bot.db.journeys import journey_drafts, journeys
from bot.db.journeys.journeys import JourneyVersion
from tests.telegram.map_house import (
    ANNA,
    BEN,
    GONE,
    SHOP,
    MapHouse,
    action,
    apply_source,
    first_manager,
    invited,
    map_house,
    second_journey,
)

MINE, THEIRS = (SHOP.replace("lose heart", words) for words in ("go away", "get lost"))
IN_BERLIN = SHOP.replace('timezone = "Europe/Warsaw"', 'timezone = "Europe/Berlin"')


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db) as found:
        await first_manager(found)
        yield found


async def in_force(house: MapHouse) -> Mapping[str, JourneyVersion]:
    return await house.see(journeys.list_versions_in_force)


async def apply_file(house: MapHouse, source: str) -> None:
    await house.file(ANNA, "shop.toml", source.encode())
    await house.tap(ANNA, "Apply")


async def open_page(house: MapHouse, title: str = "Buying in our shop") -> None:
    await house.say(ANNA, "/journeys")
    await house.tap(ANNA, title)


async def test_one_tap_after_applying_goes_back_and_one_more_goes_forth(house: MapHouse) -> None:
    await apply_file(house, MINE)
    assert house.labels(ANNA) == ["↩ Back to version 1"]
    await house.tap(ANNA, "↩ Back to version 1")
    assert house.texts(ANNA)[-1] == "Done: Buying in our shop is again as in version 1. This is version 3 now."
    assert (await in_force(house))["shop"].source == SHOP
    await house.tap(ANNA, "↩ Back to version 2")
    assert (await in_force(house))["shop"].source == MINE


async def test_what_deserves_a_second_look_is_shown_before_it_goes_back(house: MapHouse) -> None:
    await apply_file(house, IN_BERLIN)
    await house.tap(ANNA, "↩ Back to version 1")
    text = house.texts(ANNA)[-1]
    assert text.startswith("Back to version 1? What would change: Buying in our shop")
    assert "Europe/Berlin → Europe/Warsaw" in text
    assert (await in_force(house))["shop"].version == 2
    await house.tap(ANNA, "↩ Back to version 1")
    assert (await in_force(house))["shop"].source == SHOP


async def test_a_file_is_kept_as_a_draft_and_discarded_and_kept_again(house: MapHouse) -> None:
    await house.file(ANNA, "shop.toml", MINE.encode())
    await house.tap(ANNA, "Keep as a draft")
    assert house.texts(ANNA)[-1].startswith("Kept as a draft: Buying in our shop. Nothing changes")
    assert (await in_force(house))["shop"].source == SHOP
    await house.say(ANNA, "/journeys")
    assert "Buying in our shop (shop), version 1, has a draft" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Buying in our shop")
    await house.tap(ANNA, "Draft")
    assert "This is the draft of 22 Nov 2026 · Person7." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Discard the draft")
    assert await house.see(journey_drafts.list_all) == {}
    await house.tap(ANNA, "Restore the draft")
    await house.tap(ANNA, "Apply the draft")
    assert (await in_force(house))["shop"].source == MINE
    assert await house.see(journey_drafts.list_all) == {}


async def test_another_draft_is_named_before_it_is_replaced(house: MapHouse) -> None:
    await house.file(ANNA, "shop.toml", MINE.encode())
    await house.tap(ANNA, "Keep as a draft")
    await house.file(ANNA, "shop.toml", THEIRS.encode())
    assert "There is a draft of 22 Nov 2026 · Person7. Keeping this file replaces it." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Keep as a draft")
    await house.tap(ANNA, "Back to the earlier draft")
    assert (await house.see(journey_drafts.list_all))["shop"].source == MINE


async def test_the_history_leads_back_to_any_version_after_a_question(house: MapHouse) -> None:
    for source in (MINE, THEIRS):
        await apply_file(house, source)
    await open_page(house)
    assert "Version 3 has been in force since 22 Nov 2026 · Person7." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "History")
    text = house.texts(ANNA)[-1]
    assert text.startswith("History: Buying in our shop\n\nVersion 3 · 22 Nov 2026 · Person7\nthe journey, new words")
    assert "Version 1 · 22 Nov 2026 · author unknown\n5 stages" in text
    await house.tap(ANNA, "↩ Back to version 1")
    assert (await in_force(house))["shop"].version == 3
    await house.tap(ANNA, "↩ Back to version 1")
    assert (await in_force(house))["shop"].source == SHOP


async def test_a_long_history_has_pages(house: MapHouse) -> None:
    for n in range(2, 12):
        await apply_source(house, SHOP.replace("lose heart", f"lose heart {n}"))
    await open_page(house)
    await house.tap(ANNA, "History")
    assert "Version 11 ·" in house.texts(ANNA)[-1]
    assert "Version 3 ·" not in house.texts(ANNA)[-1]
    await house.tap(ANNA, "older ▶")
    assert house.texts(ANNA)[-1].startswith("History: Buying in our shop\n\nVersion 3 ·")
    assert "Version 1 ·" in house.texts(ANNA)[-1]


async def test_a_journey_is_archived_after_a_question_and_brought_back(house: MapHouse) -> None:
    await open_page(house)
    await house.tap(ANNA, "Archive…")
    assert house.texts(ANNA)[-1].startswith("Archive “Buying in our shop”? Nobody is asked anything new")
    assert (await in_force(house))["shop"].archived_at is None
    await house.tap(ANNA, "Archive")
    assert "Archived since 22 Nov 2026 · Person7." in house.texts(ANNA)[-1]
    assert (await in_force(house))["shop"].archived_at is not None
    await house.say(ANNA, "/map")
    assert house.last(ANNA)[1].upload is not None, "its map stays readable"
    await house.say(ANNA, "/journeys")
    assert "version 1, archived" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Buying in our shop")
    await house.tap(ANNA, "Bring back from the archive")
    assert (await in_force(house))["shop"].archived_at is None


async def test_journeys_that_somebody_does_not_look_after_stay_closed(house: MapHouse) -> None:
    await second_journey(house)
    await house.say(BEN, f"/start {await invited(house, 'Renting')}")
    await house.say(BEN, "/journeys")
    await house.tap(BEN, "Renting")
    assert "Renting (other)" in house.texts(BEN)[-1]
    await open_page(house)
    archive = action(house, "Archive…")
    await house.forge(BEN, archive, house.last(BEN)[0])
    assert "Archive “Buying" not in house.texts(BEN)[-1]
    assert await house.forge(BEN, archive, house.last(BEN)[0]) == GONE


@pytest.mark.parametrize("language", ["ru", "pl"])
async def test_versions_read_well_in_other_languages(db: Database, language: str) -> None:
    async with map_house(db) as house:
        await first_manager(house, language)
        await house.file(ANNA, "shop.toml", MINE.encode())
        await house.say(ANNA, "/journeys")
        await house.tap(ANNA, {"ru": "Покупка в нашем магазине", "pl": "Zakupy w naszym sklepie"}[language])
        for label in {"ru": ("История", "‹ Назад", "В архив…"), "pl": ("Historia", "‹ Wróć", "Do archiwum…")}[language]:
            await house.tap(ANNA, label)
        assert "Buying" not in "".join(house.texts(ANNA))
