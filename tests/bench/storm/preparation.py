"""Prepare a company whose customers have a question open each, straight in the database; check what is stored after."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.conversation.context import load_context
from bot.conversation.opening import open_conversation, record_message
from bot.db.asking import invitations
from bot.db.asking.tables import answer_table
from bot.db.delivery import letters
from bot.db.engine.database import Connection, Database
from bot.db.journeys import journeys
from bot.db.people import customers
from bot.db.upkeep import counter_check
from bot.usecases.asking.ask_due import ask_due_batch
from bot.usecases.asking.record_visits import record_events
from cjm.address import Address
from cjm.asking.decision import AskingRules
from cjm.asking.invitation_state import InvitationState
from cjm.journeys.journey_file import read_journey
from cjm.journeys.visit import Event
from tests.usecases.asking.world import JOURNEY

BATCH = 500
RULES = AskingRules(timedelta(), timedelta(), timedelta(), 0, None)

Chat = tuple[int, int]
"""A person's chat, and the message with their question."""


async def prepare_questions(url: str, chats: Sequence[Chat]) -> None:
    """Store a customer for each chat, with the question that its message shows; the invitations count from 1."""
    db, now = Database(url), datetime.now(UTC)
    await db.write(lambda tx: journeys.apply(tx, read_journey(JOURNEY, "shop.toml"), JOURNEY, now=now))
    for first in range(0, len(chats), BATCH):
        await db.write(lambda tx: _ask(tx, chats, first, now))  # noqa: B023 - awaited before the loop goes on
    await db.close()


def _ask(tx: Connection, chats: Sequence[Chat], first: int, now: datetime) -> None:
    part = chats[first : first + BATCH]
    known = customers.ensure_external_ids(tx, [f"{chat:012}" for chat, _ in part], now)
    agreed = {"messenger": "telegram", "language": "en", "consent_at": now}
    addresses = {known[f"{chat:012}"].id: agreed | {"address": str(chat)} for chat, _ in part}
    customers.update_customers(tx, addresses)
    events = [Event(f"e{chat}", f"{chat:012}", "shop", now, touchpoint="delivery") for chat, _ in part]
    record_events(tx, events, RULES, now)
    while ask_due_batch(tx, RULES, now)[0]:
        pass
    shown_in = {str(chat): message for chat, message in part}
    for invitation in invitations.list_by_states(tx, [InvitationState.RESERVED]):
        context = load_context(tx, invitation.id)
        assert context is not None
        assert context.customer.address is not None
        message = shown_in[context.customer.address.id]
        assert (int(context.customer.address.id), message) == chats[invitation.id - 1]  # the buttons name the numbers
        opened = open_conversation(tx, context, now, timedelta(days=7))
        record_message(tx, opened, Address("telegram", context.customer.address.id), str(message), now)
    letters.mark_all_sent(tx, now)


async def check_stored(url: str, people: int) -> None:
    """Check that each of so many people has one answer, and that the counters are those of the answers."""
    db = Database(url)
    try:
        stored = await db.read(lambda tx: tx.execute(select(answer_table.c.customer_id)).scalars().all())
        wrong = await db.read(lambda tx: counter_check.list_wrong_counters(tx, journeys.list_current(tx)["shop"]))
    finally:
        await db.close()
    assert (len(stored), len(set(stored)), wrong) == (people, people, [])
