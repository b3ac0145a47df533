"""The chat of a customer, from the updates that come in to the messages that stand in it."""

from collections.abc import AsyncIterator

import pytest

from bot.db.asking import invitations
from bot.db.delivery import letters
from bot.db.engine.database import Database
from bot.db.people import customers
from cjm.address import Address
from cjm.asking.invitation_state import InvitationState
from tests.telegram.talk_house import ANNA, BORIS, TalkHouse, opened_talk


@pytest.fixture
async def house(db: Database) -> AsyncIterator[TalkHouse]:
    async with opened_talk(db) as found:
        yield found


@pytest.fixture
async def repeating_house(db: Database) -> AsyncIterator[TalkHouse]:
    """House in which every update comes twice."""
    async with opened_talk(db, twice=True) as found:
        yield found


async def test_from_link_to_case(house: TalkHouse) -> None:
    await _story(house)


async def test_updates_that_come_twice_change_nothing(repeating_house: TalkHouse) -> None:
    await _story(repeating_house)
    assert len(repeating_house.team_texts()) == 1


async def _story(house: TalkHouse) -> None:
    await house.welcome()
    assert "Thank you!" in house.screen()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        assert await house.tap(ANNA, label) == "Saved"
    await house.say(ANNA, "Two hours, <b>late</b>")
    await house.tap(ANNA, "3")
    assert "May we contact you about it?" in house.screen()
    await house.tap(ANNA, "Yes, please")
    assert "Your case is #1." in house.screen()
    assert "Two hours, <b>late</b>" in house.team_texts()[0]


async def test_a_restart_after_every_step_changes_nothing(house: TalkHouse) -> None:
    await house.welcome()
    house.restart()
    await house.delivery()
    for label in ("🙂", "3", "It came late"):
        house.restart()
        await house.tap(ANNA, label)
    house.restart()
    await house.say(ANNA, "It rained")
    house.restart()
    await house.tap(ANNA, "9")
    assert "Your answers are saved" in house.screen()


async def test_nothing_is_asked_before_the_consent(house: TalkHouse) -> None:
    await house.say(ANNA, f"/start {await house.link('77')}")
    await house.delivery()
    assert "May we ask you?" in house.screen()
    assert "Not more than 4 times a month. Never between 21:00 and 09:00" in house.screen()
    assert "(Warsaw time; change it in /settings)" in house.screen()
    await house.tap(ANNA, "No, thank you")
    assert "we will not ask you anything" in house.screen()


async def test_unknown_language_falls_back_to_the_language_of_the_journey(house: TalkHouse) -> None:
    await house.say(BORIS, "/start", language="kk")
    assert "Hello!" in house.screen(BORIS)
    await house.say(BORIS, "/start", language="pl-PL")
    assert "Dzień dobry!" in house.screen(BORIS)


async def test_what_waited_for_the_consent_is_asked_after_it(house: TalkHouse) -> None:
    await house.say(ANNA, f"/start {await house.link('77')}")
    await house.delivery()
    await house.tap(ANNA, "Yes, ask me")
    await house.ask_due()
    await house.settle()
    assert "How did you feel" in house.screen()


@pytest.mark.parametrize("text", ["/start", "/help", "/mydata", "/stop", "/settings", "/forget"])
async def test_a_stranger_gets_an_answer_to_every_command(house: TalkHouse, text: str) -> None:
    await house.say(BORIS, text)
    assert house.screen(BORIS)
    assert await house.see(lambda tx: customers.find_by_address(tx, Address("telegram", str(BORIS)))) is None


async def test_settings_say_why_somebody_is_not_asked(house: TalkHouse) -> None:
    await house.say(BORIS, "/settings")
    assert "Questions: none; we ask only those who open a personal link" in house.screen(BORIS)
    await house.say(ANNA, f"/start {await house.link('77')}")
    await house.say(ANNA, "/settings")
    assert "as you have not allowed any (/start)" in house.screen()  # for them /start asks again


async def test_a_forwarded_link_reveals_nothing(house: TalkHouse) -> None:
    token = await house.link("77")
    await house.say(ANNA, f"/start {token}")
    await house.say(BORIS, f"/start {token}")
    told = house.screen(BORIS)
    await house.say(BORIS, "/start c-nonsense")
    assert house.screen(BORIS) == told
    assert "77" not in told


async def test_the_menu_opens_in_place_and_leads_back(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    question = house.screen()
    await house.tap(ANNA, "⋯")
    assert house.labels(ANNA)[:2] == ["Later today", "Tomorrow"]
    await house.tap(ANNA, "‹ Back")
    assert house.screen() == question


async def test_own_quiet_hours_are_chosen_below_the_question_which_stays_open(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.tap(ANNA, "⋯")
    await house.tap(ANNA, "My quiet hours")
    assert await house.tap(ANNA, "22:00–08:00") == "Saved"
    assert "22:00–08:00" in house.screen()
    assert await house.tap(ANNA, "🙂") == "Saved"


async def test_what_is_known_and_forgetting_are_behind_the_menu_and_the_latter_asks_once(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.tap(ANNA, "⋯")
    await house.tap(ANNA, "What you know about me")
    assert any("In our records you are customer 77" in text for text in house.texts(ANNA))
    await house.tap(ANNA, "⋯")
    await house.tap(ANNA, "Forget me")
    await house.tap(ANNA, "Erase everything")
    await house.tap(ANNA, "🙂")
    assert any("no longer here" in text for text in house.texts(ANNA))


async def test_a_language_chosen_in_the_middle_holds_for_the_whole_next_step(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.say(ANNA, "/settings")
    await house.tap(ANNA, "🌐 Language")
    await house.tap(ANNA, "Русский")
    await house.tap(ANNA, "🙂")
    shown = next(text for text in house.texts(ANNA) if "Насколько вы довольны" in text)
    assert "Что вы почувствовали после доставки? — 🙂 радость" in shown
    assert "Question" not in shown


async def test_stopping_can_be_undone_where_it_was_done(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.tap(ANNA, "⋯")
    await house.tap(ANNA, "No more questions at all")
    assert "no more questions from us" in house.screen()
    await house.tap(ANNA, "Undo")
    assert "How did you feel" in house.screen()


async def test_stop_by_command_ends_the_open_question_at_once(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.say(ANNA, "/stop")
    assert house.labels(ANNA) == ["Undo"]
    assert any("Understood: no more questions" in text for text in house.texts(ANNA))
    assert await house.see(lambda tx: invitations.list_by_states(tx, [InvitationState.OPEN])) == []


async def test_an_answer_is_changed_from_the_thanks(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙂", "5", "9"):
        await house.tap(ANNA, label)
    await house.tap(ANNA, "Change an answer")
    await house.tap(ANNA, "How satisfied were you with the delivery?")
    assert await house.tap(ANNA, "4") == "Changed"
    assert "4\u00a0of\u00a05" in house.screen()
    await house.pass_time(hours=24)
    notice = await house.tap(ANNA, "Change an answer")
    assert notice is not None
    assert "is over" in notice
    assert house.labels(ANNA) == []


async def test_a_sticker_in_place_of_words_is_kindly_refused(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        await house.tap(ANNA, label)
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    await house.send(ANNA, sticker={**sticker, "is_animated": False, "is_video": False})
    assert "/complain" in house.screen()
    await house.say(ANNA, "/complain")  # a command is never taken for words
    assert "complain" not in [a for a in house.texts(ANNA) if "What happened?" in a][-1]


async def test_words_go_where_they_belong(house: TalkHouse) -> None:
    """Text that no question waits for is about something else, and is kept."""
    await house.welcome()
    await house.delivery()
    await house.say(ANNA, "Where is my order?")
    assert "Where is my order?" not in "".join(house.texts(ANNA)[:-1])
    assert house.labels(ANNA)


async def test_words_changed_in_the_messenger_are_changed_in_the_message(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        await house.tap(ANNA, label)
    number = await house.say(ANNA, "It raned")
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en"}
    await house.update(
        {"edited_message": house.make_message(int(number), ANNA) | {"from": person, "text": "It rained"}}
    )
    assert "It rained" in house.screen()
    for other in ({"text": "/stop"}, {"photo": [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]}):
        await house.update({"edited_message": house.make_message(int(number), ANNA) | {"from": person} | other})
    assert "It rained" in house.screen()
    assert "/stop" not in house.screen()


async def test_a_photo_whose_caption_looks_like_a_command_is_kept(house: TalkHouse) -> None:
    await house.photo(ANNA, caption="/complain it is broken")
    assert "How shall we pass it on?" in house.screen()


async def test_somebody_elses_button_answers_kindly(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    before = house.screen()
    notice = await house.forge(BORIS, "aa:1:0:2")
    assert notice == "This button belongs to another conversation."
    assert house.screen() == before


@pytest.mark.parametrize(
    "data",
    [
        "aa", "aa:", "aa:1", "aa:1:0", "aa:1:0:9", "aa:1:0:1:1", "aa:x:0:1", "aa:1:99:1", "aa:1:-1:1", "aa:9999:0:1",
        "as:1:9", "ac:1:4", "ak:1:1", "ak:1:7", "am:1:1", "am:777", "ach:1", "au:1", "aa:٣:0:1",
        "aa:99999999999999999999:0:1", "sq:77", "sl:xx", "so:Mars", "sz:x", "sz:99999", "s", "sw:",
        "sw:complaint", "af", "ag", "ar",
    ],
)  # fmt: skip
async def test_a_forged_button_does_no_harm(house: TalkHouse, data: str) -> None:
    await house.welcome()
    await house.delivery()
    await house.forge(ANNA, data, "2")
    still_open = await house.see(lambda tx: invitations.list_by_states(tx, [InvitationState.OPEN]))
    assert len(still_open) == 1


async def test_somebody_unknown_is_not_asked_whether_to_erase_everything(house: TalkHouse) -> None:
    await house.say(BORIS, "/forget")
    assert house.screen(BORIS) == "There is nothing to erase: we know nothing about you."


async def test_after_being_forgotten_the_old_question_says_so(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.say(ANNA, "/forget")
    await house.tap(ANNA, "Erase everything")
    assert "Everything about you is erased" in house.screen()
    await house.tap(ANNA, "🙂")
    assert any("no longer here" in text for text in house.texts(ANNA))
    assert await house.see(letters.count_by_state) == {}


async def test_a_language_is_chosen_by_a_tap_and_the_menu_follows(house: TalkHouse) -> None:
    await house.welcome()
    await house.say(ANNA, "/settings")
    await house.tap(ANNA, "🌐 Language")
    assert await house.tap(ANNA, "Русский") == "Сохранили"
    assert "Настройки" in house.screen()
    assert house.line.menus[-1].scope is not None
    assert house.line.menus[-1].commands[0].description


async def test_manager_who_chooses_a_language_keeps_the_menu_of_managers(db: Database) -> None:
    async with opened_talk(db, managers=(ANNA,)) as house:
        await house.say(ANNA, "/settings")
        await house.tap(ANNA, "🌐 Language")
        await house.tap(ANNA, "Русский")
        assert house.line.menus[-1].commands[0].description == "Карта пути клиента"


async def test_hours_and_places_can_be_typed(house: TalkHouse) -> None:
    await house.welcome()
    await house.say(ANNA, "/settings")
    await house.tap(ANNA, "🌙 Quiet hours")
    await house.tap(ANNA, "Other hours…")
    await house.say(ANNA, "at night")
    assert "22:00-08:00" in house.screen()
    await house.say(ANNA, "23:30 - 7:00")
    assert "23:30–07:00" in house.screen()
    await house.tap(ANNA, "🕒 Time zone")
    await house.tap(ANNA, "Another place…")
    await house.say(ANNA, "Kraków")
    assert "Warsaw" in house.screen()


async def test_customer_who_blocks_the_bot_is_left_alone_until_they_return(house: TalkHouse) -> None:
    await house.welcome()
    await _member(house, "kicked")
    await house.delivery()
    assert "How did you feel" not in house.screen()
    await _member(house, "member")
    person = await house.see(lambda tx: customers.find_by_address(tx, Address("telegram", str(ANNA))))
    assert person is not None
    assert person.unreachable_at is None


async def _member(house: TalkHouse, status: str) -> None:
    bot = {"id": 42, "is_bot": True, "first_name": "Tropa"}
    person = {"id": ANNA, "is_bot": False, "first_name": "Anna"}
    until = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": {"id": ANNA, "type": "private", "first_name": "Anna"},
        "from": person,
        "date": 1,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": status, "user": bot, **until},
    }
    await house.update({"my_chat_member": change})
