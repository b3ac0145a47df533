"""A group becomes a team's chat: added by a manager, one tap; topics; removal; nobody else can."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.config.settings import TeamSettings
from bot.db.engine.database import Database
from bot.db.people import teams
from bot.outbox.messenger import Unreachable
from bot.telegram.team.group_refusals import BURST_SECONDS, MOST_AT_ONCE
from cjm.address import Address
from tests.telegram.case_house import GROUP
from tests.telegram.map_house import MapHouse, map_house

ANNA, EVE = 7, 666
CARE, OTHER = int(GROUP.id), -1009
TWO = (TeamSettings.model_validate({"key": "care"}), TeamSettings.model_validate({"key": "sales", "language": "pl"}))


@pytest.fixture
async def house(db: Database) -> AsyncIterator[MapHouse]:
    async with map_house(db, managers=(ANNA,)) as found:
        yield found


async def bound(house: MapHouse) -> list[tuple[str, Address | None, int | None]]:
    found = await house.see(lambda tx: teams.list_all(tx, house.teams))
    return [(t.key, t.address, t.thread) for t in found]


async def test_a_manager_adds_the_bot_and_taps_once(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member", language="pl")
    assert "Czy to ma być czat zespołu?" in house.team_texts()[-1]
    await house.tap(ANNA, "Tak, to czat naszego zespołu", chat=CARE, language="pl")
    assert "w poniedziałki o 09:00 (Europe/Warsaw)" in house.team_texts()[-1]
    team = (await house.see(lambda tx: teams.list_all(tx, ())))[0]
    assert (team.address, team.settings.language, team.settings.timezone) == (GROUP, "pl", "Europe/Warsaw")
    await house.say(EVE, "/map", chat=CARE)
    assert "Zakupy w naszym sklepie" in house.team_texts()[-1]


async def test_configured_teams_are_offered_each(db: Database) -> None:
    async with map_house(db, managers=(ANNA,), teams=TWO) as house:
        await house.membership(ANNA, "kicked", "administrator")
        assert house.labels(CARE) == ["Team “care”", "Team “sales”"]
        await house.tap(ANNA, "Team “sales”", chat=CARE)
        assert await bound(house) == [("care", None, None), ("sales", GROUP, None)]


async def test_others_cannot_choose_nor_be_offered_anything(house: MapHouse) -> None:
    await house.membership(EVE, "left", "member")
    assert "one of my managers has to add me" in house.team_texts()[-1]
    await house.membership(ANNA, "left", "member")
    notice = await house.tap(EVE, "Yes, this is our team's chat", chat=CARE)
    assert notice == "This choice is for managers who see all journeys."
    assert await bound(house) == []


async def test_group_is_told_once_an_hour_that_a_manager_is_needed(house: MapHouse) -> None:
    await house.membership(EVE, "left", "member")
    for _ in range(5):
        await house.say(EVE, "/team", chat=CARE)
    assert len(house.team_texts()) == 1
    await house.say(ANNA, "/team", chat=CARE)
    assert "Shall this be" in house.team_texts()[-1]  # a manager is always answered
    house.clock.advance(timedelta(hours=1))
    await house.say(EVE, "/team", chat=CARE)
    assert "one of my managers" in house.team_texts()[-1]


async def test_many_groups_of_strangers_together_get_few_answers(house: MapHouse) -> None:
    for number in range(3 * MOST_AT_ONCE):
        await house.membership(EVE, "left", "member", chat=OTHER - number)
        await house.say(EVE, "/team", chat=OTHER - number)
    assert len(house.messenger.arrived) == MOST_AT_ONCE
    house.clock.advance(timedelta(seconds=BURST_SECONDS))
    last = OTHER - 3 * MOST_AT_ONCE + 1
    await house.say(EVE, "/team", chat=last)
    assert "one of my managers" in house.texts(last)[-1]  # who was not told before is told when they ask again


async def test_a_topic_is_kept(house: MapHouse) -> None:
    await house.send(ANNA, chat=CARE, text="/team", message_thread_id=5, is_topic_message=True)
    assert house.messenger.arrived[-1][1].thread == 5
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    assert await bound(house) == [("team", GROUP, 5)]


async def test_where_the_bot_may_not_write_the_manager_is_asked_in_private(house: MapHouse) -> None:
    house.messenger.will_raise(Unreachable("not enough rights"), to=GROUP)
    await house.membership(ANNA, "left", "member")
    assert "I may not write there" in house.texts(ANNA)[-1]
    assert "Care <team>" in house.texts(ANNA)[-1]
    await house.tap(ANNA, "Yes, this is our team's chat")
    assert await bound(house) == [("team", GROUP, None)]


async def test_removed_from_the_group_the_managers_are_told(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    await house.membership(EVE, "member", "kicked")
    assert await bound(house) == []
    assert "I was removed from the chat of team “team”" in house.texts(ANNA)[-1]
    await house.membership(EVE, "member", "left", chat=OTHER)  # no team's chat
    assert len(house.texts(ANNA)) == 1


async def test_a_team_moves_and_its_chat_can_be_given_up(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    await house.membership(ANNA, "left", "member", chat=OTHER)
    await house.tap(ANNA, "Yes, this is our team's chat", chat=OTHER)
    assert "The team's former chat gets nothing any more." in house.texts(OTHER)[-1]
    assert await bound(house) == [("team", Address("telegram", str(OTHER)), None)]
    await house.say(ANNA, "/team", chat=OTHER)
    await house.tap(ANNA, "Not a team's chat any more", chat=OTHER)
    assert await bound(house) == []


async def test_a_promotion_is_no_news(house: MapHouse) -> None:
    await house.membership(ANNA, "member", "administrator")
    assert house.team_texts() == []


async def test_one_groups_button_binds_no_other(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    assert await house.forge(ANNA, "tb:1:0", chat=OTHER) == "This choice is for managers who see all journeys."
    assert await house.forge(ANNA, "tb:1:9", house.last(CARE)[0], chat=CARE) is not None
    assert await bound(house) == []
