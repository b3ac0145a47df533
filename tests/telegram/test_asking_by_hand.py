"""/ask in the chat: from the list of questions to the report, for managers and for nobody else."""

from collections.abc import AsyncIterator

import pytest

from bot.db.campaigns import campaigns
from bot.db.engine.database import Database
from bot.db.people import customers
from bot.messages.callbacks import CampaignVerb
from bot.texts import words_in
from bot.usecases.campaigns.plan_campaigns import PlanCampaigns
from cjm.asking.decision import AskingRules
from tests.telegram.case_house import NOON
from tests.telegram.map_house import (
    ANNA,
    EVE,
    SHOP,
    MapHouse,
    action,
    apply_source,
    first_manager,
    map_house,
)

BY_HAND = (
    SHOP
    + """
[[surveys]]
key = "by_hand"
on = { by_hand = "loyalty" }

[[surveys.questions]]
key = "by_hand_csat"
kind = "csat"
text = { en = "How satisfied are you with us?", ru = "Вы довольны нами?", pl = "Jak nas oceniasz?" }
"""
)
QUESTION = "How satisfied are you with us?"


@pytest.fixture
def language() -> str:
    """Language of the manager."""
    return "en"


@pytest.fixture
async def house(db: Database, language: str) -> AsyncIterator[MapHouse]:
    async with map_house(db) as found:
        await first_manager(found, language)
        await apply_source(found, BY_HAND)
        yield found


async def choose(house: MapHouse, whom: str = "Everyone") -> None:
    await house.say(ANNA, "/ask")
    await house.tap(ANNA, QUESTION)
    await house.tap(ANNA, whom)


async def let_ask(house: MapHouse) -> None:
    """Let everybody who came be asked, and one of them come now."""
    await house.visit(EVE, "delivery", NOON)
    person = await house.db.read(lambda tx: customers.find_by_external_id(tx, f"c{EVE}"))
    assert person is not None
    chat = {"messenger": "telegram", "address": str(EVE), "consent_at": NOON}
    await house.db.write(lambda tx: customers.update_customer(tx, person.id, **chat))


async def test_a_manager_sees_the_numbers_and_the_question_confirms_follows_and_stops(house: MapHouse) -> None:
    await let_ask(house)
    await choose(house)
    assert "1 customer can be asked." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Show me the question")
    shown = house.last(ANNA)[1]
    assert QUESTION in str(shown.text)
    assert {b.action.verb for row in shown.buttons for b in row if b.action} == {CampaignVerb.IN_PREVIEW}
    await choose(house)
    await house.tap(ANNA, "Ask 1 customer")
    assert "Ask 1 customer?" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Yes, ask")
    assert "Sent: 0" in house.texts(ANNA)[-1]
    await PlanCampaigns(house.db, house.clock, AskingRules())()
    await house.tap(ANNA, "↻ Refresh")
    assert "Waiting to be sent: 1" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Stop")
    await house.tap(ANNA, "Yes, stop")
    assert "Stopped." in house.texts(ANNA)[-1]
    assert "Not asked: 1 (a manager stopped asking this)" in house.texts(ANNA)[-1]


@pytest.mark.parametrize("language", ["ru", "pl"])
async def test_the_way_from_the_list_to_the_stopped_report_is_in_the_manager_language(
    house: MapHouse, language: str
) -> None:
    words = words_in(language)
    await let_ask(house)
    question = {"ru": "Вы довольны нами?", "pl": "Jak nas oceniasz?"}[language]
    await house.say(ANNA, "/ask")
    for label in (question, words("ask.everyone"), words("ask.button.preview")):
        await house.tap(ANNA, label)
    assert question in house.texts(ANNA)[-1]
    await house.say(ANNA, "/ask", language=language)
    ask_one = words("ask.button.ask", n=1)
    for label in (question, words("ask.everyone"), ask_one, words("ask.confirm.yes")):
        await house.tap(ANNA, label)
    assert words("ask.sent", count=0) in house.texts(ANNA)[-1]
    await PlanCampaigns(house.db, house.clock, AskingRules())()
    for label in (words("ask.button.refresh"), words("ask.button.stop"), words("ask.stop.yes")):
        await house.tap(ANNA, label)
    assert words("ask.state.stopped") in house.texts(ANNA)[-1]


async def test_without_customers_or_surveys_the_answer_says_what_is_missing(house: MapHouse) -> None:
    await choose(house)
    labels = [b.label for row in house.last(ANNA)[1].buttons for b in row]
    assert labels == ["Show me the question", "‹ Back"]
    await apply_source(house, SHOP.split("# Asked without a visit")[0])
    await house.say(ANNA, "/ask")
    assert "No question can be asked by hand yet." in house.texts(ANNA)[-1]


async def test_to_others_ask_is_no_command_and_its_buttons_do_nothing(house: MapHouse) -> None:
    await let_ask(house)
    await choose(house)
    forged = action(house, "Ask 1 customer").replace(CampaignVerb.ASK_START, CampaignVerb.START, 1)
    await house.say(EVE, "/ask")
    assert "There is no such command" in house.texts(EVE)[-1]
    await house.forge(EVE, forged)
    assert await house.db.read(campaigns.list_running) == []
