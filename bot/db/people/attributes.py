"""Attributes of customers as they were told, each with its time; the rules are `cjm.journeys.attributes`'.

Writers about one person wait for each other (`customers.lock_external_ids`): what is told is compared with what is
stored, and then written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, func, select, update

from bot.db.engine.chunks import is_one_of, split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedQuery
from bot.db.engine.rows import row_reader
from bot.db.engine.upsert import Prepared, replace_columns
from bot.db.people.tables import customer_attribute_table
from cjm.journeys.attributes import KnownAttributes, ToldAttribute, canonical_value

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
        is_one_of(table.c.customer_id, "customer_ids"),
        table.c.since <= bindparam("last"),
        table.c.since >= func.coalesce(held_first.scalar_subquery(), table.c.since),
    )


_KNOWN = PreparedQuery(ToldAttribute, _select_known())
_told_from_row = row_reader(ToldAttribute, customer_attribute_table)
_IMPORTED_AT = select(customer_attribute_table).where(
    customer_attribute_table.c.customer_id.in_(bindparam("customer_ids", expanding=True)),
    customer_attribute_table.c.since.in_(bindparam("times", expanding=True)),
    customer_attribute_table.c.imported.is_(True),
)
_IS_AT = (
    (customer_attribute_table.c.customer_id == bindparam("person"))
    & (customer_attribute_table.c.key == bindparam("attribute"))
    & (customer_attribute_table.c.since == bindparam("moment"))
)
_DELETE_AT = delete(customer_attribute_table).where(_IS_AT)
_EXCHANGE_AT = update(customer_attribute_table).where(_IS_AT)

AttributePlace = tuple[int, str, datetime]
"""Customer's id, key, and the time since which a value holds."""


class AttributeChange(NamedTuple):
    """Value that was taken back, and what holds in its place; None: nothing."""

    before: ToldAttribute
    after: Any

    @property
    def is_real(self) -> bool:
        """True if another value holds now, or none."""
        return self.after is None or canonical_value(self.after) != canonical_value(self.before.value)


def list_known(tx: Connection, customer_ids: Iterable[int], first: datetime, last: datetime) -> KnownAttributes:
    """Return what decides who these people were at any moment from ``first`` to ``last``."""
    people = sorted(set(customer_ids))
    return KnownAttributes(_KNOWN.list_records(tx, {"customer_ids": people, "first": first, "last": last}))


def find_latest(tx: Connection, customer_id: int) -> dict[str, Any]:
    """Return what was told last about a person, by key."""
    return list_known(tx, [customer_id], _LAST, _LAST).find_at(customer_id, _LAST)


def save_new(tx: Connection, known: KnownAttributes, told: Sequence[ToldAttribute]) -> list[ToldAttribute]:
    """Store what was told, also in ``known``, which must cover its times; return what was not known before."""
    changed = {one[:3] for one in told if known.add(one)}
    new = [known.find_told(*place) for place in sorted(changed)]
    if new:
        _SAVE.run_many(tx, [one._asdict() for one in new])
    return new


def take_back(
    tx: Connection, places: Collection[AttributePlace], remaining: Mapping[AttributePlace, Any]
) -> list[AttributeChange]:
    """Exchange values that imports told for the ``remaining`` ones of their places, or delete them without one.

    Return what changed. Values that something else told too stay.
    """
    changes = [AttributeChange(one, remaining.get(one[:3])) for one in _list_imported_at(tx, places)]
    changes = [change for change in changes if change.is_real]
    gone = [_by_place(change.before) for change in changes if change.after is None]
    exchanged = [_by_place(change.before) | {"value": change.after} for change in changes if change.after is not None]
    if gone:
        tx.execute(_DELETE_AT, gone)
    if exchanged:
        tx.execute(_EXCHANGE_AT, exchanged)
    return changes


def _list_imported_at(tx: Connection, places: Collection[AttributePlace]) -> Iterator[ToldAttribute]:
    for chunk in split_into_chunks(sorted({place[0] for place in places})):
        people = set(chunk)
        times = list({place[2] for place in places if place[0] in people})
        for moments in split_into_chunks(times):
            for row in tx.execute(_IMPORTED_AT, {"customer_ids": chunk, "times": moments}):
                if (told := _told_from_row(row))[:3] in places:
                    yield told


def _by_place(told: ToldAttribute) -> dict[str, Any]:
    return {"person": told.customer_id, "attribute": told.key, "moment": told.since}


def delete_superseded_values(tx: Connection, customer_ids: Sequence[int], before: datetime) -> None:
    """Delete what was replaced by ``before`` about these people; who they are from then on stays known."""
    table = customer_attribute_table
    newer = select(_OTHER.c.key).where(_SAME_KEY, _OTHER.c.since > table.c.since, _OTHER.c.since <= before)
    for people in split_into_chunks(customer_ids):
        tx.execute(delete(table).where(table.c.customer_id.in_(people), newer.exists()))
