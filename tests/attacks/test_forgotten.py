"""A customer is forgotten in the middle of a case: nothing of theirs stays, and nothing reaches another customer."""

from datetime import timedelta

from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.cases import cases
from bot.db.delivery import inbox, tables
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.usecases.cases.case_access import CaseSnapshot
from bot.usecases.people.forget_customer import ForgetCustomer
from cjm.cases.case import CaseAuthor, CaseText
from tests.telegram.case_house import NOON
from tests.usecases.cases.test_cases import ANNA, ME, OTHER, Office, office

__all__ = ["office"]


async def test_number_of_a_forgotten_case_is_never_used_again(office: Office) -> None:
    """Otherwise a reply to the old card would go to the next customer, and their card would never be sent."""
    old = await office.complain(who=ME)
    before = await office.letters()
    await ForgetCustomer(office.db, office.clock, 5).by_address(ME, "en")
    new = await office.complain(who=OTHER)
    assert new != old
    assert not isinstance(await office.answer(ANNA, old, "m7", CaseText("text", "About the parcel"), "1"), CaseSnapshot)
    assert CaseAuthor.TEAM not in {m.author for m in await list_messages(office.db, new)}
    assert sum((await office.letters()).values()) >= sum(before.values())


async def list_messages(db: Database, number: int) -> list[cases.CaseMessage]:
    return await db.read(lambda tx: cases.list_messages(tx, number))


async def test_handled_updates_of_a_forgotten_chat_lose_chat_and_payload(any_db: Database) -> None:
    def plant(tx: Connection) -> None:
        for number, state in enumerate(("done", "failed", "new")):
            inbox.insert_updates(tx, "42", [inbox.RawUpdate(number, ME.id, "kanarek")], NOON)
            tx.execute(tables.inbox_table.update().where(tables.inbox_table.c.update_id == number).values(state=state))
        inbox.blank_chat(tx, ME.id)

    await any_db.write(plant)
    kept = await any_db.read(
        lambda tx: [
            (r.state, r.chat, r.payload)
            for r in tx.execute(tables.inbox_table.select().order_by(tables.inbox_table.c.id))
        ]
    )
    assert kept == [("done", None, None), ("failed", None, None), ("new", ME.id, "kanarek")], "the new one is answered"


async def test_update_that_is_done_names_no_chat(any_db: Database) -> None:
    (stored,) = await any_db.write(lambda tx: inbox.insert_updates(tx, "42", [inbox.RawUpdate(1, ME.id, "{}")], NOON))
    await any_db.write(lambda tx: inbox.mark_done(tx, stored.id, NOON))
    assert await any_db.read(lambda tx: tx.execute(select(tables.inbox_table.c.chat)).scalars().all()) == [None]


async def test_words_that_wait_do_not_come_back_after_the_business_erased_their_writer(any_db: Database) -> None:
    def plant(tx: Connection) -> None:
        person = customers.ensure_external_ids(tx, ["77"], NOON)["77"]
        customers.update_customer(tx, person.id, messenger=ME.messenger, address=ME.id)
        inbox.insert_updates(
            tx, "42", [inbox.RawUpdate(n, chat, "{}") for n, chat in ((1, ME.id), (2, OTHER.id))], NOON
        )

    await any_db.write(plant)
    await ForgetCustomer(any_db, FrozenClock(NOON), 5).by_external_id("77")
    waiting = await any_db.read(lambda tx: inbox.list_waiting(tx, "42", of_chat=9, limit=9))
    assert [update.chat for update in waiting] == [OTHER.id]
    assert await any_db.write(lambda tx: inbox.delete_done(tx, NOON + timedelta(days=1))) == 1
