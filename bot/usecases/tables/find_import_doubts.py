"""Find signs that a file is imported by mistake, before anything of it is stored.

Invariants:

* Memory does not grow with the file: of many different rows a sample is compared, chosen by the digest of what they
  say, so that equal rows are in every sample or in none.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.clock import Clock
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows, table_imports
from bot.usecases.tables.import_source import ImportSource
from bot.usecases.tables.import_table import ReportProgress, ignore_progress, never
from cjm.tables.table_file import BadRow

MOST_CONTENTS = 20_000  # different rows that are compared; of more, about half are taken, then a quarter …
_REPORT_EVERY = 1000  # rows


class DoubtKind(StrEnum):
    """Sign that a file is imported by mistake."""

    EQUALS_OTHER = "equals_other"  # most of its rows are those of another import
    KNOWS_NONE = "knows_none"  # its rows have no names, and the import that it names holds none of them


@dataclass(frozen=True, slots=True)
class ImportDoubt:
    """Doubt about an import.

    ``share`` of the file's rows are those of the import ``other`` (EQUALS_OTHER); the import holds ``held`` rows, none
    of them the file's (KNOWS_NONE).
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


class FindImportDoubts:
    """``await find_doubts(source) -> list[ImportDoubt]``, empty when nothing looks wrong.

    The file is read once, unless the journey has no import yet. Raises TableError.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def __call__(
        self,
        source: ImportSource,
        on_progress: ReportProgress = ignore_progress,
        is_stopped: Callable[[], bool] = never,
    ) -> list[ImportDoubt]:
        if not await self._db.read(lambda tx: table_imports.list_by_journey(tx, source.journey.key)):
            return []
        sample, is_named = _ContentSample(), False
        for number, row in enumerate(source.read_rows(self._clock.now())):
            if not isinstance(row, BadRow):
                sample.add(row.content, row.name)
                is_named = row.is_named
            if number % _REPORT_EVERY == 0:
                on_progress(source.file.bytes_read)
                if is_stopped():
                    break
        return await self._db.read(lambda tx: _find_doubts(tx, source, sample, is_named=is_named))


def _find_doubts(tx: Connection, source: ImportSource, sample: _ContentSample, *, is_named: bool) -> list[ImportDoubt]:
    rows, mapping, doubts = sample.counts.total(), source.mapping, list[ImportDoubt]()
    unit = table_imports.find_unit(tx, source.journey.key, source.name, mapping.kind, mapping.day)
    equal = imported_rows.count_equal_contents(
        tx, source.journey.key, list(sample.counts.elements()), unit.id if unit else None
    )
    other, n = max(equal.items(), key=lambda item: item[1], default=("", 0))
    if 2 * n > rows:
        doubts.append(ImportDoubt(DoubtKind.EQUALS_OTHER, other=other, share=n / rows))
    if unit is not None and rows and not is_named:
        held = imported_rows.count_rows(tx, unit.id)
        names = [unit.hash_name(name) for name in sample.names.values()]
        if held and not imported_rows.find_by_names(tx, unit.id, names):
            doubts.append(ImportDoubt(DoubtKind.KNOWS_NONE, held=held))
    return doubts
