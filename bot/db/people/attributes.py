"""Attributes of customers as they were told, each with its time; the rules are `cjm.journeys.attributes`'.

Writers about one person wait for each other (`customers.lock_external_ids`): what is told is compared with what is
stored, and then written.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select

from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.upsert import Prepared, replace_columns
from bot.db.people.tables import customer_attribute_table
from cjm.journeys.attributes import KnownAttributes, ToldAttribute

_LAST = datetime.max.replace(tzinfo=UTC)
_SAVE = Prepared(customer_attribute_table, replace_columns("customer_id", "key", "since"))
_OTHER = customer_attribute_table.alias("other")


_SAME_KEY = (_OTHER.c.customer_id == customer_attribute_table.c.customer_id) & (
    _OTHER.c.key == customer_attribute_table.c.key
)


def _select_known() -> Select[Any]:
    table = customer_attribute_table
    held_first = select(func.max(_OTHER.c.since)).where(_SAME_KEY, _OTHER.c.since <= bindparam("first"))
    # Older values than the one that held at `first` are not read: somebody may have thousands of them.
    return select(table).where(
        table.c.customer_id.in_(bindparam("customer_ids", expanding=True)),
        table.c.since <= bindparam("last"),
        table.c.since >= func.coalesce(held_first.scalar_subquery(), table.c.since),
    )


_KNOWN = _select_known()


def list_known(tx: Connection, customer_ids: Iterable[int], first: datetime, last: datetime) -> KnownAttributes:
    """Return what decides who these people were at any moment from ``first`` to ``last``."""
    period = {"first": first, "last": last}
    chunks = split_into_chunks(sorted(set(customer_ids)))
    rows = (row for chunk in chunks for row in tx.execute(_KNOWN, {"customer_ids": chunk, **period}))
    return KnownAttributes(ToldAttribute(row.customer_id, row.key, row.since, row.value) for row in rows)


def find_latest(tx: Connection, customer_id: int) -> dict[str, Any]:
    """Return what was told last about a person, by key."""
    return list_known(tx, [customer_id], _LAST, _LAST).find_at(customer_id, _LAST)


def save_new(tx: Connection, known: KnownAttributes, told: Sequence[ToldAttribute]) -> list[ToldAttribute]:
    """Store what was told, also in ``known``, which must cover its times; return what was not known before."""
    new = {one[:3]: one for one in told if known.add(one)}  # of two for one moment, the one that holds comes last
    if new:
        tx.execute(_SAVE(tx), [one._asdict() for _, one in sorted(new.items())])
    return list(new.values())


def delete_superseded_values(tx: Connection, customer_ids: Sequence[int], before: datetime) -> None:
    """Delete what was replaced by ``before`` about these people; who they are from then on stays known."""
    table = customer_attribute_table
    newer = select(_OTHER.c.key).where(_SAME_KEY, _OTHER.c.since > table.c.since, _OTHER.c.since <= before)
    for people in split_into_chunks(customer_ids):
        tx.execute(delete(table).where(table.c.customer_id.in_(people), newer.exists()))
