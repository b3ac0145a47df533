"""Messages about a case that may have arrived: which reply to an unknown message of ours belongs to the case."""

import re

import pytest
from sqlalchemy import update

from bot.db.delivery import letters, message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import LetterState
from bot.db.delivery.tables import letter_table
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.outbox.kinds import LetterName
from bot.texts import LANGUAGES, words_in
from cjm.address import Address
from cjm.cases.case import CaseKind, CaseText
from tests.telegram.case_house import GROUP, NOON, SHOP, shop
from tests.usecases.cases.test_cases import ANNA, STRANGER, Office

CARD = "Complaint #1 · Delivery\n\nflat 7"
SORRY = CaseText("text", "Sorry")


@pytest.fixture
async def office(any_db: Database) -> Office:
    """An office with case 1, whose card and receipt may have arrived or not."""
    await any_db.write(lambda tx: journeys.apply(tx, shop(), SHOP, now=NOON))
    office = Office(any_db)
    await office.complain()
    doubt = update(letter_table).values(state=LetterState.RETRY, unknown_at=NOON, attempts=1)
    await any_db.write(lambda tx: tx.execute(doubt))
    return office


async def find_card(office: Office) -> letters.Letter:
    found = await office.db.read(lambda tx: letters.find_by_key(tx, f"case_card:1:{GROUP}"))
    assert found is not None
    return found


async def find_subject(office: Office, message_id: str) -> MessageSubject | None:
    def find(tx: Connection) -> MessageSubject | None:
        return message_subjects.find(tx, GROUP, message_id)

    return await office.db.read(find)


@pytest.mark.parametrize(
    ("own_words", "number"),
    [
        (CARD, 1),
        ("Case #1, from the customer:\n2 more", 1),
        ("Complaint #2 · Delivery", None),  # no letter about this case is in doubt
        ("The map of 7 days, 1 touchpoint", None),
        ("No number\n#1", None),  # only its first line names a case
        ("", None),
        (None, None),  # somebody else wrote the message
    ],
)
async def test_reply_belongs_to_a_case_only_if_our_message_names_it_and_its_letter_is_in_doubt(
    office: Office, own_words: str | None, number: int | None
) -> None:
    assert await office.answer.find_case(ANNA, "99", own_words) == number
    assert await office.answer.find_case(STRANGER, "99", own_words) is None


async def test_reply_to_a_message_about_something_else_stays_one(office: Office) -> None:
    await office.db.write(
        lambda tx: message_subjects.save(tx, GROUP, "99", MessageSubject(SubjectKind.TEAM_MESSAGE, 5), NOON)
    )
    assert await office.answer.find_case(ANNA, "99", CARD) == 5


async def test_reply_proves_that_the_card_arrived_and_makes_it_a_card_like_others(office: Office) -> None:
    await office.answer(ANNA, 1, "m9", SORRY, "99")
    card = await find_card(office)
    assert (card.state, card.message_id) == (LetterState.SENT, "99")
    assert await find_subject(office, "99") == MessageSubject(SubjectKind.CARD, 1)


async def test_card_that_was_repeated_keeps_its_message_and_the_first_copy_becomes_a_card_too(office: Office) -> None:
    sent = update(letter_table).where(letter_table.c.kind == LetterName.CASE_CARD)
    await office.db.write(lambda tx: tx.execute(sent.values(state=LetterState.SENT, message_id="100")))
    await office.db.write(lambda tx: message_subjects.save(tx, GROUP, "100", MessageSubject(SubjectKind.CARD, 1), NOON))
    assert await office.answer.find_case(ANNA, "99", CARD) == 1
    await office.answer(ANNA, 1, "m9", SORRY, "99")
    assert (await find_card(office)).message_id == "100"
    assert await find_subject(office, "99") == MessageSubject(SubjectKind.CARD, 1)


async def test_reply_that_comes_before_the_answer_to_the_call_of_its_card_belongs_to_the_case(office: Office) -> None:
    on_its_way = update(letter_table).values(state=LetterState.SENDING, unknown_at=None)
    await office.db.write(lambda tx: tx.execute(on_its_way))
    assert await office.answer.find_case(ANNA, "99", CARD) == 1
    await office.answer(ANNA, 1, "m9", SORRY, "99")
    assert (await find_card(office)).state is LetterState.SENDING  # its own call tells how it ends
    assert await find_subject(office, "99") == MessageSubject(SubjectKind.CARD, 1)


async def test_doubt_in_another_chat_is_no_doubt_here(office: Office) -> None:
    await office.db.write(lambda tx: letters.readdress(tx, GROUP, Address("telegram", "-9")))
    assert await office.answer.find_case(ANNA, "99", CARD) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [*(f"card.{kind}" for kind in CaseKind), "notice.said", "notice.not_solved"])
def test_first_line_of_a_card_or_notice_names_its_case_before_any_other_number(language: str, key: str) -> None:
    """A reply to a message in doubt finds its case by it."""
    title = words_in(language)(f"cases.{key}", number=812)
    assert re.findall("[0-9]+", title)[:1] == ["812"]
