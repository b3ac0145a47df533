"""Find signs that a file is imported by mistake, before anything of it is stored.

Invariants:

* Memory does not grow with the file: of many different rows a sample is compared, chosen by the digest of what they
  say, so that equal rows are in every sample or in none.
* Erased rows say nothing that could be compared, but their imports know the names of their rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.usecases.tables.import_source import ImportSource
from bot.usecases.tables.import_table import ReportProgress, ignore_progress
from bot.usecases.tables.replaced_rows import MOST_COMPARED, measure_replaced_share
from cjm.tables.answer_rows import AnswerRow
from cjm.tables.event_rows import EventRow
from cjm.tables.row_identity import repeat_name
from cjm.tables.table_file import BadRow

MOST_CONTENTS = 20_000  # different rows that are compared; of more, about half are taken, then a quarter …
_REPORT_EVERY = 1000  # rows


class DoubtKind(StrEnum):
    """Sign that a file is imported by mistake."""

    EQUALS_OTHER = "equals_other"  # most of its rows are those of another import
    KNOWS_NONE = "knows_none"  # its rows have no names, and the import that it names holds none of them
    REPLACES = "replaces"  # its rows have the names of others: they would replace what those told


@dataclass(frozen=True, slots=True)
class ImportDoubt:
    """Doubt about an import.

    ``share`` of the file's rows are those of the import ``other`` (EQUALS_OTHER); the import holds ``held`` rows, none
    of them the file's (KNOWS_NONE); ``share`` of the rows that it knows by name tell something else (REPLACES).
    """

    kind: DoubtKind
    other: str = ""
    share: float = 0.0
    held: int = 0


class _ContentSample:
    """Contents of rows, each with how often it occurs and the first name of such a row."""

    def __init__(self) -> None:
        self.counts: Counter[bytes] = Counter()
        self.names: dict[bytes, str] = {}
        self._one_of = 1

    def add(self, content: bytes, name: str) -> None:
        """Count a row, if its content is in the sample."""
        if int.from_bytes(content[:4], "big") % self._one_of:
            return
        self.counts[content] += 1
        self.names.setdefault(content, name)
        if len(self.counts) > MOST_CONTENTS:
            self._one_of *= 2
            for left_out in [c for c in self.counts if int.from_bytes(c[:4], "big") % self._one_of]:
                del self.counts[left_out], self.names[left_out]

    def list_names(self) -> list[str]:
        """Return the names of these rows: of rows that are named by what they say, also of their repetitions."""
        return [
            name
            for content, first in self.names.items()
            for name in (repeat_name(first, self.counts[content]) if first == content.hex() else [first])
        ]


class FindImportDoubts:
    """``await find_doubts(source) -> list[ImportDoubt]``, empty when nothing looks wrong.

    The file is read once, unless the journey has no import yet. Raises TableError.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(self, source: ImportSource, on_progress: ReportProgress = ignore_progress) -> list[ImportDoubt]:
        if not await self._db.read(lambda tx: table_imports.list_by_journey(tx, source.journey.key)):
            return []
        sample, first_named = _ContentSample(), list[AnswerRow | EventRow]()
        for number, row in enumerate(source.read_rows(self._clock.now())):
            if not isinstance(row, BadRow):
                sample.add(row.content, row.name)
                if row.is_named and len(first_named) < MOST_COMPARED:
                    first_named.append(row)
            if number % _REPORT_EVERY == 0:
                on_progress(source.file.bytes_read)
        return await self._db.read(lambda tx: _find_doubts(tx, source, sample, first_named))


def _find_shares(
    tx: Connection, journey: str, sample: _ContentSample, except_id: int | None, *, is_named: bool
) -> dict[str, float]:
    """Return which share of the file's rows each other import holds, or held until they were erased, by its name."""
    rows = sample.counts.total()
    equal = imported_rows.count_equal_contents(tx, journey, sample.counts, except_id)
    shares = {name: n / rows for name, n in equal.items()}
    names = sample.list_names()
    for unit in table_imports.list_with_erased_rows(tx, journey, except_id):
        known = imported_rows.find_by_names(tx, unit.id, map(unit.hash_name, names)).values()
        erased, held = sum(row.erased for row in known), equal.get(unit.name, 0)
        # A name that is made of what a row says tells that they are equal. A given name may be that of another row of
        # today, such as "1": then only the other rows are compared.
        share = held / max(rows - erased, held, 1) if is_named else min((held + erased) / rows, 1)
        shares[unit.name] = max(share, shares.get(unit.name, 0))
    return shares


def _find_doubts(
    tx: Connection, source: ImportSource, sample: _ContentSample, first_named: Sequence[AnswerRow | EventRow]
) -> list[ImportDoubt]:
    rows, mapping, doubts = sample.counts.total(), source.mapping, list[ImportDoubt]()
    is_named = bool(first_named)
    unit = table_imports.find_unit(tx, source.journey.key, source.name, mapping.kind, mapping.day)
    shares = _find_shares(tx, source.journey.key, sample, unit.id if unit else None, is_named=is_named) if rows else {}
    other, share = max(shares.items(), key=lambda item: item[1], default=("", 0.0))
    if 2 * share > 1:
        doubts.append(ImportDoubt(DoubtKind.EQUALS_OTHER, other=other, share=share))
    if unit is not None and rows and not is_named:
        held = imported_rows.count_rows(tx, unit.id)
        names = [unit.hash_name(name) for name in sample.names.values()]
        if held and not imported_rows.find_by_names(tx, unit.id, names):
            doubts.append(ImportDoubt(DoubtKind.KNOWS_NONE, held=held))
    if unit is not None and 2 * (replaced := measure_replaced_share(tx, unit, first_named)) > 1:
        doubts.append(ImportDoubt(DoubtKind.REPLACES, share=replaced))
    return doubts
