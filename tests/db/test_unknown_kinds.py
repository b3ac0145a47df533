"""A kind that only another version of Tropa knows counts as nothing stored: the chat goes on."""

from datetime import UTC, datetime

from sqlalchemy import update

from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.asking.tables import prompt_table
from bot.db.delivery import message_subjects
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.tables import message_ref_table
from bot.db.engine.database import Connection, Database
from cjm.address import Address

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
ANNA = Address("telegram", "7")


async def test_an_awaited_text_of_an_unknown_kind_is_not_awaited_and_can_be_replaced(any_db: Database) -> None:
    def store_unknown(tx: Connection) -> None:
        awaited_texts.save(tx, ANNA, AwaitedText(AwaitedTextKind.COMMENT, NOON, 1))
        tx.execute(update(prompt_table).values(kind="of another version"))

    await any_db.write(store_unknown)
    assert await any_db.read(lambda tx: awaited_texts.find(tx, ANNA)) is None
    complaint = AwaitedText(AwaitedTextKind.COMPLAINT, NOON)
    await any_db.write(lambda tx: awaited_texts.save(tx, ANNA, complaint))
    assert await any_db.read(lambda tx: awaited_texts.find(tx, ANNA)) == complaint


async def test_a_message_about_something_unknown_is_about_nothing(any_db: Database) -> None:
    def store_unknown(tx: Connection) -> None:
        message_subjects.save(tx, ANNA, "5", MessageSubject(SubjectKind.CARD, 1), NOON)
        tx.execute(update(message_ref_table).values(kind="of another version"))

    await any_db.write(store_unknown)
    assert await any_db.read(lambda tx: message_subjects.find(tx, ANNA, "5")) is None
