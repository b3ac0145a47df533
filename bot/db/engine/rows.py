"""Rows become values by column, never by position.

A query may gain, lose or reorder columns, and no value ends up in the wrong field. In a join two tables may have
columns of the same name; the column itself (``customer_table.c.id``) still names one value.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Row, Select, Table, select

from cjm.address import Address

T = TypeVar("T")
ReadRow = Callable[[Row[Any]], T]


def field_names(record: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass or named tuple, in their order."""
    names: tuple[str, ...] | None = getattr(record, "_fields", None)  # a named tuple's
    return names or tuple(field.name for field in fields(record))


def select_record(record: type[Any], table: Table) -> Select[Any]:
    """Return a SELECT of the columns of ``table`` that are the fields of a ``record``, and of no others."""
    return select(*(table.c[name] for name in field_names(record)))


def row_reader(record: type[T], table: Table, **sources: str | ReadRow[Any]) -> ReadRow[T]:
    """Return a function that makes a ``record`` (a dataclass or named tuple) from a row with the columns of ``table``.

    Each field comes from the column with its name. ``sources`` names the exceptions: another column, as in
    ``number="id"``, or a function of the row. Columns without a field are not read. Raises KeyError at once when a
    field has no column.
    """
    computed = {name: source for name, source in sources.items() if callable(source)}
    renamed = {name: source for name, source in sources.items() if isinstance(source, str)}
    names = [name for name in field_names(record) if name not in computed]
    read = itemgetter(*[table.c[renamed.get(name, name)] for name in names])

    def read_row(row: Row[Any]) -> T:
        values = dict(zip(names, read(row._mapping), strict=True))
        for name, compute in computed.items():
            values[name] = compute(row)
        return record(**values)

    return read_row


def address_reader(table: Table) -> ReadRow[Address | None]:
    """Return a function that reads the columns ``messenger`` and ``address`` of ``table``; None where they are NULL."""
    columns = itemgetter(table.c.messenger, table.c.address)

    def read_address(row: Row[Any]) -> Address | None:
        messenger, address = columns(row._mapping)
        return Address(messenger, address) if messenger and address else None

    return read_address


def row_writer(record: type[Any]) -> Callable[[Any], dict[str, Any]]:
    """Return a function that gives the fields of a ``record`` by name, as columns to insert.

    Unlike ``dataclasses.asdict`` it copies no values: copying took a third of an import's time.
    """
    names = field_names(record)
    if len(names) == 1:  # of one name `attrgetter` returns no tuple
        return lambda value: {names[0]: getattr(value, names[0])}
    read = attrgetter(*names)
    return lambda value: dict(zip(names, read(value), strict=True))


def changes_row(tx: Connection, statement: Executable) -> bool:
    """Run an INSERT, UPDATE or DELETE that ends in RETURNING; return whether it changed a row."""
    return tx.execute(statement).first() is not None
