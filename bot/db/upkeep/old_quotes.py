"""Old quotes: messages to teams and managers that show people's words and were sent long ago."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select

from bot.db.cases.tables import case_table
from bot.db.delivery.message_subjects import SubjectKind
from bot.db.delivery.recalls import RecallTarget
from bot.db.delivery.tables import message_ref_table, quoted_message_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.people.tables import customer_table
from cjm.address import Address

_TEAM_KINDS = (SubjectKind.CARD, SubjectKind.TEAM_MESSAGE)
_KEY = ("messenger", "address", "message_id")
_IS_SAME = and_(*(message_ref_table.c[name] == quoted_message_table.c[name] for name in _KEY))


def list_case_messages(tx: Connection, numbers: Sequence[int]) -> Iterator[RecallTarget]:
    """Yield our messages about these cases in the chats that look after them."""
    ref = message_ref_table.c
    columns = (ref.messenger, ref.address, ref.message_id, ref.ref, quoted_message_table.c.carrier)
    messages = select(*columns).distinct().select_from(message_ref_table.outerjoin(quoted_message_table, _IS_SAME))
    for chunk in split_into_chunks(numbers):
        for row in tx.execute(messages.where(ref.kind.in_(_TEAM_KINDS), ref.ref.in_(chunk)).order_by(ref.ref)):
            yield RecallTarget(Address(row.messenger, row.address), row.message_id, row.carrier, row.ref)


def list_old_quotes(tx: Connection, before: datetime, limit: int) -> list[RecallTarget]:
    """Return messages that quote people and were sent before this time, the oldest first.

    Messages about a case that is stored are left out, and those in the chat of the person whom they quote.
    """
    quoted = quoted_message_table.c
    is_about_case = (
        select(case_table.c.id)
        .join(message_ref_table, message_ref_table.c.ref == case_table.c.id)
        .where(message_ref_table.c.kind.in_(_TEAM_KINDS), _IS_SAME)
    )
    is_own_chat = and_(customer_table.c.messenger == quoted.messenger, customer_table.c.address == quoted.address)
    old = (
        select(quoted_message_table)
        .join(customer_table, customer_table.c.id == quoted.customer_id)
        .where(quoted.at < before, ~is_about_case.exists(), or_(customer_table.c.address.is_(None), ~is_own_chat))
        .order_by(quoted.at)
    )
    found = {}
    for row in tx.execute(old.limit(limit)):
        to = Address(row.messenger, row.address)
        found[to, row.message_id] = RecallTarget(to, row.message_id, row.carrier)
    return list(found.values())
