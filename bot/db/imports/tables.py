"""Tables of imports: the units, and the rows of their files.

Facts (answers, visits) name the row that they came from. ``sqlite_autoincrement`` keeps the ids of rows that were taken
back from being given again.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from bot.db.engine.columns import Id, Key, UtcDateTime, metadata
from cjm.tables.import_name import MOST_IN_AN_IMPORT_NAME

# None is NULL and not JSON's null: most rows tell nothing, and a search for those that do skips them.
_Told: Any = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
_HAS_NO_DAY = text("day IS NULL")

table_import_table = Table(
    "table_import",
    metadata,
    Column("id", Id, primary_key=True),
    Column("journey", Key, nullable=False),
    Column("name", String(MOST_IN_AN_IMPORT_NAME), nullable=False),
    Column("kind", String(8), nullable=False),  # answers | events
    Column("day", Date),  # the mapping's; two days of one name are two units
    Column("salt", LargeBinary(16), nullable=False),  # key of the hashes of its rows' names
    Column("run", Integer, nullable=False),  # counts from 1; the number of the last run that began
    # The last run that came to the end of its file; -1: all rows that could be were taken back since.
    Column("finished_run", Integer, nullable=False, server_default="0"),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Index("uq_table_import_unit", "journey", "name", "kind", "day", unique=True),
    Index(  # NULL is equal to no other NULL: the index above does not see two units without a day
        "uq_table_import_without_day",
        "journey",
        "name",
        "kind",
        unique=True,
        sqlite_where=_HAS_NO_DAY,
        postgresql_where=_HAS_NO_DAY,
    ),
    sqlite_autoincrement=True,
)

imported_row_table = Table(
    "imported_row",
    metadata,
    Column("id", Id, primary_key=True),
    Column("import_id", Id, ForeignKey("table_import.id", ondelete="CASCADE"), nullable=False),
    Column("name", LargeBinary(16), nullable=False),  # keyed hash: names may be addresses of people
    Column("content", LargeBinary(16), nullable=False),  # digest of what the row says, comparable between imports
    Column("run", Integer, nullable=False),  # the last run that saw it
    Column("line", Integer, nullable=False),  # where that run saw it
    Column("customer_id", Id, ForeignKey("customer.id", ondelete="SET NULL"), index=True),
    Column("told", _Told),  # attributes by time; NULL: none
    Column("erased", Boolean, nullable=False, server_default=false()),  # its facts were forgotten or retired
    Index("uq_imported_row_name", "import_id", "name", unique=True),
    Index("ix_imported_row_content", "content", "import_id"),
    sqlite_autoincrement=True,
)
