"""Compare the rows of a batch with what their import knows of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.db.engine.database import Connection
from bot.db.imports import imported_rows
from bot.db.imports.imported_rows import ImportedRow
from bot.db.imports.table_imports import TableImport
from cjm.errors import Mistake
from cjm.tables.row_identity import IdentifiedRow
from cjm.tables.row_outcome import RowOutcome

R = TypeVar("R", bound=IdentifiedRow)
ANOTHER_CONTENT = Mistake("", "another row of this file has the same name and other content")


@dataclass(frozen=True, slots=True)
class ComparedRow(Generic[R]):
    """Row of a file, the hash of its name, its outcome, and what its import has stored of it."""

    row: R
    name: bytes
    outcome: RowOutcome
    known: ImportedRow | None


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


def mark_seen(tx: Connection, unit: TableImport, compared: Sequence[ComparedRow[R]]) -> None:
    """Store that the unit's run saw the rows that it leaves as they are."""
    left = (RowOutcome.KNOWN, RowOutcome.ERASED)
    seen = {c.name: (c.known, c.row.line) for c in reversed(compared) if c.outcome in left and c.known is not None}
    imported_rows.mark_seen(tx, unit.run, [(known, line) for known, line in seen.values() if known.run != unit.run])
