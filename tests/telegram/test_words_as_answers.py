"""A customer writes instead of tapping: answers in words, photos as words, replies, edits, many messages at once."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.db.asking.tables import answer_table
from bot.db.conversation import answer_files
from bot.db.delivery.tables import view_table
from bot.db.engine.database import Connection, Database
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.address import Address
from tests.telegram.talk_house import ANNA, TalkHouse, opened_talk
from tests.telegram.test_anonymous_chat import opened_anonymous


@pytest.fixture
async def house(db: Database) -> AsyncIterator[TalkHouse]:
    async with opened_talk(db) as found:
        yield found


def stored_answers(tx: Connection) -> dict[str, object]:
    rows = tx.execute(answer_table.select().order_by(answer_table.c.id)).all()
    return {row.question: row.text or row.choice if row.value is None else row.value for row in rows}


def stored_files(tx: Connection) -> list[tuple[str, str]]:
    answer_ids = list(tx.scalars(answer_table.select().with_only_columns(answer_table.c.id)))
    return [(f.kind, f.file_id) for files in answer_files.list_files(tx, answer_ids).values() for f in files]


@pytest.mark.parametrize(
    ("language", "said", "confirmed", "comment"),
    [
        ("en", ("🙁", "two", "it came late", "The lift was broken", "9/10"), "Your answer: 2", "The lift was broken"),
        ("ru", ("разочарована", "2 из 5, лифт не работал", "Привезли поздно", "9"), "Ваш ответ: 2", "лифт не работал"),
        ("pl", ("rozczarowanie", "dwójka", "przyszło za późno", "Winda nie działała", "dziewięć"), "Twoja odpowiedź: 2",
         "Winda nie działała"),
    ],
)  # fmt: skip
async def test_a_whole_survey_is_answered_in_words(
    house: TalkHouse, language: str, said: tuple[str, ...], confirmed: str, comment: str
) -> None:
    await house.welcome(language=language)
    await house.delivery()
    for words in said:
        await house.say(ANNA, words, language=language)
    expected = {"felt": -1, "csat": 2, "why": "late", "words": comment, "packed": 9}
    assert await house.see(stored_answers) == expected
    assert any(str(message.text).startswith(confirmed) for _, message in house.messenger.arrived)
    live = [m for m in house.messages_in(Address("telegram", str(ANNA))).values() if m.buttons]
    assert len(live) == 1, "only the last message has buttons"


async def test_what_was_understood_is_shown_and_can_be_undone_like_a_tap(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.say(ANNA, "good")
    assert "Your answer: 🙂 pleased" in house.screen()
    await house.tap(ANNA, "‹ Back")
    await house.tap(ANNA, "🙁")
    assert await house.see(stored_answers) == {"felt": -1}


async def test_words_beside_an_answer_without_a_question_for_them_are_kept_and_asked_about(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙂", "5"):
        await house.tap(ANNA, label)
    await house.say(ANNA, "9, but the courier was late")
    assert await house.see(stored_answers) == {"felt": 1, "csat": 5, "packed": 9}
    assert "Saved. How shall we pass it on?" in house.screen()
    await house.tap(ANNA, "Complaint")
    assert "but the courier was late" in house.team_texts()[-1]


async def test_unclear_words_are_offered_once_and_the_question_is_said_to_be_open(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    before = len(house.texts(ANNA))
    await house.say(ANNA, "I waited 4 days")
    assert await house.see(stored_answers) == {}
    assert "The question above is still open, too" in house.screen()
    assert len(house.texts(ANNA)) == before + 1
    await house.say(ANNA, "🙁")
    assert await house.see(stored_answers) == {"felt": -1}


async def test_a_reply_belongs_to_its_question_even_days_later_and_while_a_complaint_is_awaited(
    house: TalkHouse,
) -> None:
    await house.welcome()
    await house.delivery()
    question = house.last(ANNA)[0]
    await house.pass_time(hours=30)
    await house.say(ANNA, "/complain")
    await house.say(ANNA, "🙁", reply_to=question)
    assert await house.see(stored_answers) == {"felt": -1}


async def test_late_words_that_reply_to_nothing_are_no_answer(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.pass_time(hours=30)
    await house.say(ANNA, "good")
    assert await house.see(stored_answers) == {}


async def test_an_unclear_reply_answers_the_question_in_words_that_is_still_to_come(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2"):
        await house.tap(ANNA, label)
    await house.say(ANNA, "Nobody rang the bell", reply_to=house.last(ANNA)[0])
    assert await house.see(stored_answers) == {"felt": -1, "csat": 2, "words": "Nobody rang the bell"}
    assert "What went wrong?" in house.screen()


async def test_an_edit_changes_what_was_understood_or_says_that_the_answer_stays(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    await house.tap(ANNA, "🙁")
    number = await house.say(ANNA, "2, it rained")
    await house.edit(ANNA, number, "3, it snowed")
    assert await house.see(stored_answers) == {"felt": -1, "csat": 3, "words": "it snowed"}
    await house.edit(ANNA, number, "3 or 4")
    assert "Your answer stays as it was: 3" in house.screen()
    await house.pass_time(hours=1)
    await house.edit(ANNA, number, "5")
    assert (await house.see(stored_answers))["csat"] == 5
    assert "it snowed" in str(await house.see(stored_answers)), "nobody's words are erased by an edit of a mark"


async def answer_until_words(house: TalkHouse) -> None:
    await house.welcome()
    await house.delivery()
    for label in ("🙁", "2", "It came late"):
        await house.tap(ANNA, label)


async def test_a_photo_answers_where_words_are_asked_and_the_team_gets_it_with_the_case(house: TalkHouse) -> None:
    await answer_until_words(house)
    await house.photo(ANNA, caption="Look at this")
    assert (await house.see(stored_answers))["words"] == "📷 Look at this"
    await house.tap(ANNA, "3")
    await house.tap(ANNA, "Yes, please")
    assert "📷 Look at this" in "".join(house.team_texts())
    assert "photo-1" in str(house.messenger.arrived)


async def test_a_voice_message_answers_and_goes_when_its_writer_is_forgotten(house: TalkHouse) -> None:
    await answer_until_words(house)
    await house.voice(ANNA)
    assert (await house.see(stored_answers))["words"] == "🎤"
    assert await house.see(stored_files) == [("voice", "voice-1")]
    await ForgetCustomer(house.db, house.clock, 5).by_address(Address("telegram", str(ANNA)), "en")
    assert await house.see(stored_files) == []


async def test_an_anonymous_question_takes_no_photo_or_voice(db: Database) -> None:
    async with opened_anonymous(db) as house:
        await answer_until_words(house)
        await house.voice(ANNA)
        assert "/complain" in house.screen()
        assert await house.see(stored_files) == []


@pytest.mark.parametrize("is_asked", [False, True])
async def test_fifty_messages_in_a_row_are_stored_and_get_one_answer(house: TalkHouse, *, is_asked: bool) -> None:
    await (answer_until_words(house) if is_asked else house.welcome())
    before = len(house.texts(ANNA))
    for number in range(50):
        await house.say(ANNA, f"and another thing, {number} times")
        house.clock.advance(timedelta(seconds=1))
    assert len(house.texts(ANNA)) == before + 1
    kept = str(await house.see(stored_answers)) if is_asked else str(await house.see(kept_drafts))
    assert all(f"thing, {number} times" in kept for number in range(50))


def kept_drafts(tx: Connection) -> list[object]:
    return list(tx.scalars(view_table.select().with_only_columns(view_table.c.data)))
