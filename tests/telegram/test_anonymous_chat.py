"""Anonymous questions as a customer reads them, from the consent to the closed question, in three languages."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict

import pytest

from bot.db.asking import invitations
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.texts import LANGUAGES, words_in
from bot.usecases.people.make_person_file import MakePersonFile
from bot.usecases.sealing.seal_conversations import SealConversations
from cjm.address import Address
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.journey_file import read_journey
from tests.telegram.case_house import NOON
from tests.telegram.talk_house import ANNA, BORIS, TalkHouse, opened_talk
from tests.usecases.asking.world import JOURNEY

OTHER = JOURNEY.replace('"shop"', '"cafe"').replace('"Shop"', '"Café"')


def apply_journey(tx: Connection, source: str) -> None:
    journeys.apply(tx, read_journey(source, "journey.toml"), source, now=NOON)


@asynccontextmanager
async def opened_anonymous(db: Database) -> AsyncIterator[TalkHouse]:
    """House of a shop whose questions are anonymous."""
    async with opened_talk(db) as found:
        await db.write(lambda tx: apply_journey(tx, f"anonymous = true\n{JOURNEY}"))
        yield found


@pytest.fixture
async def house(db: Database) -> AsyncIterator[TalkHouse]:
    async with opened_anonymous(db) as found:
        yield found


async def seal(house: TalkHouse) -> None:
    await house.pass_time(hours=1)
    await SealConversations(house.db, house.clock, house.display, 5)()
    await house.settle()


async def answer_with_words(house: TalkHouse) -> None:
    """Let Anna answer a delivery with a low score and her words, as far as the question about contact."""
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        await house.tap(ANNA, label)
    await house.say(ANNA, "Two hours late")
    await house.tap(ANNA, "3")


async def test_consent_says_that_answers_are_anonymous_before_it_is_given(house: TalkHouse) -> None:
    await house.say(ANNA, f"/start {await house.link('77')}")
    assert "Your answers are anonymous. When a question is closed – 60 minutes after you finish it" in house.screen()


async def test_consent_names_the_anonymous_journeys_where_others_are_not(house: TalkHouse) -> None:
    await house.db.write(lambda tx: apply_journey(tx, OTHER))
    await house.say(ANNA, f"/start {await house.link('77')}")
    assert "Your answers about these are anonymous: Shop." in house.screen()
    assert "Café" not in house.screen()


async def test_question_says_that_it_is_anonymous_and_asks_for_words_without_names(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    assert "Anonymous: once this question is closed, nothing in our database tells what you answered" in house.screen()
    assert "Please leave out names" not in house.screen()
    for label in ("🙂", "2", "It came late"):
        await house.tap(ANNA, label)
    assert "Please leave out names and numbers" in house.screen()


async def test_contact_ends_anonymity_and_says_so_before_and_after(house: TalkHouse) -> None:
    await answer_with_words(house)
    assert "the team sees who you are, that you were not satisfied" in house.screen()
    await house.tap(ANNA, "Yes, please")
    assert "Your case is #1." in house.screen()
    assert "The case is not anonymous" in house.screen()


async def test_card_of_an_anonymous_conversation_shows_no_answer_but_the_words(house: TalkHouse) -> None:
    await answer_with_words(house)
    await house.tap(ANNA, "Yes, please")
    [card] = house.team_texts()
    assert "Two hours late" in card
    assert "customer 77" in card
    for told in ("2\u00a0of\u00a05", "disappointed", "It came late", "How did you feel", "3\u00a0of\u00a010"):
        assert told not in card


async def test_end_of_a_conversation_says_until_when_it_can_be_changed(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("😀", "5", "9"):
        await house.tap(ANNA, label)
    assert (
        "You can change your answers until 22 Nov, 14:00. After that nothing in our database tells that they are yours"
        in house.screen()
    )


async def answer_and_decline(house: TalkHouse, language: str) -> None:
    """Let Anna answer everything, and Boris ask for no more such questions."""
    words = words_in(language)
    for person, external, event in ((ANNA, "77", "e1"), (BORIS, "78", "e2")):
        await house.welcome(person, external, language)
        await house.delivery(event, external)
    for label in ("😀", "5", "9"):
        await house.tap(ANNA, label, language=language)
    for label in ("⋯", words("chat.menu.mute")):
        await house.tap(BORIS, label, language=language)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_closed_question_looks_alike_for_who_answered_and_who_declined(house: TalkHouse, language: str) -> None:
    await answer_and_decline(house, language)
    assert house.screen(ANNA) != house.screen(BORIS)
    await seal(house)
    assert house.screen(ANNA) == house.screen(BORIS) == words_in(language)("chat.closed.anonymous")


async def test_closed_invitation_does_not_tell_whether_it_was_answered(any_db: Database) -> None:
    async with opened_anonymous(any_db) as house:
        await answer_and_decline(house, "en")
        await seal(house)
        found = await house.see(lambda tx: invitations.list_by_states(tx, [InvitationState.CLOSED]))
        assert len(found) == 2
        own = ("id", "customer_id", "visit_id")
        assert len({tuple(value for key, value in asdict(each).items() if key not in own) for each in found}) == 1


async def test_no_message_in_the_chat_shows_an_answer_after_the_question_is_closed(house: TalkHouse) -> None:
    """Words move a conversation into a new message: the left one shows answers too, and so would /mydata."""
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        await house.tap(ANNA, label)
    await house.say(ANNA, "Two hours late")
    await house.say(ANNA, "/mydata")
    assert "You were asked 1 anonymous question." in house.texts(ANNA)[-2], "the file is offered below"
    await house.tap(ANNA, "3")
    await house.tap(ANNA, "No, thank you")
    assert "Two hours late" in "\n".join(house.texts(ANNA))
    await seal(house)
    for text in house.texts(ANNA):
        for told in ("Two hours late", "disappointed", "2\u00a0of\u00a05", "It came late"):
            assert told not in text
    await house.say(ANNA, "/mydata")
    assert "You were asked 1 anonymous question." in house.texts(ANNA)[-2], "the file is offered below"


async def test_file_about_oneself_tells_nothing_of_an_open_conversation(house: TalkHouse) -> None:
    await answer_with_words(house)
    made = await MakePersonFile(house.db, house.clock).by_address(Address("telegram", str(ANNA)))
    assert made is not None
    told = json.loads(made.content)
    assert [row["survey"] for row in told["invitations"]] == ["delivered"]
    assert told["answers"] == told["conversations"] == told["our_messages"] == []
    assert {row["kind"] for row in told["letters_to_you"]} == {"greeting"}
    for words in (b"Two hours late", b"disappointed", b"felt", b"csat"):
        assert words not in made.content


async def test_old_button_of_a_closed_question_changes_nothing_and_answers_kindly(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    message_id, asked = house.last(ANNA)
    await house.tap(ANNA, "⋯")
    await house.tap(ANNA, "Don't ask about this")
    await seal(house)
    action = asked.buttons[0][0].action
    assert action is not None
    notice = await house.forge(ANNA, f"{action.verb}:{':'.join(action.args)}", message_id)
    assert notice == "This question is closed; nothing more to do."
    assert house.screen() == words_in("en")("chat.closed.anonymous")


async def test_complaint_says_that_it_is_not_anonymous(house: TalkHouse) -> None:
    await house.welcome()
    await house.say(ANNA, "/complain")
    assert "This is not anonymous: the team sees who it comes from" in house.screen()
    await house.tap(ANNA, "Just write")
    assert "This is not anonymous" in house.screen()


async def test_message_that_nobody_expected_says_it_before_it_is_passed_on(house: TalkHouse) -> None:
    await house.welcome()
    await house.say(ANNA, "The parcel smells of fish")
    assert "How shall we pass it on?" in house.screen()
    assert "This is not anonymous" in house.screen()


async def test_named_journey_promises_nothing(db: Database) -> None:
    async with opened_talk(db) as house:
        await house.say(ANNA, f"/start {await house.link('77')}")
        await house.tap(ANNA, house.labels(ANNA)[0])
        await house.delivery()
        for label in ("🙁", "2", "It came late"):
            await house.tap(ANNA, label)
        await house.say(ANNA, "/complain")
        assert "nonymous" not in "\n".join(house.texts(ANNA))
