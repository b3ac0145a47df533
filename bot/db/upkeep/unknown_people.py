"""People who exist only because an import named them: they go when nothing else is known of them."""

from collections.abc import Collection

from sqlalchemy import delete, select

from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.people.tables import customer_table
from bot.db.tables import metadata

# Found and not listed: a row of a new table that names a person would go with them, and nobody would be told.
_NAMING = tuple(
    key.parent for table in metadata.sorted_tables for key in table.foreign_keys if key.column is customer_table.c.id
)
_SETTINGS = tuple(column for column in customer_table.c if column.nullable and column.name != "external_id")


def delete_unknown_people(tx: Connection, customer_ids: Collection[int]) -> int:
    """Delete those of these people of whom nothing is stored but their names; return how many.

    Lock them before, so that nothing about them comes meanwhile.
    """
    table, deleted = customer_table, 0
    has_nothing = [
        *(column.is_(None) for column in _SETTINGS),
        *(~select(column).where(column == table.c.id).exists() for column in _NAMING),
    ]
    for people in split_into_chunks(sorted(customer_ids)):
        gone = delete(table).where(table.c.id.in_(people), *has_nothing).returning(table.c.id)
        deleted += len(tx.execute(gone).all())
    return deleted
