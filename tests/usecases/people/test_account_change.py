"""A customer who moves to another account leaves nothing of theirs in the old chat's rows."""

from typing import Any

from sqlalchemy import select

from bot.db.asking import awaited_texts
from bot.db.asking.awaited_texts import AwaitedText, AwaitedTextKind
from bot.db.cases import drafts
from bot.db.delivery import inbox, letters, message_subjects, quoted_messages
from bot.db.delivery.inbox import RawUpdate
from bot.db.delivery.letters import LetterPriority, NewLetter
from bot.db.delivery.message_subjects import MessageSubject, SubjectKind
from bot.db.delivery.states import MessageCarrier
from bot.db.engine.database import Connection, Database
from bot.db.people import customers
from bot.db.tables import metadata
from bot.outbox.kinds import LetterName
from bot.usecases.people.open_link import OpenLink
from bot.usecases.people.record_reachability import RecordReachability
from bot.usecases.people.save_customer import SaveCustomer
from cjm.address import Address
from cjm.cases.case import CaseText
from tests.usecases.asking.world import ALICE, BOB, NOON, REMIND, World, make_world

CANARY = "zebra7731"


def post(tx: Connection, kind: LetterName, key: str, *, is_sent: bool = False, **data: Any) -> None:
    new = NewLetter(key, ALICE, kind, LetterPriority.REPLY, NOON, {"words": CANARY} | data)
    letters.post(tx, new, NOON)
    if is_sent:
        letters.mark_all_sent(tx, NOON)


def store_traces(tx: Connection) -> None:
    """Store words of the customer in every row that names their chat."""
    post(tx, LetterName.CASE_RECEIPT, "receipt", is_sent=True)
    post(tx, LetterName.DRAFT_QUESTION, "question")
    post(tx, LetterName.CASE_REPLY, "answer")
    post(tx, LetterName.DIGEST, "digest")  # the account is a manager's as well
    drafts.insert_draft(tx, ALICE, CaseText("text", CANARY), NOON)
    awaited_texts.save(tx, ALICE, AwaitedText(AwaitedTextKind.COMMENT, NOON, 1, {"words": CANARY}))
    message_subjects.save(tx, ALICE, "5", MessageSubject(SubjectKind.CUSTOMER_MESSAGE, 1), NOON)
    message_subjects.save(tx, ALICE, "6", MessageSubject(SubjectKind.CARD, 2), NOON)
    for number, update in enumerate(inbox.insert_updates(tx, "bot", [RawUpdate(1, ALICE.id, CANARY)], NOON)):
        inbox.set_aside(tx, update.id, f"Error{number}", NOON)


async def move(world: World) -> None:
    await RecordReachability(world.db, world.clock)(ALICE, is_reachable=False)
    token = (await SaveCustomer(world.db, world.clock, "")("77")).token
    await OpenLink(world.db, world.clock, "")(BOB, "s1", token, "en")


def find_places(tx: Connection, word: str) -> set[str]:
    """Return the tables with a row that holds ``word``."""
    rows = ((table.name, str(tuple(row))) for table in metadata.sorted_tables for row in tx.execute(select(table)))
    return {name for name, row in rows if word in row}


async def test_old_chat_keeps_nothing_and_the_teams_answer_follows(any_db: Database) -> None:
    world = await make_world(any_db)
    invitation = await world.answer_until_words()
    await any_db.write(store_traces)
    await move(world)
    kept = await any_db.read(lambda tx: {key: letters.find_by_key(tx, key) for key in ("answer", "digest", "receipt")})
    assert {key: letter and letter.to for key, letter in kept.items()} == {
        "answer": BOB, "digest": ALICE, "receipt": None,
    }  # fmt: skip
    assert await any_db.read(lambda tx: find_places(tx, CANARY)) == {"letter"}
    assert await any_db.read(lambda tx: awaited_texts.find(tx, ALICE)) is None
    assert await any_db.read(lambda tx: message_subjects.find(tx, ALICE, "5")) is None
    assert await any_db.read(lambda tx: message_subjects.find(tx, ALICE, "6")) is not None
    response = (await world.context(invitation)).response
    assert response is not None
    assert (response.address, response.message_id) == (None, None)


async def test_open_question_waits_for_the_consent_of_the_new_account(db: Database) -> None:
    world = await make_world(db)
    invitation = await world.visit()
    await move(world)
    sent = len(world.messenger.arrived)
    world.clock.advance(REMIND)
    await world.remind()
    await world.deliver()
    assert all(to != ALICE for to, _ in world.messenger.arrived[sent:])
    tap = world.make_tap(invitation, message="1")
    assert (await world.give.answer(tap, 0, 1)).context is None  # the old account answers nothing


async def test_messages_that_quote_a_stranger_quote_the_customer_they_turn_out_to_be(any_db: Database) -> None:
    world = await make_world(any_db)
    group = Address("telegram", "-5")

    def quote_stranger(tx: Connection) -> None:
        stranger = customers.ensure_address(tx, BOB, "en", NOON)
        for message_id, people in (("1", {stranger.id}), ("2", {stranger.id, world.person.id})):
            quoted_messages.record_quotes(tx, group, message_id, people, MessageCarrier.TEXT, NOON)
        other = Address("telegram", "-6")
        quoted_messages.record_quotes(tx, other, "2", {stranger.id}, MessageCarrier.TEXT, NOON)

    await any_db.write(quote_stranger)
    await move(world)
    found = await any_db.read(lambda tx: quoted_messages.list_by_customer(tx, world.person.id))
    assert sorted((target.to.id, target.message_id) for target in found) == [("-5", "1"), ("-5", "2"), ("-6", "2")]
