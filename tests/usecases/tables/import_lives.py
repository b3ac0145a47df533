"""Random lives of imports from files: tried, imported, repeated, taken back, while people are forgotten, days retire.

`random_answers` and `random_events` prove the figures below the files; here are the promises of a whole import.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from sqlalchemy import select

from bot.db.asking.tables import answer_table
from bot.db.audit.tables import audit_entry_table
from bot.db.engine.database import Connection
from bot.db.imports.tables import imported_row_table, table_import_table
from bot.db.journeys.tables import visit_table
from bot.db.tables import metadata
from bot.usecases.people.forget_customer import ForgetCustomer
from bot.usecases.tables.import_report import ImportReport
from bot.usecases.tables.import_table import ImportTable
from bot.usecases.tables.list_imports import UnknownImport
from bot.usecases.tables.try_import import TryImport
from bot.usecases.upkeep.retire_rows import RetireRows
from cjm.tables.row_outcome import RowOutcome
from tests.usecases.tables.cafe import CLOCK, RULES, Cafe

PEOPLE = ("anna", "boris", "cleo")
RETENTION = timedelta(days=60)
CANARY = "s3cret"  # in cells that cannot be read; in no message
_TELLS = 'customer = "Who"\nattributes = { city = "City" }\n'
_ANSWERS = 'at = "When"\nquestions = { counter_csat = "Score", counter_why = { column = "Why", separator = ";" } }\n'
MAPPINGS: Mapping[str, str] = {
    "named": f'row = "No"\n{_TELLS}{_ANSWERS}',
    "by content": _TELLS + _ANSWERS,
    "of strangers": _ANSWERS,
    "of events": f'kind = "events"\nrow = "No"\n{_TELLS}touchpoints = {{ counter = "When", table = "Later" }}\n',
}
"""Mappings by the names of their imports."""
Row = dict[str, str]
Dump = dict[str, list[str]]


@dataclass
class ImportLife:
    """Tables of the `MAPPINGS`, each with the rows that its last file had."""

    cafe: Cafe
    random: Random
    files: dict[str, list[Row]] = field(default_factory=dict)

    async def live(self, steps: int) -> None:
        """Do something at random, and check what always holds after each step."""
        for _ in range(steps):
            name, luck = self.random.choice(list(MAPPINGS)), self.random.random()
            if luck < 0.7:
                await self.take(name)
            elif luck < 0.8:
                await self.undo(name)
            elif luck < 0.9:
                await ForgetCustomer(self.cafe.db, CLOCK, 1).by_external_id(self.random.choice(PEOPLE))
            else:
                await RetireRows(self.cafe.db, CLOCK, RETENTION, 1)()
            assert await self.cafe.count_wrong_counters() == 0
            await self.cafe.db.read(_check_erased_rows)

    async def take(self, name: str) -> None:
        """Try a file, import it, and import it again: the trial was right, and nothing is stored twice."""
        rows = self.files[name] = self.change(self.files.get(name, []))
        source = self.cafe.write(_write(rows), MAPPINGS[name], name)
        is_mirror = self.random.random() < 0.4
        before = await self.dump()
        trial = await TryImport(self.cafe.db, CLOCK, RULES, 1)(source, mirror=is_mirror, draws_map=False)
        assert await self.dump() == before
        take = ImportTable(self.cafe.db, CLOCK, RULES)
        report = await take(source, mirror=is_mirror)
        assert report.rows.total() == len(rows)
        assert _facts(trial.report) == _facts(report)
        assert CANARY not in str(report.refusals.reasons)
        after = await self.dump()
        again = await take(source, mirror=is_mirror)
        assert not again.rows.keys() & {RowOutcome.NEW, RowOutcome.CORRECTED}
        assert again.refused_rows == report.refused_rows
        assert await self.dump() == after

    async def undo(self, name: str) -> None:
        """Take an import back: no fact of it is left, and only erased rows keep their places."""
        try:
            await self.cafe.undo(name)
        except UnknownImport:
            return
        left = await self.cafe.db.read(lambda tx: _list_rows(tx, name))
        assert all(erased for _, erased in left)

    def change(self, rows: Sequence[Row]) -> list[Row]:
        """Return another version of a file: some rows as they are, others new, changed, gone or repeated."""
        before, changed = {row["No"]: row for row in rows}, []
        for number in map(str, range(5)):
            luck = self.random.random()
            if number in before and luck < 0.5:
                changed.append(before[number])
            elif luck < 0.8:
                changed.append(self.make_row(number))
        changed += self.random.choices(changed, k=self.random.randint(0, 1)) if changed else []
        return self.random.sample(changed, len(changed))

    def make_row(self, number: str) -> Row:
        random = self.random
        when = random.choice(["2026-11-18", "2026-10-25T02:30", "2026-08-03", CANARY if random.random() < 0.3 else ""])
        return {
            "No": number,
            "Who": random.choice(PEOPLE),
            "When": when,
            "Later": random.choice(["", "2026-11-19"]),
            "City": random.choice(["Warszawa", "gdańsk", ""]),
            "Score": random.choice(["1", "5", "", CANARY if random.random() < 0.3 else "2"]),
            "Why": random.choice(["", "slow", "rude;slow"]),
        }

    async def dump(self) -> Dump:
        """Return what all tables hold, but for the numbers of runs and the audit log."""
        return await self.cafe.db.read(_dump)


def _write(rows: Sequence[Row]) -> str:
    columns = ("No", "Who", "When", "Later", "City", "Score", "Why")
    return "\n".join(map(",".join, [columns, *([row[column] for column in columns] for row in rows)]))


def _facts(report: ImportReport) -> list[object]:
    """Return what a report says, but for whether it is a trial's."""
    reasons = [(str(reason.mistake), reason.rows, reason.places) for reason in report.refusals.reasons]
    counted = {subject: (Counter(found.outcomes), found.values) for subject, found in report.subjects.items()}
    days = (report.first_day, report.last_day)
    missing = (report.missing, report.missing_lines, report.removed)
    return [+report.rows, reasons, counted, days, missing, report.people, report.left_out]


def _dump(tx: Connection) -> Dump:
    runs = {"run", "finished_run", "last_at"}
    columns = {
        t.name: [c for c in t.c if t not in (table_import_table, imported_row_table) or c.name not in runs]
        for t in metadata.sorted_tables
        if t is not audit_entry_table  # it has an entry for each run
    }
    return {name: sorted(map(repr, tx.execute(select(*wanted)))) for name, wanted in columns.items()}


def _check_erased_rows(tx: Connection) -> None:
    erased = set(tx.scalars(select(imported_row_table.c.id).where(imported_row_table.c.erased)))
    for table in (answer_table, visit_table):
        assert not erased & set(tx.scalars(select(table.c.import_row_id)))


def _list_rows(tx: Connection, name: str) -> list[tuple[int, bool]]:
    rows, units = imported_row_table, table_import_table
    of_name = select(rows.c.id, rows.c.erased).join(units, units.c.id == rows.c.import_id).where(units.c.name == name)
    return [(row.id, row.erased) for row in tx.execute(of_name)]
