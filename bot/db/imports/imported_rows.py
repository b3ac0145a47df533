"""Rows of imports: found by name, marked as seen, corrected, counted, and erased.

Invariants:

* A row whose facts were forgotten or retired is erased: it names nobody, tells nothing, and its content is empty. Its
  name stays, also when its import is taken back, so that no file brings its facts back. The name is a hash whose key is
  in the same database: a copy of all of it can still confirm that a file had a row of this name.
* A batch costs a few statements however many of its rows are known.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from bot.db.engine.chunks import split_into_chunks
from bot.db.engine.database import Connection
from bot.db.engine.prepared_statement import PreparedStatement
from bot.db.engine.rows import row_reader, row_writer
from bot.db.imports.table_imports import TableImport
from bot.db.imports.tables import imported_row_table, table_import_table
from cjm.journeys.attributes import ToldAttribute

Told = Mapping[str, Mapping[str, Any]]
"""What a row tells about its customer: attributes by the moment (ISO, UTC) since which they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImportedRow:
    """Row before it is stored; ``name`` is the hash of its name, ``told`` is None if it tells nothing."""

    import_id: int
    name: bytes
    content: bytes
    run: int
    line: int
    customer_id: int | None
    told: Told | None = None

    def list_told(self) -> Iterator[ToldAttribute]:
        """Yield what the row tells about its customer."""
        if self.customer_id is not None:
            for since, attributes in (self.told or {}).items():
                for key, value in attributes.items():
                    yield ToldAttribute(self.customer_id, key, datetime.fromisoformat(since), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow(NewImportedRow):
    """Stored row. An ``erased`` one is never stored again and never corrected."""

    id: int
    erased: bool = False


_table = imported_row_table
_row_columns = row_writer(NewImportedRow)
_from_row = row_reader(ImportedRow, _table)
_BY_NAMES = select(_table).where(
    _table.c.import_id == bindparam("import_id"), _table.c.name.in_(bindparam("names", expanding=True))
)
_LAST_ID = select(func.coalesce(func.max(_table.c.id), 0))
_IDS_SINCE = select(_table.c.id, _table.c.name).where(
    # As an expression the unit has no index: SQLite would look through all its rows for the last few.
    _table.c.import_id + 0 == bindparam("import_id"),
    _table.c.id > bindparam("last_id"),
)
_BY_IDS = select(_table).where(_table.c.id.in_(bindparam("ids", expanding=True))).order_by(_table.c.id)
_TELLING = select(_table).where(
    _table.c.customer_id.in_(bindparam("customer_ids", expanding=True)), _table.c.told.is_not(None)
)
_INSERT = PreparedStatement(insert(_table))
_SEEN = update(_table).where(_table.c.id.in_(bindparam("ids", expanding=True))).values(run=bindparam("seen_run"))
_CHANGE = update(_table).where(_table.c.id == bindparam("row_id"))


def find_by_names(tx: Connection, import_id: int, names: Iterable[bytes]) -> dict[bytes, ImportedRow]:
    """Return the rows of a unit with these names, by name."""
    wanted = list(dict.fromkeys(names))
    return {
        row.name: _from_row(row)
        for chunk in split_into_chunks(wanted)
        for row in tx.execute(_BY_NAMES, {"import_id": import_id, "names": chunk})
    }


def list_by_ids(tx: Connection, ids: Sequence[int]) -> list[ImportedRow]:
    """Return those of these rows that are still there, as they are now."""
    return [_from_row(row) for chunk in split_into_chunks(ids) for row in tx.execute(_BY_IDS, {"ids": chunk})]


def insert_rows(tx: Connection, rows: Sequence[NewImportedRow]) -> dict[bytes, int]:
    """Store new rows of one unit, which is locked; return their ids by name."""
    if not rows:
        return {}
    last_id = tx.scalar(_LAST_ID)
    _INSERT.run_many(tx, [_row_columns(row) for row in rows])  # RETURNING would take a statement for each
    # The unit is locked: all its rows with later ids are these. A search by their names would take longer.
    stored = tx.execute(_IDS_SINCE, {"import_id": rows[0].import_id, "last_id": last_id})
    return {row.name: row.id for row in stored}


def save_corrected(tx: Connection, rows: Mapping[int, NewImportedRow]) -> None:
    """Store what rows say now, by id, with their run and line."""
    if rows:
        tx.execute(_CHANGE, [{"row_id": number} | _row_columns(row) for number, row in rows.items()])


def mark_seen(tx: Connection, run: int, seen: Sequence[tuple[ImportedRow, int]]) -> None:
    """Store that a run saw these rows, each with the line on which it stands now."""
    for chunk in split_into_chunks(sorted({row.id for row, _ in seen})):
        tx.execute(_SEEN, {"ids": chunk, "seen_run": run})
    moved = [{"row_id": row.id, "line": line} for row, line in seen if row.line != line]
    if moved:
        tx.execute(_CHANGE, moved)


def _is_missing(unit: TableImport) -> ColumnElement[bool]:
    return (_table.c.import_id == unit.id) & (_table.c.run != unit.run) & _table.c.erased.is_(False)


def count_missing(tx: Connection, unit: TableImport) -> int:
    """Return how many rows the unit's run did not see; erased ones have nothing that could be missed."""
    return tx.scalar(select(func.count()).select_from(_table).where(_is_missing(unit))) or 0


def count_people(tx: Connection, unit: TableImport) -> int:
    """Return how many people the rows are about that the unit's run saw."""
    people = func.count(_table.c.customer_id.distinct())
    return tx.scalar(select(people).where(_table.c.import_id == unit.id, _table.c.run == unit.run)) or 0


def list_missing(tx: Connection, unit: TableImport, limit: int) -> list[ImportedRow]:
    """Return rows that the unit's run did not see, at most ``limit``, in the order of their earlier files."""
    missing = select(_table).where(_is_missing(unit)).order_by(_table.c.run, _table.c.line, _table.c.id).limit(limit)
    return [_from_row(row) for row in tx.execute(missing)]


def list_rows(tx: Connection, import_id: int, limit: int, *, after_id: int = 0) -> list[ImportedRow]:
    """Return the next rows of a unit that are not erased, at most ``limit``, in the order of their ids."""
    # An expression again: by the index of names all rows of the unit would be read and sorted for the first few.
    is_held = (_table.c.import_id + 0 == import_id) & (_table.c.id > after_id) & _table.c.erased.is_(False)
    return [_from_row(row) for row in tx.execute(select(_table).where(is_held).order_by(_table.c.id).limit(limit))]


def count_rows(tx: Connection, import_id: int, *, erased: bool = False) -> int:
    """Return how many rows a unit holds; with ``erased``, how many of it are erased."""
    is_meant = (_table.c.import_id == import_id) & _table.c.erased.is_(erased)
    return tx.scalar(select(func.count()).select_from(_table).where(is_meant)) or 0


def count_equal_contents(
    tx: Connection, journey: str, in_file: Mapping[bytes, int], except_id: int | None
) -> dict[str, int]:
    """Return how many of a file's rows each other import holds with the same content, by the import's name.

    ``in_file`` counts the file's rows by content: of equal ones, an import holds as many as it has itself. Erased rows
    have no content and equal none.
    """
    units = table_import_table
    found: defaultdict[str, int] = defaultdict(int)
    n = func.count().label("n")
    for chunk in split_into_chunks(list(in_file)):
        equal = (
            select(units.c.name, _table.c.import_id, _table.c.content, n)
            .join(units, units.c.id == _table.c.import_id)
            .where(_table.c.content.in_(chunk), units.c.journey == journey, units.c.id != (except_id or 0))
            .group_by(units.c.name, _table.c.import_id, _table.c.content)
        )
        for row in tx.execute(equal):
            found[row.name] += min(row.n, in_file[row.content])
    return dict(found)


def list_telling(tx: Connection, customer_ids: Collection[int]) -> list[ImportedRow]:
    """Return all rows that tell something about these people."""
    people = sorted(set(customer_ids))
    chunks = split_into_chunks(people)
    return [_from_row(row) for chunk in chunks for row in tx.execute(_TELLING, {"customer_ids": chunk})]


# The digest of a content has no key: it would confirm a guess about what somebody said who was forgotten.
_AS_ERASED = {"erased": True, "customer_id": None, "told": None, "content": b""}


def mark_erased(tx: Connection, ids: Sequence[int]) -> None:
    """Mark rows whose facts are gone for good; they name nobody any more."""
    for chunk in split_into_chunks(ids):
        tx.execute(update(_table).where(_table.c.id.in_(chunk)).values(_AS_ERASED))


def mark_erased_by_customer(tx: Connection, customer_id: int) -> None:
    """Mark all rows of a person who is forgotten."""
    tx.execute(update(_table).where(_table.c.customer_id == customer_id).values(_AS_ERASED))


def delete_rows(tx: Connection, ids: Sequence[int]) -> None:
    """Delete what is known of rows; take their facts back before."""
    for chunk in split_into_chunks(ids):
        tx.execute(delete(_table).where(_table.c.id.in_(chunk)))
