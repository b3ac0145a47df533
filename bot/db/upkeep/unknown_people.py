"""People who exist only because an import named them: they go when nothing else is known of them."""

from collections.abc import Collection

from sqlalchemy import delete

from bot.db.asking.tables import answer_table, decision_table, invitation_table, mute_table, response_table
from bot.db.cases.tables import case_table
from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.imports.tables import imported_row_table
from bot.db.journeys.tables import stage_entry_table, visit_table
from bot.db.people.tables import customer_attribute_table, customer_table, link_table

_TABLES = (
    visit_table,
    answer_table,
    invitation_table,
    customer_attribute_table,
    case_table,
    link_table,
    imported_row_table,
    stage_entry_table,
    response_table,
    decision_table,
    mute_table,
)
_SETTINGS = ("address", "language", "timezone", "quiet_hours", "consent_at", "stopped_at", "unreachable_at")


def delete_unknown_people(tx: Connection, customer_ids: Collection[int]) -> int:
    """Delete those of these people of whom nothing is stored but their names; return how many.

    Lock them before, so that nothing about them comes meanwhile.
    """
    table, deleted = customer_table, 0
    has_nothing = [
        *(table.c[name].is_(None) for name in _SETTINGS),
        *(~other.select().where(other.c.customer_id == table.c.id).exists() for other in _TABLES),
    ]
    for people in split_into_chunks(sorted(customer_ids)):
        gone = delete(table).where(table.c.id.in_(people), *has_nothing).returning(table.c.id)
        deleted += len(tx.execute(gone).all())
    return deleted
