"""Imports: each one named unit of a journey, with its runs.

Invariants:

* A unit is known by journey, name, kind and day. Every run of it has a number, and rows keep the number of the last run
  that saw them.
* Each batch of a run locks its unit and stops when another run has begun since: two runs side by side would each take
  the rows of the other for missing.
* A unit that was taken back stays if it has erased rows: a later import of its name goes on with it, and the people who
  were forgotten stay away.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, case, delete, exists, func, insert, select, update

from bot.db.engine.database import Connection
from bot.db.engine.rows import row_reader
from bot.db.imports.tables import imported_row_table, table_import_table
from cjm.errors import TropaError

HASH_BYTES = 16
_TAKEN_BACK = -1  # instead of the number of the last run that came to its end


class ImportOvertaken(TropaError):  # noqa: N818 - an outcome, as its parent's other children are named
    """Import whose unit another run has taken over, or has taken back, since it began."""


_MADE_UP = "import-"
MADE_UP_CUSTOMER = _MADE_UP + "_" * (2 * HASH_BYTES)
"""Pattern (SQL) of the ids that are given to rows without a customer: each is a person of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableImport:
    """One named unit of rows that were imported; ``run`` is the number of the run that works on it."""

    id: int
    journey: str
    name: str
    kind: str
    day: date | None
    salt: bytes
    run: int
    finished_run: int
    first_at: datetime
    last_at: datetime

    def hash_name(self, row_name: str) -> bytes:
        """Return the hash by which a row is stored: without the unit's salt it tells nothing of the row's name."""
        return hashlib.blake2b(row_name.encode("utf-8", "replace"), digest_size=HASH_BYTES, key=self.salt).digest()

    def name_customer(self, row_name: str) -> str:
        """Return a customer's id for a row that names none: rows of other units are other people."""
        return f"{_MADE_UP}{self.hash_name(row_name).hex()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSummary:
    """Unit as it is listed: the ``rows`` that it holds, and those that lost their facts for good (``erased``)."""

    name: str
    kind: str
    day: date | None
    rows: int
    erased: int
    last_at: datetime
    is_finished: bool
    is_taken_back: bool


_table = table_import_table
_from_row = row_reader(TableImport, _table)
_BY_ID = select(_table).where(_table.c.id == bindparam("id"))
_LOCKED = _BY_ID.with_for_update()


def find_unit(tx: Connection, journey: str, name: str, kind: str, day: date | None) -> TableImport | None:
    """Return the unit with this name, kind and day."""
    is_meant = (_table.c.journey == journey) & (_table.c.name == name) & (_table.c.kind == kind)
    row = tx.execute(select(_table).where(is_meant, _table.c.day.is_not_distinct_from(day))).first()
    return _from_row(row) if row else None


def list_by_name(tx: Connection, journey: str, name: str) -> list[TableImport]:
    """Return all units of a name: of either kind and of every day."""
    rows = tx.execute(select(_table).where(_table.c.journey == journey, _table.c.name == name).order_by(_table.c.id))
    return [_from_row(row) for row in rows]


def list_with_erased_rows(tx: Connection, journey: str, except_id: int | None) -> list[TableImport]:
    """Return the units of a journey, but for one, that have erased rows."""
    rows = imported_row_table
    has_erased = exists().where(rows.c.import_id == _table.c.id, rows.c.erased.is_(True))
    found = select(_table).where(_table.c.journey == journey, _table.c.id != (except_id or 0), has_erased)
    return [_from_row(row) for row in tx.execute(found.order_by(_table.c.id))]


def start_run(tx: Connection, journey: str, name: str, kind: str, day: date | None, now: datetime) -> TableImport:
    """Begin a run of a unit, which is made at its first; a run of it that is under way ends with ImportOvertaken."""
    unit = find_unit(tx, journey, name, kind, day)
    if unit is not None:
        changes = {"run": _table.c.run + 1, "last_at": now, "finished_run": max(unit.finished_run, 0)}
        began = update(_table).where(_table.c.id == unit.id).values(changes)
        return _from_row(tx.execute(began.returning(_table)).one())
    new = insert(_table).values(
        journey=journey,
        name=name,
        kind=kind,
        day=day,
        salt=secrets.token_bytes(HASH_BYTES),
        run=1,
        first_at=now,
        last_at=now,
    )
    return _from_row(tx.execute(new.returning(_table)).one())


def lock(tx: Connection, unit: TableImport) -> None:
    """Make other writers of a unit wait until the end of ``tx``. Raises ImportOvertaken unless its run is the last."""
    row = tx.execute(_LOCKED, {"id": unit.id}).first()
    if row is None or (row.run != unit.run and row.finished_run == _TAKEN_BACK):
        raise ImportOvertaken(f'the import "{unit.name}" was taken back meanwhile; import the file again')
    if row.run != unit.run:
        raise ImportOvertaken(f'another import of "{unit.name}" has begun meanwhile; wait for it, then import again')


def finish_run(tx: Connection, unit: TableImport) -> None:
    """Mark that a run came to the end of its file: rows that it did not see are missing there."""
    lock(tx, unit)
    tx.execute(update(_table).where(_table.c.id == unit.id).values(finished_run=unit.run))


def mark_taken_back(tx: Connection, unit: TableImport) -> None:
    """Mark that only erased rows are left of a unit; a run of it that is under way ends with ImportOvertaken."""
    changes = {"run": _table.c.run + 1, "finished_run": _TAKEN_BACK}
    tx.execute(update(_table).where(_table.c.id == unit.id).values(changes))


def list_by_journey(tx: Connection, journey: str) -> list[ImportSummary]:
    """Return the units of a journey, the latest import last."""
    rows = imported_row_table
    counts = (
        select(
            rows.c.import_id,
            func.sum(case((rows.c.erased, 0), else_=1)).label("rows"),
            func.sum(case((rows.c.erased, 1), else_=0)).label("erased"),
        )
        .group_by(rows.c.import_id)
        .subquery()
    )
    found = (
        select(_table, func.coalesce(counts.c.rows, 0).label("rows"), func.coalesce(counts.c.erased, 0).label("erased"))
        .outerjoin(counts, counts.c.import_id == _table.c.id)
        .where(_table.c.journey == journey)
        .order_by(_table.c.last_at, _table.c.id)
    )
    return [
        ImportSummary(
            name=row.name,
            kind=row.kind,
            day=row.day,
            rows=int(row.rows),
            erased=int(row.erased),
            last_at=row.last_at,
            is_finished=row.finished_run == row.run,
            is_taken_back=row.finished_run == _TAKEN_BACK,
        )
        for row in tx.execute(found)
    ]


def delete_unit(tx: Connection, import_id: int) -> None:
    """Delete a unit and what is known of its rows; take their facts back before."""
    tx.execute(delete(_table).where(_table.c.id == import_id))
