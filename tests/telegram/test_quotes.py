"""Every message that shows a person's words or files says whose they are; without that none is ever taken away."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.config.settings import TeamSettings
from bot.db.asking.tables import answer_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.messages.message import Message
from cjm.address import Address
from cjm.journeys.journey_file import read_journey
from tests.telegram.case_house import GROUP, NOON, House, opened_house
from tests.telegram.map_house import MapHouse, map_house
from tests.telegram.talk_house import opened_talk
from tests.usecases.asking.world import JOURNEY

TEAM, ANNA, ME, OTHER = int(GROUP.id), 5, 7, 8
CANARY = "The canary sang at the counter"


async def customer_id(house: House, external: str) -> int:
    def find(tx: Connection) -> int:
        person = customers.find_by_external_id(tx, external)
        assert person is not None
        return person.id

    return await house.see(find)


def list_shown(house: House) -> list[Message]:
    """Return each message as it was sent, and as it was after each change."""
    return [m for _, m in house.messenger.arrived] + [m for _, _, m in house.messenger.edits]


def find_unmarked(house: House, person: int) -> list[str]:
    """Return the texts of messages that show the canary and do not say whose words they are."""
    shown = [message for message in list_shown(house) if CANARY in str(message.text)]
    assert shown, "the canary is shown nowhere"
    return [str(message.text) for message in shown if person not in (message.quotes or ())]


async def test_everything_about_a_case_says_whose_words_it_shows(db: Database) -> None:
    async with opened_house(db, managers=(ANNA,)) as house:
        await house.visit(ME, "delivery", NOON - timedelta(days=1))
        await house.say(ME, "/complain")
        await house.tap(ME, "Delivery")
        await house.say(ME, CANARY)
        me, card = await customer_id(house, "c7"), house.last(TEAM)[0]
        await house.photo(ME, "p1", CANARY, reply_to=house.last(ME)[0])
        await house.voice(ME, "v1", reply_to=house.last(ME)[0])
        await house.tap(ANNA, "About something else?", chat=TEAM, on=card)
        await house.tap(ANNA, "‹ Back", chat=TEAM, on=card)
        await house.tap(ANNA, "Mute the customer…", chat=TEAM, on=card)
        await house.tap(ANNA, "‹ Back", chat=TEAM, on=card)
        await house.say(ANNA, "/complaints", chat=TEAM)
        await house.say(ANNA, "/complaints")
        await house.say(ANNA, CANARY, chat=TEAM, reply_to=card)  # an answer that repeats what it answers
        await house.say(ME, "/mycases")
        await house.tap(ME, "Complaint #1 · Delivery")
        assert find_unmarked(house, me) == []
        files = [message for message in list_shown(house) if message.upload is not None]
        assert [message.quotes for message in files] == [frozenset({me})] * 2


async def test_a_list_of_several_peoples_cases_names_each_of_them(db: Database) -> None:
    async with opened_house(db) as house:
        for person in (ME, OTHER):
            await house.visit(person, "delivery", NOON - timedelta(days=1))
            await house.say(person, "/complain")
            await house.tap(person, "Delivery")
            await house.say(person, f"{CANARY} {person}")
        await house.say(ANNA, "/complaints", chat=TEAM)
        people = {await customer_id(house, name) for name in ("c7", "c8")}
        assert house.last(TEAM)[1].quotes == frozenset(people)
        await house.tap(ANNA, "Close", chat=TEAM)
        assert len({message.quotes for message in house.messages_in(GROUP).values()}) == 3  # one each, and both


async def test_own_pages_and_questions_with_words_say_so_and_others_cost_nothing(db: Database) -> None:
    async with opened_talk(db) as house:
        await house.welcome(ME)
        await house.delivery()
        me = await customer_id(house, "77")
        for label in ("🙁", "2", "It came late"):
            await house.tap(ME, label)
        assert {message.quotes for message in list_shown(house)} == {None}
        await house.say(ME, CANARY)
        await house.tap(ME, "3")
        await house.tap(ME, "Yes, please")
        for command in ("/mydata", "/mycases"):
            await house.say(ME, command)
        assert find_unmarked(house, me) == []


async def test_an_anonymous_question_leads_back_to_nobody(db: Database) -> None:
    async with opened_talk(db) as house:
        text = f"anonymous = true\n{JOURNEY}"
        await db.write(lambda tx: journeys.apply(tx, read_journey(text, "shop.toml"), text, now=NOON))
        await house.welcome(ME)
        await house.delivery()
        for label in ("🙁", "2", "It came late"):
            await house.tap(ME, label)
        await house.say(ME, CANARY)
        shown = [message.quotes for message in list_shown(house) if CANARY in str(message.text)]
        assert set(shown) == {frozenset()}


async def test_who_is_forgotten_is_told_the_numbers(db: Database) -> None:
    async with opened_talk(db) as house:
        await house.welcome(ME)
        await house.say(ME, "/forget")
        assert "your own messages in this chat, which only you can delete" in house.screen(ME)
        assert "anonymous answers" in house.screen(ME)
        await house.tap(ME, "Keep it")
        for words in (CANARY, "again"):
            await house.say(ME, "/complain")
            await house.tap(ME, "Delivery")
            await house.say(ME, words)
        await house.say(ME, "/forget")
        await house.tap(ME, "Erase everything")
        assert "2 messages in our team's chats show words of yours." in house.screen(ME)
        await house.say(ME, "/forget")
        assert house.screen(ME) == "There is nothing to erase: we know nothing about you."


@pytest.mark.parametrize(
    ("question", "has_quotes"), [("/voices", True), ("/map", True), ("/digest", True), ("/stages", False)]
)
async def test_views_of_a_journey_say_whom_they_quote(db: Database, question: str, has_quotes: bool) -> None:
    team = TeamSettings.model_validate({"key": "care", "chat": GROUP, "language": "en"})
    async with map_house(db, managers=(ANNA,), teams=(team,)) as house:
        await house.say(ANNA, question)
        message = _find_view(house)
        writers = await house.see(_list_writers)
        assert bool(message.quotes) is has_quotes
        assert (message.quotes or frozenset()) <= writers
        if question == "/map":
            await house.tap(ANNA, "As a file…")
            await house.tap(ANNA, "Wall map, PNG")
            assert house.last(ANNA)[1].quotes == message.quotes


def _find_view(house: MapHouse) -> Message:
    return next(iter(house.messages_in(Address("telegram", str(ANNA))).values()))


def _list_writers(tx: Connection) -> frozenset[int]:
    """Return everybody who wrote words."""
    return frozenset(tx.scalars(select(answer_table.c.customer_id).where(answer_table.c.text.is_not(None))))
