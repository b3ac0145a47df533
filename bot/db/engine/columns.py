"""Building blocks of the tables: one `metadata` for all rooms, and the column types of Tropa."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""All tables of all rooms; complete only after `bot.db.tables` was imported."""

Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only in a plain INTEGER column
Key = String(64)
"""Key of a journey, stage, touchpoint, survey, question or team, as its file or the settings spell it."""

Json: Any = JSON().with_variant(JSONB(), "postgresql")


def stored_enum(members: type[StrEnum], length: int) -> Enum:
    """Return the type of a VARCHAR column that holds a member's value; rows give members back.

    A value that is no member raises StatementError when it is written, LookupError when it is read.
    """
    return Enum(
        members,
        native_enum=False,
        length=length,
        validate_strings=True,
        values_callable=lambda kind: [member.value for member in kind],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Point in time: UTC in the database, aware in Python.

    A naive datetime raises StatementError: to store it, its zone would have to be guessed.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone: what it returns is the UTC that process_bind_param has written.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
