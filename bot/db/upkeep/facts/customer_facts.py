"""Facts of a person who turns out to be another one: they become that customer's, and are counted again.

A walk-in answered and was somewhere before the business knew who they are. What tables of facts name a person stands in
`FACT_TABLES`; cases, quotes and letters follow with the account (`bot.db.cases.strangers`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, exists, select, update

from bot.db.asking.recounting import recount
from bot.db.asking.tables import answer_table, decision_table, invitation_table, mute_table, response_table
from bot.db.diary.tables import diary_table
from bot.db.engine.database import Connection
from bot.db.imports.tables import imported_row_table
from bot.db.journeys.tables import visit_table
from cjm.journeys.journey import Journey

COUNTED_TABLES = (visit_table, invitation_table, answer_table)
FACT_TABLES = (*COUNTED_TABLES, decision_table, response_table, diary_table, imported_row_table)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """Day on which something about a person is counted."""

    customer_id: int
    day: date


def move_facts(tx: Connection, from_id: int, into_id: int, in_force: Mapping[str, Journey]) -> None:
    """Make all that one customer did the other's; counters follow, as if it had been theirs from the beginning."""
    days = _list_days(tx, from_id)
    for key, counted in days.items():
        changing = [CountedDay(person, day) for person in (from_id, into_id) for day in counted]
        with recount(tx, in_force[key], changing):
            for table in COUNTED_TABLES:
                is_meant = (table.c.customer_id == from_id) & (table.c.journey == key)
                tx.execute(update(table).where(is_meant).values(customer_id=into_id))
    for table in FACT_TABLES:
        tx.execute(update(table).where(table.c.customer_id == from_id).values(customer_id=into_id))
    _move_mutes(tx, from_id, into_id)


def _list_days(tx: Connection, customer_id: int) -> dict[str, set[date]]:
    """Return the days on which something of this person is counted, by journey."""
    days: dict[str, set[date]] = {}
    for table in COUNTED_TABLES:
        query = select(table.c.journey, table.c.day).where(table.c.customer_id == customer_id).distinct()
        for row in tx.execute(query):
            days.setdefault(row.journey, set()).add(row.day)
    return days


def _move_mutes(tx: Connection, from_id: int, into_id: int) -> None:
    other = mute_table.alias()
    is_same = (other.c.journey == mute_table.c.journey) & (other.c.subject == mute_table.c.subject)
    is_there = exists().where(other.c.customer_id == into_id, is_same, other.c.version == mute_table.c.version)
    tx.execute(delete(mute_table).where(mute_table.c.customer_id == from_id, is_there))
    tx.execute(update(mute_table).where(mute_table.c.customer_id == from_id).values(customer_id=into_id))
