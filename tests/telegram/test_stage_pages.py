"""From the map to a stage's page, and from its figures to the words and cases behind them: a tap each."""

from collections.abc import AsyncIterator

import pytest

from bot.db.engine.database import Connection, Database
from bot.messages.message import utf16_length
from bot.telegram.limits import TELEGRAM_LIMITS
from tests.telegram.case_house import NOON
from tests.telegram.map_house import ANNA, MapHouse, map_house
from tests.usecases.past import PastTalk, apply_shop, store_answers, store_case, store_talks


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, past=False, managers=(ANNA,)) as found:

        def write(tx: Connection) -> None:
            journey = apply_shop(tx, NOON)
            late = [PastTalk(1, "late", f"late again {n}") for n in range(6)]
            fine = [PastTalk(5, None, f"all was fine {n}") for n in range(6)]
            store_talks(tx, journey, "delivery", found.today, [*late, *fine])
            store_answers(tx, journey, "help", found.today, [2])
            for _ in range(8):
                store_case(tx, journey, "delivery", NOON)
            store_case(tx, journey, "checkout", NOON)

        await db.write(write)
        yield found


async def test_a_stage_opens_its_page_in_place_and_the_map_is_one_tap_away(house: MapHouse) -> None:
    await house.say(ANNA, "/map 7")
    map_text, drawn = house.texts(ANNA)[-1], len(house.drawer.drawn)
    await house.tap(ANNA, "4 After purchase")
    page = house.last(ANNA)[1]
    text = str(page.text)
    assert text.startswith("4. After purchase")
    assert "★ Delivery: 50% satisfied, 12 people" in text
    assert "Help with an order: 1 person so far" in text, "of one person there is no figure"
    assert "not shown here" in text, "and no values: beside those of the deliveries they would tell that one's answer"
    assert "all was fine 5" in text
    assert "8 open cases" in text
    assert page.upload is not None
    assert utf16_length(text) <= TELEGRAM_LIMITS.caption_units
    assert len(house.messenger.arrived) == 1
    assert len(house.drawer.drawn) == drawn, "the picture is the same"
    await house.tap(ANNA, "5 ▶")
    assert house.texts(ANNA)[-1].startswith("5. Loyalty")
    await house.tap(ANNA, "‹ Map")
    assert house.texts(ANNA)[-1] == map_text


async def test_words_and_cases_behind_a_figure_are_one_tap_away(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "4 After purchase")
    await house.tap(ANNA, "Words: Delivery")
    text = house.texts(ANNA)[-1]
    assert "Delivery\nSatisfied" in text or "Delivery\n50% satisfied" in text
    assert "▇▇▇▇▇▇▇▇▇▇▇▇ 5: 6" in text, "the touchpoint tells how often each answer was given"
    await house.tap(ANNA, "Mood: any")
    await house.tap(ANNA, "unhappy")
    assert "late again 5" in house.texts(ANNA)[-1]
    assert "all was fine" not in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Mood: unhappy")
    await house.tap(ANNA, "in between")
    assert "Too few people" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Mood: in between")
    await house.tap(ANNA, "any")
    await house.tap(ANNA, "Reason: any")
    await house.tap(ANNA, "It came late (6)")
    assert "Words of people who chose: It came late" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Open cases: 8")
    cases = house.texts(ANNA)[-1]
    assert cases.startswith("Delivery")
    assert len(house.last(ANNA)[1].buttons[0]) == 3
    count = len(house.texts(ANNA))
    await house.tap(ANNA, "More ›")
    assert "‹ Back" in house.labels(ANNA)
    assert len(house.texts(ANNA)) == count, "the pages of the list turn in place"


async def test_a_reason_on_a_stages_page_leads_to_the_words_of_those_who_chose_it(house: MapHouse) -> None:
    await house.say(ANNA, "/stages")
    await house.tap(ANNA, "4 After purchase")
    assert "‹ All stages" in house.labels(ANNA)
    await house.tap(ANNA, "Reason: It came late")
    assert "late again 5" in house.texts(ANNA)[-1]
    assert "Place: After purchase" in house.labels(ANNA)
