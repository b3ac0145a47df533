"""Mutes: touchpoints and stages that people do not want to be asked about, until they take that back.

Invariants:

* A mute is stored under the name that its subject had when the person was asked, and is never rewritten. It holds under
  every later name; `cjm.asking.subject_names` tells which.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, delete, select

from bot.db.asking.tables import mute_table
from bot.db.engine.chunks import is_one_of
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.upsert import insert
from cjm.asking.subject_names import SubjectName

_BY_CUSTOMERS = PreparedStatement(
    select(mute_table)
    .where(is_one_of(mute_table.c.customer_id, "customer_ids"))
    .order_by(mute_table.c.journey, mute_table.c.subject, mute_table.c.version)
)
_DELETE = delete(mute_table).where(
    mute_table.c.customer_id == bindparam("person"),
    mute_table.c.journey == bindparam("of"),
    mute_table.c.subject == bindparam("key"),
    mute_table.c.version == bindparam("at"),
)


def mute(tx: Connection, customer_id: int, subject: SubjectName) -> None:
    """Do not ask this person about a touchpoint or stage any more."""
    columns = {"journey": subject.journey, "subject": subject.key, "version": subject.version}
    statement = insert(tx, mute_table).values(customer_id=customer_id, **columns)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["customer_id", *columns]))


def unmute(tx: Connection, customer_id: int, subjects: Iterable[SubjectName]) -> None:
    """End this person's mutes that are stored under these names."""
    wanted = [{"person": customer_id, "of": s.journey, "key": s.key, "at": s.version} for s in subjects]
    if wanted:
        tx.execute(_DELETE, wanted)


def unmute_everything(tx: Connection, customer_id: int) -> None:
    tx.execute(delete(mute_table).where(mute_table.c.customer_id == customer_id))


def list_by_customer(tx: Connection, customer_id: int) -> list[SubjectName]:
    """Return the subjects that this person muted, in order of journey and key."""
    return list_by_customers(tx, [customer_id])[customer_id]


def list_by_customers(tx: Connection, customer_ids: Iterable[int]) -> dict[int, list[SubjectName]]:
    """Return for each of these people the subjects that they muted."""
    people = sorted(set(customer_ids))
    mutes: dict[int, list[SubjectName]] = {person: [] for person in people}
    for row in _BY_CUSTOMERS.list_rows(tx, {"customer_ids": people}):
        mutes[row.customer_id].append(SubjectName(row.journey, row.version, row.subject))
    return mutes
