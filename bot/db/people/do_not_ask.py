"""Forgotten people whom nothing that the business sends may have asked again.

Invariants:

* Forgetting puts a person here, by a keyed hash of the business's id: nothing else of them stays.
* Only their own new consent takes them from here, and that takes a new personal link: the old ones went with them.
* The list is never emptied by time. An id that the business uses for somebody else is that person's for Tropa.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.db.engine import upsert
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.people import person_hash
from bot.db.people.tables import do_not_ask_table

_ANY = PreparedStatement(select(do_not_ask_table.c.person).limit(1))
_LISTED = select(do_not_ask_table.c.person).where(
    do_not_ask_table.c.person.in_(bindparam("hashes", expanding=True)),
)


def add_person(tx: Connection, external_id: str, now: datetime) -> None:
    """Put a person on the list, unless they stand there."""
    new = {"person": person_hash.hash_external_id(tx, external_id), "at": now}
    statement = upsert.insert(tx, do_not_ask_table).values(new)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["person"]))


def remove_person(tx: Connection, external_id: str) -> None:
    """Take a person from the list, because they consented again."""
    hashed = person_hash.hash_external_id(tx, external_id)
    tx.execute(delete(do_not_ask_table).where(do_not_ask_table.c.person == hashed))


def list_listed(tx: Connection, external_ids: Iterable[str]) -> set[str]:
    """Return those of these people who stand on the list."""
    wanted = set(external_ids)
    if not wanted or _ANY.find_row(tx, {}) is None:  # most businesses forget few people, and events come in thousands
        return set()
    by_hash = person_hash.hash_external_ids(tx, wanted)
    chunks = split_into_chunks(sorted(by_hash))
    return {by_hash[row.person] for hashes in chunks for row in tx.execute(_LISTED, {"hashes": hashes})}
