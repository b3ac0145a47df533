"""Building blocks of the tables: one `metadata` for all rooms, and the column types of Tropa."""

import functools
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

ONLY_ON = "only on"
"""Key of an index's `info`: the name of the one dialect that has it; others are without it."""

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


_MOST_REMEMBERED = 4096  # times, written and read
_NAIVE = "a naive datetime cannot be stored"


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
            raise ValueError(_NAIVE)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    # On SQLite the two ways that SQLAlchemy chains, its own and ours, would take three times as long: a list of two
    # hundred events has six thousand times.

    def bind_processor(self, dialect: Dialect) -> Any:
        return _write_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return _read_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite keeps no zone: what it returns is the UTC that process_bind_param has written.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _write_text(value: datetime | None) -> str | None:
    """Return a time as SQLAlchemy writes it to SQLite: UTC, to the microsecond, without a zone."""
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(_NAIVE)
    # Of other zones equal times may be different moments, when clocks are set back: they are not remembered.
    return _write_utc(value if value.tzinfo is UTC else value.astimezone(UTC))


@functools.lru_cache(_MOST_REMEMBERED)  # one event stores its time four times, and all of a list the time of its coming
def _write_utc(value: datetime) -> str:
    return value.isoformat(" ", "microseconds").removesuffix("+00:00")


@functools.lru_cache(_MOST_REMEMBERED)
def _read_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")
