"""Complaints from the customer's first word to the team's answer; real updates in, messages out."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.db.cases import case_views, cases
from bot.db.cases.case_routing import CaseReader
from bot.db.engine.database import Database
from bot.messages.callbacks import Action, OwnCaseVerb, TeamCaseVerb, pack_action
from bot.messages.message import utf16_length
from bot.outbox.messenger import Rejected, Uncertain, Unreachable
from bot.screens.team.case_list_screens import touchpoint_choice
from bot.telegram.limits import TELEGRAM_LIMITS
from bot.texts import LANGUAGES, words_in
from cjm.address import Address
from cjm.cases.case import CaseState
from tests.telegram.case_house import GROUP, NOON, House, opened_house

TEAM = int(GROUP.id)
ANNA, PIOTR, ME, OTHER = 5, 6, 7, 8


@pytest.fixture(params=["once", "twice"])
async def house(db: Database, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """Run every test with each update coming once, and with each coming twice."""
    async with opened_house(db, twice=request.param == "twice") as found:
        yield found


async def _complained(house: House, words: str = "The courier was late") -> str:
    """Open a case about the delivery, and return the id of its card."""
    await house.visit(ME, "delivery", NOON - timedelta(days=1))
    await house.say(ME, "/complain")
    await house.tap(ME, "Delivery")
    await house.say(ME, words)
    return house.last(TEAM)[0]


async def test_a_complaint_becomes_a_card_is_taken_answered_closed_and_not_solved(house: House) -> None:
    card = await _complained(house)
    assert "Case #1 · Delivery" in house.texts(ME)[-1]
    text = house.team_texts()[0]
    assert "Complaint #1 · Delivery" in text
    assert "The courier was late" in text
    assert "21 Nov · customer c7" in text

    await house.tap(ANNA, "I'll take it", chat=TEAM)
    assert "Person5 took it" in house.team_texts()[0]
    assert await house.forge(PIOTR, "ct:1", card, TEAM) == "Already taken: Person5 is on it."

    await house.say(ANNA, "We are sorry!", chat=TEAM, reply_to=card)
    assert "Answer to your case #1\n\nWe are sorry!" in house.texts(ME)[-1]
    assert house.team_texts()[-1] == "Delivered to the customer (#1)."

    await house.say(ME, "Thanks, but it is broken, too", reply_to=house.last(ME)[0])
    assert house.team_texts()[-1] == "Case #1, from the customer:\nThanks, but it is broken, too"
    assert house.last(TEAM)[1].reply_to == card

    await house.tap(ANNA, "Close", chat=TEAM)
    assert house.texts(ME)[-1] == "Added to case #1.", "there is a moment for second thoughts"
    await house.pass_time(seconds=11)
    assert "We have closed case #1" in house.texts(ME)[-1]

    await house.tap(ME, "It's not solved")
    assert "open again" in house.texts(ME)[-1]
    assert house.team_texts()[-1] == "Case #1 is open again: the customer says it is not solved."
    case = await house.see(lambda tx: cases.find_by_number(tx, 1))
    assert case is not None
    assert case.state is CaseState.TAKEN
    assert len(house.messenger.sent_texts(GROUP)) == 4, "card, delivered, further words, not solved: each once"


async def test_one_may_complain_at_once_as_a_stranger_with_voice_and_an_album(house: House) -> None:
    await house.say(OTHER, "/complain")
    await house.voice(OTHER, "v1")
    await house.photo(OTHER, "p1", "see?", media_group_id="9")
    await house.photo(OTHER, "p2", media_group_id="9")
    assert "Case #1" in house.texts(OTHER)[1]
    assert house.texts(OTHER).count("Added to case #1.") == 1, "an album is confirmed once"
    card, *below = house.messages_in(GROUP).items()
    assert "not linked to a customer" in str(card[1].text)
    assert "Below: 2 photos and 1 voice message." in str(card[1].text)
    assert [m.upload.file_id for _, m in below if m.upload] == ["v1", "p1", "p2"]
    assert {m.reply_to for _, m in below} == {card[0]}

    await house.tap(OTHER, "Delivery")
    assert "Complaint #1 · Delivery" in house.team_texts()[0]
    await house.tap(OTHER, "That's all")
    assert house.labels(OTHER) == []
    await house.say(OTHER, "And now something else")
    assert "How shall we pass it on?" in house.texts(OTHER)[-1]


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
async def test_unexpected_message_becomes_what_its_writer_chooses(db: Database, language: str) -> None:
    words = words_in(language)
    async with opened_house(db, language=language) as house:
        for number, kind in enumerate(("complaint", "question", "praise"), 1):
            await house.pass_time(hours=2)
            asked = await house.say(ME, f"Hello {kind}", language=language)
            assert house.last(ME)[1].reply_to == asked
            house.restart()
            await house.tap(ME, words(f"cases.button.kind.{kind}"), language=language)
            assert f"Hello {kind}" in house.team_texts()[-1]
            assert words(f"cases.card.{kind}", number=number) in house.team_texts()[-1]
        assert house.labels(TEAM) == [], "a praise needs no work"
        assert house.texts(ME)[-1] == words("cases.opened.praise")


async def test_a_draft_takes_what_follows_and_becomes_one_case_however_often_it_is_tapped(house: House) -> None:
    await house.say(ME, "First")
    await house.say(ME, "Second")
    offer = house.last(ME)[0]
    await house.tap(ME, "Complaint")
    await house.forge(ME, "ck:1:question", offer)
    assert "already been passed on: case #1" in str(house.messages_in(Address("telegram", str(ME)))[offer].text)
    said = await house.see(lambda tx: [m.text.text for m in cases.list_messages(tx, 1)])
    assert said == ["First", "Second"]
    assert await house.see(lambda tx: cases.find_by_number(tx, 2)) is None


async def test_a_draft_may_be_added_to_an_open_case_or_be_nothing(house: House) -> None:
    await _complained(house)
    await house.pass_time(hours=2)
    await house.say(ME, "One more thing")
    await house.tap(ME, "Add to case #1")
    assert house.team_texts()[-1] == "Case #1, from the customer:\nOne more thing"
    await house.pass_time(hours=2)
    await house.say(ME, "oops")
    offer = house.last(ME)[0]
    await house.tap(ME, "Never mind")
    await house.forge(ME, "ck:2:complaint", offer)
    assert "too old" in house.texts(ME)[-1]


async def test_content_other_than_words_photo_or_voice_is_refused_kindly(house: House) -> None:
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    await house.send(ME, sticker={**sticker, "is_animated": False, "is_video": False})
    await house.send(ME, location={"latitude": 1.0, "longitude": 1.0})
    await house.send(ME, contact={"phone_number": "1", "first_name": "A"})
    await house.send(ME, document={"file_id": "d", "file_unique_id": "d"})
    await house.send(ME, video_note={"file_id": "n", "file_unique_id": "n", "length": 1, "duration": 1})
    await house.say(ME, " \x07 ")
    assert len(house.texts(ME)) == 6
    assert {text[:27] for text in house.texts(ME)} == {"Sorry, we cannot pass this "}
    await house.say(ME, "/map")
    assert "/complain" in house.texts(ME)[-1]


async def test_team_buttons_are_for_the_team_only(house: House) -> None:
    await _complained(house)
    before = house.texts(ME), house.team_texts(), house.texts(OTHER)
    right = [f"{verb}:{0 if verb is TeamCaseVerb.LIST else 1}" for verb in TeamCaseVerb]
    for data in (*right, "cg:1:box", "cs:1:1", "ct:x", "cq:"):
        notice = await house.forge(ME, data)
        assert notice in ("This button is for the team.", "This case or touchpoint no longer exists."), data
        await house.forge(OTHER, data, chat=-77)
    assert (house.texts(ME), house.team_texts(), house.texts(OTHER)) == before
    case = await house.see(lambda tx: cases.find_by_number(tx, 1))
    assert case is not None
    assert case.state is CaseState.OPEN


async def test_customer_cannot_open_a_case_of_somebody_else(house: House) -> None:
    await _complained(house)
    await house.say(OTHER, "/mycases")
    shown = house.texts(OTHER), house.team_texts()
    for data in ("cd:1", "ca:1", "cw:1:box", "cn:1", "cm:1:0", "cw:1:nowhere", "cd:x", "cm:", "cm"):
        assert await house.forge(OTHER, data, house.last(OTHER)[0]) == "This button belongs to another chat.", data
    assert (house.texts(OTHER), house.team_texts()) == shown


async def test_forged_drafts_are_answered_kindly(house: House) -> None:
    await house.say(ME, "Mine")
    await house.say(OTHER, "/mycases")
    offers = ("ck:99:complaint", "ck:x:y", "ck:", "ck:1:nonsense", "ck:1:complaint", "cu:99:1", "cu:x", "cz:99", "cz:")
    for data in offers:
        await house.forge(OTHER, data, house.last(OTHER)[0])
        assert "too old" in house.texts(OTHER)[-1], data
    assert await house.see(lambda tx: cases.find_by_number(tx, 1)) is None, "a draft is its writer's"


async def test_replies_in_other_chats_and_to_other_messages_go_nowhere(house: House) -> None:
    card = await _complained(house)
    before = house.texts(ME)
    await house.say(OTHER, "haha", chat=-77, reply_to=card)
    await house.say(ANNA, "talking among ourselves", chat=TEAM)
    await house.say(ANNA, "about something else", chat=TEAM, reply_to="424242")
    assert house.texts(ME) == before


async def test_the_team_hears_when_an_answer_cannot_be_delivered(house: House) -> None:
    card = await _complained(house)
    house.messenger.will_raise(Unreachable("blocked by the customer"), to=Address("telegram", str(ME)))
    mine = await house.say(ANNA, "Sorry!", chat=TEAM, reply_to=card)
    assert "the customer of #1 has blocked the bot" in house.team_texts()[-1]
    assert house.last(TEAM)[1].reply_to == mine


async def test_answer_that_may_have_arrived_is_sent_again_only_by_a_tap(house: House) -> None:
    card = await _complained(house)
    house.messenger.will_raise(Uncertain("reset"), to=Address("telegram", str(ME)))
    await house.say(ANNA, "Sorry!", chat=TEAM, reply_to=card)
    await house.pass_time(hours=1)
    assert "may have arrived, or not" in house.team_texts()[-1]
    assert not any("Sorry!" in text for text in house.texts(ME))
    assert await house.tap(ANNA, "Send again", chat=TEAM) == "Sending it again."
    assert "Sorry!" in house.texts(ME)[-1]
    assert house.team_texts()[-1] == "Delivered to the customer (#1)."


async def test_photo_and_voice_answers_reach_the_customer_and_other_kinds_are_refused(house: House) -> None:
    card = await _complained(house)
    await house.photo(ANNA, "sorry-photo", "Look", chat=TEAM, reply_to=card)
    assert (upload := house.last(ME)[1].upload) is not None
    assert (upload.kind, upload.file_id) == ("photo", "sorry-photo")
    await house.voice(ANNA, "sorry-voice", chat=TEAM, reply_to=card)
    assert (upload := house.last(ME)[1].upload) is not None
    assert (upload.kind, upload.file_id) == ("voice", "sorry-voice")
    await house.send(ANNA, chat=TEAM, reply_to=card, document={"file_id": "d", "file_unique_id": "d"})
    assert "this was not sent" in house.team_texts()[-1]


async def test_words_under_a_photo_that_is_refused_reach_the_team_without_it(house: House) -> None:
    await _complained(house)
    refused = Rejected("wrong file identifier")
    house.messenger.will_raise(refused, refused, to=GROUP)  # of an edit of the card, and of the photo
    await house.photo(ME, "p1", "See the dent")
    assert house.team_texts()[-1].splitlines() == [
        "Case #1: the customer sent a photo, but it could not be shown here.",
        "See the dent",
    ]
    assert house.last(TEAM)[1].upload is None


async def test_the_longest_words_fit_and_the_teams_are_not_cut(house: House) -> None:
    card = await _complained(house, "😀" * 2048)
    await house.say(ME, "x" * 4096)
    await house.say(ANNA, "y" * 3999, chat=TEAM, reply_to=card)
    await house.photo(ANNA, "p", "z" * 1020, chat=TEAM, reply_to=card)
    everything = [*house.messages_in(GROUP).values(), *house.messages_in(Address("telegram", str(ME))).values()]
    for message in everything:
        assert utf16_length(str(message.text)) <= (
            TELEGRAM_LIMITS.caption_units if message.upload else TELEGRAM_LIMITS.text_units
        )
    assert "y" * 3999 in house.texts(ME)[-2]
    assert "z" * 1020 in house.texts(ME)[-1]


async def test_html_and_control_characters_are_just_characters(house: House) -> None:
    await _complained(house, "<b>bold</b> & <script>\x00\x01 \u202e x")
    assert "<b>bold</b> & <script> \u202e x" in house.team_texts()[0]


async def test_customer_is_not_told_of_a_close_that_was_undone_in_time(house: House) -> None:
    await _complained(house)
    await house.tap(ANNA, "Close", chat=TEAM)
    assert house.team_texts()[-1].endswith("They will read that it was closed without a reply."), "asked first"
    assert house.labels(TEAM) == ["Close without a reply", "‹ Back"]
    await house.tap(ANNA, "Close without a reply", chat=TEAM)
    assert house.labels(TEAM) == ["Reopen"]
    await house.tap(ANNA, "Reopen", chat=TEAM)
    await house.pass_time(minutes=1)
    assert not any("closed" in text for text in house.texts(ME))


async def test_customer_of_a_case_closed_without_an_answer_is_not_told_that_it_was_answered(house: House) -> None:
    await _complained(house)
    await house.tap(ANNA, "I'll take it", chat=TEAM)
    await house.pass_time(minutes=1)
    assert house.texts(ME)[-1] == "Somebody from the team is on your case #1 now. The answer comes to this chat."
    await house.tap(ANNA, "Close", chat=TEAM)
    await house.tap(ANNA, "‹ Back", chat=TEAM)
    assert "Close" in house.labels(TEAM), "nothing was closed"
    await house.tap(ANNA, "Close", chat=TEAM)
    await house.tap(ANNA, "Close without a reply", chat=TEAM)
    await house.pass_time(seconds=11)
    assert house.texts(ME)[-1].startswith("We have closed case #1 without a reply of its own.")
    assert house.labels(ME) == ["It's not solved"]


async def test_who_edits_a_message_that_was_passed_on_is_told_that_the_edit_was_not(house: House) -> None:
    card = await _complained(house)
    mine = await house.say(ME, "and the box is torn")
    answer = await house.say(ANNA, "Sorry", chat=TEAM, reply_to=card)
    before = len(house.texts(ME)), len(house.team_texts())
    about = house.make_message(int(card), TEAM) | {"text": "ours"}
    for words in ("and the box is wet", "and the box is gone"):  # of each message it is told once
        await house.edit(ME, mine, words)
        await house.edit(ANNA, answer, words, chat=TEAM, reply_to_message=about)
    assert [text[:46] for text in house.texts(ME)[before[0] :]] == ["A change to a message does not reach the team."]
    assert [text[:42] for text in house.team_texts()[before[1] :]] == ["The customer has your answer as you sent i"]
    await house.edit(ME, await house.say(ME, "and late"), "and very late")
    assert house.texts(ME)[-1].startswith("A change to a message"), "another message is told of, too"
    await house.edit(OTHER, "9", "Hm")
    assert house.texts(OTHER) == [], "nothing of theirs was passed on"


async def test_the_team_puts_a_case_where_it_belongs(house: House) -> None:
    await _complained(house)
    await house.tap(ANNA, "About something else?", chat=TEAM)
    await house.tap(ANNA, "‹ Back", chat=TEAM)
    assert "Close" in house.labels(TEAM)
    await house.tap(ANNA, "About something else?", chat=TEAM)
    await house.tap(ANNA, "The box", chat=TEAM)
    assert "Complaint #1 · The box" in house.team_texts()[0]
    assert await house.forge(ANNA, "cg:1:nowhere", house.last(TEAM)[0], TEAM) == (
        "This case or touchpoint no longer exists."
    )


async def test_without_a_team_managers_get_the_card_and_a_team_bound_later_gets_it_too(db: Database) -> None:
    async with opened_house(db, team=False, managers=(99, 98)) as house:
        await _complained_privately(house)
        assert "Complaint #1" in house.texts(99)[0]
        await house.tap(99, "I'll take it")
        assert "Person99 took it" in house.texts(98)[0], "a colleague sees it on their card"
        await house.say(99, "Sorry!", reply_to=house.last(99)[0])
        assert "Sorry!" in house.texts(ME)[-1]
        house.restart(team=True)
        assert await house.hand_over() == 1
        assert await house.hand_over() == 0
        await house.settle()
        assert "Complaint #1" in house.team_texts()[0]


async def test_with_nobody_there_a_case_waits_and_nothing_of_it_is_lost(db: Database) -> None:
    async with opened_house(db, team=False) as house:
        await _complained_privately(house)
        await house.photo(ME, "evidence")
        await house.say(ME, "and more words")
        assert await house.hand_over() == 0
        house.restart(team=True)
        assert await house.hand_over() == 1
        await house.settle()
        text = house.team_texts()[0]
        assert "Late again" in text
        assert "and more words" in text
        assert [m.upload.file_id for m in house.messages_in(GROUP).values() if m.upload] == ["evidence"]


async def test_when_the_group_is_gone_the_managers_get_the_card(db: Database) -> None:
    async with opened_house(db, managers=(99,)) as house:
        house.messenger.will_raise(Unreachable("the bot was removed"), to=GROUP)
        await _complained_privately(house)
        assert "Complaint #1" in house.texts(99)[0]


async def _complained_privately(house: House) -> None:
    await house.say(ME, "/complain")
    await house.tap(ME, "Just write")
    await house.say(ME, "Late again")


async def test_open_cases_are_listed_for_the_team_and_for_managers_only(db: Database) -> None:
    async with opened_house(db, managers=(99,)) as house:
        await house.say(ANNA, "/complaints", chat=TEAM)
        assert house.team_texts()[-1] == "No open cases. Well done!"
        for person in range(20, 29):
            await house.say(person, "/complain")
            await house.say(person, f"Story of {person}")
            await house.pass_time(hours=1)
        await house.say(ANNA, "/complaints", chat=TEAM)
        assert house.team_texts()[-1].startswith("9 open cases\n9 waiting\n\nComplaint #1\nfor 9 hours · nobody")
        await house.tap(ANNA, "More ›", chat=TEAM)
        assert "Story of 28" in house.team_texts()[-1]
        await house.tap(ANNA, "#9", chat=TEAM)
        await house.tap(ANNA, "I'll take it", chat=TEAM)
        assert "Person5 took it" in house.team_texts()[-1]
        await house.say(99, "/complaints")
        assert "9 open cases\n8 waiting, 1 taken" in house.texts(99)[-1]
        await house.say(20, "/complaints")
        assert "There is no such command" in house.texts(20)[-1]


async def test_a_case_of_a_photo_alone_is_listed_by_its_photo_also_after_the_team_has_answered(house: House) -> None:
    await house.say(ME, "/complain")
    await house.photo(ME, "torn")
    await house.say(ANNA, "We are sorry!", chat=TEAM, reply_to=next(iter(house.messages_in(GROUP))))
    await house.say(ANNA, "/complaints", chat=TEAM)
    assert house.team_texts()[-1].endswith("\n1 photo")


async def test_own_cases_are_listed_opened_and_added_to(house: House) -> None:
    await house.say(ME, "/mycases")
    assert "You have no cases yet" in house.texts(ME)[-1]
    card = await _complained(house)
    await house.say(ANNA, "Sorry!", chat=TEAM, reply_to=card)
    await house.pass_time(hours=3)
    await house.say(ME, "/mycases")
    assert house.texts(ME)[-1] == "Your cases\n\nComplaint #1 · Delivery\n22 Nov · answered\nSorry!"
    await house.tap(ME, "Complaint #1 · Delivery")
    assert "The team: Sorry!" in house.texts(ME)[-1], "names of the team stay in the team"
    await house.tap(ME, "Write more")
    await house.say(ME, "Another photo")
    assert "Another photo" in house.team_texts()[-1]
    await house.say(ME, "/mycases")
    assert "somebody is on it" in house.texts(ME)[-1]


async def test_a_page_beyond_the_last_is_the_first_or_the_last_and_never_empty(house: House) -> None:
    await _complained(house)
    await house.say(ME, "/mycases")
    await house.forge(ME, pack_action(Action.of(OwnCaseVerb.LIST, 60)), house.last(ME)[0])
    await house.say(ANNA, "/complaints", chat=TEAM)
    await house.forge(ANNA, pack_action(Action.of(TeamCaseVerb.LIST, 60)), house.last(TEAM)[0], TEAM)
    for chat in (ME, TEAM):
        assert "Complaint #1 · Delivery" in house.texts(chat)[-1]
        assert len(house.labels(chat)) == 1, "the case, and no page to turn"


async def test_a_list_whose_only_button_leads_back_says_why(house: House) -> None:
    await _complained(house)
    view = await house.see(lambda tx: case_views.find_view(tx, 1))
    assert view is not None
    for language in LANGUAGES:
        reader = CaseReader("care", GROUP, None, language, "Europe/Warsaw")
        choice = touchpoint_choice(replace(view, journey=None), reader)
        assert len(choice.buttons) == 1
        assert str(choice.text).endswith(words_in(language)("cases.place.no_journey"))


async def test_last_visited_touchpoint_is_offered_first_and_all_on_demand(house: House) -> None:
    await house.visit(ME, "delivery", NOON - timedelta(days=3))
    await house.visit(ME, "assembly", NOON - timedelta(days=1))
    await house.say(ME, "/complain")
    first = ["Assembly", "Delivery", "The site", "Advice", "The basket"]
    assert house.labels(ME) == [*first, "Something else…", "Just write", "Cancel"]
    await house.tap(ME, "Something else…")
    assert house.labels(ME)[:7] == [*first, "Picking it up", "The box"]
    await house.tap(ME, "The box")
    await house.tap(ME, "‹ Back")
    await house.tap(ME, "Cancel")
    await house.say(ME, "hello")
    assert "How shall we pass it on?" in house.texts(ME)[-1], "what was cancelled is not waited for"


async def test_complain_command_waits_for_words_only_for_a_while(house: House) -> None:
    await house.say(ME, "/complain")
    await house.pass_time(days=2)
    await house.say(ME, "hello")
    assert "How shall we pass it on?" in house.texts(ME)[-1]


@pytest.mark.parametrize("cut", range(7))
async def test_a_restart_at_any_step_loses_nothing(db: Database, cut: int) -> None:
    async with opened_house(db) as house:
        steps: list[Callable[[], Awaitable[object]]] = [
            lambda: house.say(ME, "/complain"),
            lambda: house.tap(ME, "Delivery"),
            lambda: house.say(ME, "Late"),
            lambda: house.photo(ME, "p1"),
            lambda: house.tap(ANNA, "I'll take it", chat=TEAM),
            lambda: house.say(ANNA, "Sorry!", chat=TEAM, reply_to=next(iter(house.messages_in(GROUP)))),
            lambda: house.say(ME, "Fine now", reply_to=house.last(ME)[0]),
        ]
        for number, step in enumerate(steps):
            if number == cut:
                house.restart()
            await step()
        said = await house.see(lambda tx: [(m.text.kind, m.text.text) for m in cases.list_messages(tx, 1)])
        assert said == [("text", "Late"), ("photo", ""), ("text", "Sorry!"), ("text", "Fine now")]
        assert "Fine now" in house.team_texts()[-1]
