"""/change and /changes: planned step by step, followed in place, and seen by the team."""

from collections.abc import AsyncIterator

import pytest

from bot.config.settings import TeamSettings
from bot.db.changes import changes
from bot.db.engine.database import Database
from bot.messages.callbacks import Action, ChangeVerb, pack_action
from tests.telegram.case_house import GROUP
from tests.telegram.map_house import ANNA, EVE, MapHouse, action, at, map_house, second_journey

TEAM = TeamSettings.model_validate({"key": "care", "chat": GROUP, "language": "en"})


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, managers=(ANNA,), teams=(TEAM,)) as found:
        yield found


async def plan_call(house: MapHouse) -> None:
    """Plan a change of the delivery, in answer to a barrier, due in 14 days."""
    await house.say(ANNA, "/change")
    await house.tap(ANNA, "4. After purchase")
    await house.tap(ANNA, "Delivery")
    await house.tap(ANNA, "It came late")
    await house.say(ANNA, "Call an hour\nbefore arrival")
    await house.tap(ANNA, "I do")
    await house.tap(ANNA, "In 14 days")


def list_live(house: MapHouse) -> list[str]:
    """Return the first words of Anna's messages that have buttons."""
    shown = house.messages_in(at(ANNA)).values()
    return [str(message.text).split("\n")[0] for message in shown if message.buttons]


async def test_a_change_is_planned_step_by_step_and_nothing_before_the_yes(house: MapHouse) -> None:
    await house.say(ANNA, "/changes")
    assert "No changes are planned yet." in house.texts(ANNA)[-1]
    await plan_call(house)
    asked = house.texts(ANNA)[-1]
    # The list of changes is the first message; answered questions have no buttons.
    assert list_live(house)[1:] == ["Call an hour before arrival"]
    assert (
        "Call an hour before arrival\nAfter purchase › Delivery\nIn answer to “It came late”\nPerson7, until 6 Dec"
        in asked
    )
    assert await house.see(lambda tx: changes.list_by_journeys(tx, ["shop"])) == []
    await house.tap(ANNA, "‹ Back")
    await house.say(ANNA, "yesterday")
    assert "no day that I understand" in house.texts(ANNA)[-1]
    assert len(list_live(house)) == 2, "a day that is not taken leaves its question as it is"
    await house.say(ANNA, "24.12")
    assert list_live(house)[1:] == ["Call an hour before arrival"]
    plan = action(house, "Yes, plan it")
    await house.tap(ANNA, "Yes, plan it")
    await house.forge(ANNA, plan, house.last(ANNA)[0])
    assert house.texts(ANNA)[-1].startswith("It is planned.")
    [planned] = await house.see(lambda tx: changes.list_by_journeys(tx, ["shop"]))
    assert (planned.title, planned.subject, planned.option) == ("Call an hour before arrival", "delivery", "late")
    assert (planned.owner, planned.due.isoformat()) == ("Person7", "2026-12-24")
    await house.say(ANNA, "What a day")
    assert "goes to nobody" in house.texts(ANNA)[-1], "no text is awaited any more"


async def test_a_change_is_made_moved_and_dropped_in_place_with_a_way_back(house: MapHouse) -> None:
    await plan_call(house)
    await house.tap(ANNA, "Yes, plan it")
    await house.say(ANNA, "/changes")
    assert "Changes · 1 planned" in house.texts(ANNA)[-1]
    messages = len(house.texts(ANNA))
    await house.tap(ANNA, "Call an hour before arrival")
    await house.tap(ANNA, "Another date…")
    await house.tap(ANNA, "In 30 days")
    assert "until 22 Dec" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Undo: until 6 Dec")
    assert "until 6 Dec" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Made today")
    assert "made on 22 Nov" in house.texts(ANNA)[-1]
    assert "Too early to tell; four full weeks of answers will be there on 21 Dec." in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Undo: not made yet")
    await house.tap(ANNA, "Drop it")
    assert "Person7, change dropped" in house.texts(ANNA)[-1]
    await house.say(ANNA, "/changes")
    assert "Changes · 1 dropped" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Call an hour before arrival")
    await house.tap(ANNA, "Undo: keep it")
    assert len(house.texts(ANNA)) == messages + 1, "all in place"
    await house.tap(ANNA, "Made on…")
    await house.tap(ANNA, "‹ Back")
    await house.say(ANNA, "1.11")
    assert "goes to nobody" in house.texts(ANNA)[-1], "a question that was left takes no day"
    await house.tap(ANNA, "Made on…")
    await house.say(ANNA, "30.12")
    assert "That day is still to come." in house.texts(ANNA)[-1]
    await house.say(ANNA, "1.11")
    assert "made on 1 Nov" in house.texts(ANNA)[-1]
    assert "Today" not in [b.label for m in house.messages_in(at(ANNA)).values() for row in m.buttons for b in row]
    await house.say(ANNA, "What a day")
    assert "goes to nobody" in house.texts(ANNA)[-1]


async def test_a_change_begins_at_a_stage_of_the_map_or_with_a_journey(house: MapHouse) -> None:
    await house.say(ANNA, "/map")
    await house.tap(ANNA, "3 Purchase")
    await house.tap(ANNA, "Plan a change")
    assert {"The whole stage", "Checkout", "Payment"} <= set(house.labels(ANNA))
    await house.tap(ANNA, "The whole stage")
    assert house.labels(ANNA).count("Something else") == 1, "an option of the journey"
    assert "None of these" in house.labels(ANNA)
    await house.tap(ANNA, "Cancel")
    assert house.texts(ANNA)[-1] == "Nothing was planned."
    await second_journey(house)
    await house.tap(ANNA, "Plan a change")
    await house.tap(ANNA, "Renting")
    assert "1. Awareness" in house.labels(ANNA)


async def test_the_team_sees_changes_and_others_reach_none(house: MapHouse) -> None:
    await plan_call(house)
    await house.tap(ANNA, "Yes, plan it")
    await house.say(ANNA, "/changes", chat=int(GROUP.id))
    assert "Call an hour before arrival" in house.team_texts()[-1]
    assert house.labels(int(GROUP.id)) == []
    [planned] = await house.see(lambda tx: changes.list_by_journeys(tx, ["shop"]))
    for verb in (ChangeVerb.DROP, ChangeVerb.MADE, ChangeVerb.MOVE, ChangeVerb.SHOW):
        for chat in (None, int(GROUP.id)):
            await house.forge(EVE, pack_action(Action.of(verb, planned.id, 0)), chat=chat)
    assert await house.see(lambda tx: changes.list_by_journeys(tx, ["shop"])) == [planned]
    assert "Call an hour" not in "".join(house.texts(EVE))
