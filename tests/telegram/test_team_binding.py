"""A group becomes a team's chat: added by a manager, one tap; topics; removal; nobody else can."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.config.settings import TeamSettings
from bot.db.engine.database import Database
from bot.db.people import teams
from bot.outbox.messenger import NeverLeft, Unreachable
from bot.telegram.senders import ANONYMOUS_ADMINISTRATOR
from bot.telegram.team.group_refusals import BURST_SECONDS, MOST_AT_ONCE
from cjm.address import Address
from tests.telegram.case_house import GROUP
from tests.telegram.map_house import MapHouse, map_house

ANNA, BEN, EVE = 7, 8, 666
PUBLIC = "This group is public: anybody can find it and read here"
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


async def test_a_public_group_is_warned_before_and_after_it_is_bound(house: MapHouse) -> None:
    house.public.add(CARE)
    await house.say(ANNA, "/team", chat=CARE)
    assert PUBLIC in house.team_texts()[-1]
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    assert house.team_texts()[-1].startswith("Done: this is your team's chat now.")
    assert PUBLIC in house.team_texts()[-1]


async def test_the_warning_is_about_the_group_also_when_the_manager_taps_in_their_own_chat(house: MapHouse) -> None:
    for group, public in ((CARE, {CARE}), (OTHER, {ANNA})):  # a manager's own user name makes no group public
        house.public = public
        house.messenger.will_raise(Unreachable("not enough rights"), to=Address("telegram", str(group)))
        await house.membership(ANNA, "left", "member", chat=group)
        await house.tap(ANNA, "Yes, this is our team's chat")
        assert house.texts(ANNA)[-1].startswith("Done: this is your team's chat now.")
        assert (PUBLIC in house.texts(ANNA)[-1]) is (group in public)


async def test_when_a_teams_chat_becomes_public_each_manager_is_told_once(db: Database) -> None:
    async with map_house(db, managers=(ANNA, BEN)) as house:
        await house.membership(ANNA, "left", "member")
        await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
        house.public = {CARE, OTHER}
        await house.say(EVE, "/help", chat=OTHER)  # no team's chat
        assert house.texts(BEN) == []
        for _ in range(2):
            await house.say(EVE, "/help", chat=CARE)
        for manager in (ANNA, BEN):
            assert [text[:47] for text in house.texts(manager)] == ["The chat of team “team” is a public group: anyb"]
        assert "What this bot can do" in house.team_texts()[-1], "what was asked is answered all the same"


async def test_in_a_teams_chat_others_read_that_it_is_one_already(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    await house.say(EVE, "/team", chat=CARE)
    assert house.team_texts()[-1].startswith("This is a team's chat already. Managers who see all journeys")


@pytest.mark.parametrize("command", ["/why 77", "/journeys", "/managers"])
async def test_a_managers_own_command_names_their_chat_in_the_teams_and_is_unknown_elsewhere(
    house: MapHouse, command: str
) -> None:
    await house.membership(ANNA, "left", "member")
    await house.say(EVE, command, chat=CARE)
    assert len(house.team_texts()) == 1, "no team's chat yet: nothing tells that there is such a command"
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    for person in (ANNA, EVE):
        await house.say(person, command, chat=CARE)
        name = command.split(maxsplit=1)[0]
        assert house.team_texts()[-1] == f"{name} works for managers, in their own chat with me."
    assert house.drawer.drawn == []


async def test_an_anonymous_administrator_is_told_why_they_are_refused(house: MapHouse) -> None:
    await house.say(ANONYMOUS_ADMINISTRATOR, "/team", chat=CARE)
    assert "Switch off “Remain anonymous”" in house.team_texts()[-1]


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
    assert house.texts(OTHER)[-1].startswith("This is your team's chat already.")
    await house.tap(ANNA, "Not a team's chat any more", chat=OTHER)
    assert await bound(house) == []


async def test_a_team_is_asked_for_the_right_to_delete_as_long_as_it_lacks(house: MapHouse) -> None:
    asked, house.messenger.lacks_right = "the right “Delete messages”", {GROUP}
    await house.membership(ANNA, "left", "member")
    assert asked not in house.team_texts()[-1]  # one question at a time
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    assert asked in house.team_texts()[-1]
    assert "when a customer wishes to be forgotten" in house.team_texts()[-1]
    await house.say(ANNA, "/team", chat=CARE)
    assert asked in house.team_texts()[-1]
    house.messenger.lacks_right = set()
    await house.say(ANNA, "/team", chat=CARE)
    assert asked not in house.team_texts()[-1]


async def test_where_our_rights_are_not_known_nobody_is_asked_for_them(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    house.messenger.will_raise(NeverLeft("no connection"), to=GROUP)
    await house.tap(ANNA, "Yes, this is our team's chat", chat=CARE)
    assert house.team_texts()[-1].startswith("Done: this is your team's chat now.")
    assert "Delete messages" not in house.team_texts()[-1]
    assert house.messenger.calls["may_delete"] == 1


async def test_a_promotion_is_no_news(house: MapHouse) -> None:
    await house.membership(ANNA, "member", "administrator")
    assert house.team_texts() == []


async def test_one_groups_button_binds_no_other(house: MapHouse) -> None:
    await house.membership(ANNA, "left", "member")
    assert await house.forge(ANNA, "tb:1:0", chat=OTHER) == "This choice is for managers who see all journeys."
    assert await house.forge(ANNA, "tb:1:9", house.last(CARE)[0], chat=CARE) is not None
    assert await bound(house) == []
