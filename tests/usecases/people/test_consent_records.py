"""Records of consent: appended in the transaction of the wish, in the words that were read, blank when forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import insert, select, text

from bot.clock import FrozenClock
from bot.config.settings import AskingSettings
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.people import consent_records, customers
from bot.db.people.consent_records import ConsentRecord
from bot.db.people.consent_states import ConsentActor, ConsentEvent, ConsentWay
from bot.db.people.tables import consent_record_table, consent_wording_table, customer_table
from bot.db.upkeep.schema import migrate
from bot.messages.message import Message
from bot.outbox.letters.greeting import GreetingLetter, read_wording
from bot.usecases.asking.give_consent import GiveConsent
from bot.usecases.asking.stop_asking import StopAsking
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALICE, BOB = Address("telegram", "1"), Address("telegram", "2")


class Chat:
    """Customer 77 who opens links, reads the question for consent as it is sent, and taps below it."""

    def __init__(self, db: Database) -> None:
        self.db, self.clock, self.starts = db, FrozenClock(NOON), count(1)
        self.asking = AskingSettings()
        self.stop = StopAsking(db, self.clock, timedelta(days=7), None)
        self.forget = ForgetCustomer(db, self.clock, 5)

    async def read_question(self, account: Address = ALICE, *, with_link: bool = True, language: str = "en") -> Message:
        """Press Start, and return the question for consent as it arrives."""
        token = (await SaveCustomer(self.db, self.clock, "")("77")).token if with_link else ""
        start = str(next(self.starts))
        await OpenLink(self.db, self.clock, "")(account, start, token, language)
        letter = await self.db.read(lambda tx: letters.find_by_key(tx, f"greeting:{account}:{start}"))
        assert letter is not None
        message = await GreetingLetter(self.db, self.asking).write(letter)
        assert isinstance(message, Message)
        return message

    async def tap(self, question: Message, account: Address = ALICE, *, yes: bool = True) -> None:
        """Tap below the question, as the handler takes it."""
        action = question.buttons[0 if yes else 1][0].action
        assert action is not None
        way = ConsentWay.parse(action.arg(2))
        await GiveConsent(self.db, self.clock)(account, yes, "1", wording=action.arg(1), way=way)

    async def records(self) -> list[ConsentRecord]:
        return await self.db.read(lambda tx: consent_records.list_by_person(tx, "77"))


@pytest.fixture
def chat(db: Database) -> Chat:
    return Chat(db)


@pytest.mark.parametrize("language", ["en", "ru", "pl"])
async def test_record_names_the_wording_that_the_screen_showed(any_db: Database, language: str) -> None:
    chat = Chat(any_db)
    question = await chat.read_question(language=language)
    await chat.tap(question)
    (record,) = await chat.records()
    assert (record.event, record.way, record.actor, record.language, record.at) == (
        ConsentEvent.GIVEN, ConsentWay.PERSONAL_LINK, ConsentActor.CUSTOMER, language, NOON,
    )  # fmt: skip
    assert record.wording is not None
    stored = await any_db.read(lambda tx: consent_records.find_wordings(tx, [record.wording or ""]))
    assert stored[record.wording].text == read_wording(question)
    assert str(question.text) in stored[record.wording].text
    assert all(f"[{row[0].label}]" in stored[record.wording].text for row in question.buttons)


async def test_other_words_are_another_version_and_the_same_words_are_stored_once(chat: Chat) -> None:
    await chat.read_question()
    await chat.read_question(with_link=False)
    chat.asking = chat.asking.model_copy(update={"per_month": 3})  # the question names the rule
    await chat.tap(await chat.read_question(with_link=False))
    wordings = (await chat.db.read(lambda tx: tx.execute(select(consent_wording_table)).all()))[:]
    assert len(wordings) == 2
    (record,) = await chat.records()
    assert record.way is ConsentWay.START
    assert record.wording == max(wordings, key=lambda row: "3" in row.text and "4" not in row.text).version


async def test_life_of_a_consent_is_told_from_one_end_to_the_other(any_db: Database) -> None:
    chat = Chat(any_db)
    await chat.tap(await chat.read_question(), yes=False)
    question = await chat.read_question(with_link=False)
    await chat.tap(question)
    await chat.tap(question)  # a second tap changes nothing
    await chat.stop.stop_all(ALICE)
    await chat.stop.stop_all(ALICE)
    await chat.stop.ask_again(ALICE)
    await chat.stop.ask_again(ALICE)
    await RecordReachability(any_db, chat.clock)(ALICE, is_reachable=False)
    await chat.tap(await chat.read_question(BOB), BOB)
    before = await chat.records()
    await chat.forget.by_address(BOB, "en")
    after = await chat.records()
    assert [(record.event, record.way) for record in after] == [
        (ConsentEvent.REFUSED, ConsentWay.PERSONAL_LINK),
        (ConsentEvent.GIVEN, ConsentWay.START),
        (ConsentEvent.WITHDRAWN, ConsentWay.STOP),
        (ConsentEvent.GIVEN_AGAIN, ConsentWay.ASK_AGAIN),
        (ConsentEvent.WITHDRAWN, ConsentWay.ACCOUNT_CHANGE),
        (ConsentEvent.GIVEN_AGAIN, ConsentWay.PERSONAL_LINK),
        (ConsentEvent.WITHDRAWN, ConsentWay.FORGOTTEN),
    ]
    assert after[:-1] == [replace(record, customer_id=None) for record in before]  # nothing else was edited


async def test_forgotten_persons_records_hold_no_id_and_say_who_erased_them(any_db: Database) -> None:
    chat = Chat(any_db)
    await chat.tap(await chat.read_question())
    await chat.forget.by_external_id("77")
    rows = await any_db.read(lambda tx: [dict(row._mapping) for row in tx.execute(select(consent_record_table))])
    assert [row["customer_id"] for row in rows] == [None, None]
    assert "77" not in {str(value) for row in rows for value in row.values()}
    assert rows[-1]["actor"] is ConsentActor.BUSINESS


async def test_forged_button_names_no_wording(chat: Chat) -> None:
    await chat.read_question()
    await GiveConsent(chat.db, chat.clock)(ALICE, True, "1", wording="0" * 32, way=ConsentWay.parse("forgotten"))
    (record,) = await chat.records()
    assert (record.wording, record.way) == (None, ConsentWay.UNKNOWN)


async def test_records_of_a_customer_include_those_from_before_they_were_forgotten(chat: Chat) -> None:
    await chat.tap(await chat.read_question())
    await chat.forget.by_external_id("77")
    await chat.tap(await chat.read_question())
    person = await chat.db.read(lambda tx: customers.find_by_external_id(tx, "77"))
    assert person is not None
    found = await chat.db.read(lambda tx: consent_records.list_by_customer(tx, person.id))
    assert [record.event for record in found] == [
        ConsentEvent.GIVEN, ConsentEvent.WITHDRAWN, ConsentEvent.GIVEN_AGAIN,
    ]  # fmt: skip


async def test_upgrade_records_the_consents_of_before(db: Database) -> None:
    def store(tx: Connection) -> None:
        columns = {"external_id": "77", "language": "pl", "consent_at": NOON, "created_at": NOON}
        tx.execute(insert(customer_table).values(columns | {"stopped_at": NOON + timedelta(days=1)}))

    await migrate(db, "base")
    await migrate(db, "0011")
    await db.write(store)
    await migrate(db)
    found = await db.read(lambda tx: consent_records.list_by_person(tx, "77"))
    assert [(record.event, record.way, record.at, record.wording) for record in found] == [
        (ConsentEvent.GIVEN, ConsentWay.UNKNOWN, NOON, None),
        (ConsentEvent.WITHDRAWN, ConsentWay.UNKNOWN, NOON + timedelta(days=1), None),
    ]
    assert await db.read(lambda tx: tx.scalar(text("SELECT count(*) FROM secret WHERE name = 'person'"))) == 1
