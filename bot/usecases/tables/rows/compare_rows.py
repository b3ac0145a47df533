"""Compare the rows of a batch with what their import knows of them, and lock the people whom they change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.imports.imported_rows import ImportedRow, NewImportedRow
from bot.db.imports.table_imports import TableImport
from bot.db.people import customers
from cjm.errors import Mistake
from cjm.tables.row_identity import IdentifiedRow
from cjm.tables.row_outcome import RowOutcome

R = TypeVar("R", bound=IdentifiedRow)
CHANGING = (RowOutcome.NEW, RowOutcome.CORRECTED)
ANOTHER_CONTENT = Mistake(
    "", "another row of this file has the same name and other content; if names repeat, row needs one more column"
)


@dataclass(frozen=True, slots=True)
class ComparedRow(Generic[R]):
    """Row of a file, the hash of its name, its outcome, and what its import has stored of it."""

    row: R
    name: bytes
    outcome: RowOutcome
    known: ImportedRow | None

    @property
    def is_changing(self) -> bool:
        """True if facts are stored or exchanged for the row."""
        return self.outcome in CHANGING


def compare_rows(tx: Connection, unit: TableImport, rows: Sequence[R]) -> list[ComparedRow[R]]:
    """Return each row with its outcome. Of the rows of one file with the same name the first counts."""
    names = [unit.hash_name(row.name) for row in rows]
    known = imported_rows.find_by_names(tx, unit.id, names)
    seen = {name: row.content for name, row in known.items() if row.run == unit.run}
    compared = []
    for row, name in zip(rows, names, strict=True):
        outcome = _find_outcome(row, known.get(name), seen.get(name))
        if outcome is not RowOutcome.REFUSED:
            seen[name] = row.content
        compared.append(ComparedRow(row, name, outcome, known.get(name)))
    return compared


def _find_outcome(row: IdentifiedRow, known: ImportedRow | None, seen: bytes | None) -> RowOutcome:
    """Return the outcome of a row; ``seen`` is the content of an earlier row of this file with its name."""
    if known is not None and known.erased:
        return RowOutcome.ERASED
    if seen is not None:
        return RowOutcome.KNOWN if seen == row.content else RowOutcome.REFUSED
    if known is None:
        return RowOutcome.NEW
    return RowOutcome.KNOWN if known.content == row.content else RowOutcome.CORRECTED


def lock_people(
    tx: Connection, compared: Sequence[ComparedRow[R]], name_customer: Callable[[R], str]
) -> tuple[set[str], list[ComparedRow[R]]]:
    """Make other writers about the people of new and corrected rows wait; return who is locked, and the rows then.

    A corrected row is erased if its person was forgotten since it was compared.
    """
    corrected = [one.known for one in compared if one.outcome is RowOutcome.CORRECTED and one.known]
    before = customers.list_by_ids(tx, sorted({row.customer_id for row in corrected if row.customer_id is not None}))
    wanted = {name_customer(one.row) for one in compared if one.is_changing}
    locked = customers.lock_external_ids(tx, wanted | {p.external_id for p in before.values() if p.external_id})
    now = {row.id: row for row in imported_rows.list_by_ids(tx, [row.id for row in corrected])}
    return locked, [_refresh(one, now) for one in compared]


def _refresh(one: ComparedRow[R], now: Mapping[int, ImportedRow]) -> ComparedRow[R]:
    known = now.get(one.known.id) if one.known is not None else None
    if known is None:
        return one
    return replace(one, known=known, outcome=RowOutcome.ERASED if known.erased else one.outcome)


def make_row(
    unit: TableImport, one: ComparedRow[R], customer_id: int, told: Mapping[datetime, Mapping[str, Any]]
) -> NewImportedRow:
    """Return what an import will know of a row; ``told`` are its attributes by the time since which they hold."""
    return NewImportedRow(
        import_id=unit.id,
        name=one.name,
        content=one.row.content,
        run=unit.run,
        line=one.row.line,
        customer_id=customer_id,
        told={at.astimezone(UTC).isoformat(): dict(told[at]) for at in told if told[at]} or None,
    )


def mark_seen(tx: Connection, unit: TableImport, compared: Sequence[ComparedRow[R]]) -> None:
    """Store that the unit's run saw the rows that it leaves as they are."""
    left = (RowOutcome.KNOWN, RowOutcome.ERASED)
    first = {c.name: c for c in reversed(compared)}.values()  # a row that is repeated stands where it stood first
    seen = [(c.known, c.row.line) for c in first if c.outcome in left and c.known is not None]
    imported_rows.mark_seen(tx, unit.run, [(known, line) for known, line in seen if known.run != unit.run])
