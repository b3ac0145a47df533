"""A café whose tables are imported, and what a person does with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.clock import FrozenClock
from bot.db.asking import answers
from bot.db.asking.answers import Answer
from bot.db.engine.database import Connection, Database
from bot.db.imports import imported_rows
from bot.db.imports.tables import table_import_table
from bot.db.journeys import journeys
from bot.db.people import attributes, customers
from bot.db.upkeep import counter_check
from bot.usecases.journeys.apply_journey import ApplyJourney
from bot.usecases.people.forget_customer import forget_customer
from bot.usecases.tables.import_report import ImportReport
from bot.usecases.tables.import_source import ImportSource, open_table
from bot.usecases.tables.import_table import ImportTable
from bot.usecases.tables.undo_import import UndoImport, UndoReport
from cjm.asking.decision import AskingRules
from cjm.journeys.journey_file import read_journey
from cjm.tables.row_outcome import RowOutcome

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLOCK, RULES = FrozenClock(NOW), AskingRules()
SOURCE = """
key = "cafe"
title = "Café"
timezone = "Europe/Warsaw"
[[attributes]]
key = "city"
title = "City"
values = ["Warszawa", "Gdańsk"]
[[stages]]
key = "visit"
title = "Visit"
[[stages.touchpoints]]
key = "counter"
title = "Counter"
channel = "store"
[[stages.touchpoints]]
key = "table"
title = "Table"
channel = "person"
[[stages]]
key = "after"
title = "After"
[[stages.touchpoints]]
key = "receipt"
title = "Receipt"
channel = "email"
[[surveys]]
key = "counter"
on = { touchpoint = "counter" }
[[surveys.questions]]
key = "counter_csat"
kind = "csat"
text = "How was it?"
[[surveys.questions]]
key = "counter_why"
kind = "choice"
text = "Why?"
options = [{ key = "slow", title = "Too slow" }, { key = "rude", title = "Rude" }]
[[surveys.questions]]
key = "counter_words"
kind = "text"
text = "In your words?"
[[surveys]]
key = "table"
on = { touchpoint = "table" }
[[surveys.questions]]
key = "table_csat"
kind = "csat"
text = "How was it?"
[[surveys.questions]]
key = "visit_nps"
kind = "nps"
about = "visit"
text = "Would you?"
"""
CAFE = read_journey(SOURCE, "cafe.toml")

WIDE = """
customer = "Client"
at = { column = "When", format = "%d.%m.%Y %H:%M" }
attributes = { city = "City" }
[questions]
counter_csat = { column = "Counter", values = { great = 5 }, not_applicable = ["-", ""] }
counter_why = "Why"
counter_words = "Words"
visit_nps = "NPS"
"""
HEAD = "Client;When;City;Counter;Why;Words;NPS\n"
NUMBERED = 'row = "No"\nday = 2026-10-01\nquestions.counter_csat = "Score"'
"""Mapping of the smallest table whose rows have names, such as `numbered` makes."""


def numbered(*scores: object, first: int = 1) -> str:
    """Return a table of numbered rows, each with a score."""
    return "No,Score\n" + "".join(f"{n},{score}\n" for n, score in enumerate(scores, first))


class Cafe:
    """Database with the café's journey in force."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db, self.file, self.journey = db, folder / "table.csv", CAFE

    async def open(self, source: str = SOURCE) -> "Cafe":
        """Apply the journey, or another version of it."""
        await ApplyJourney(self.db, CLOCK).apply(source, "cafe.toml")
        self.journey = read_journey(source, "cafe.toml")
        return self

    def write(self, table: str | bytes, mapping: str = WIDE, name: str | None = "cafe") -> ImportSource:
        """Write the table and open it."""
        self.file.write_bytes(table if isinstance(table, bytes) else table.encode())
        return open_table(self.file, self.journey, mapping, "mapping.toml", name)

    async def take(
        self, table: str | bytes, mapping: str = WIDE, name: str | None = "cafe", *, mirror: bool = False
    ) -> ImportReport:
        """Import a table."""
        return await ImportTable(self.db, CLOCK, RULES)(self.write(table, mapping, name), mirror=mirror)

    async def undo(self, name: str = "cafe") -> UndoReport:
        return await UndoImport(self.db)("cafe", name)

    async def answers_of(self, who: str) -> list[Answer]:
        """Return what somebody answered, by question."""

        def read(tx: Connection) -> list[Answer]:
            person = customers.find_by_external_id(tx, who)
            return sorted(answers.list_by_customer(tx, person.id), key=lambda a: a.question) if person else []

        return await self.db.read(read)

    async def attributes_of(self, who: str) -> dict[str, Any]:
        """Return the last that was told about somebody."""

        def read(tx: Connection) -> dict[str, Any]:
            person = customers.find_by_external_id(tx, who)
            return attributes.find_latest(tx, person.id) if person else {}

        return await self.db.read(read)

    async def forget(self, who: str) -> None:
        """Forget a customer, as the business asks for it."""

        def forget(tx: Connection) -> None:
            person = customers.find_by_external_id(tx, who)
            assert person is not None
            forget_customer(tx, person.id, None, 5, NOW)

        await self.db.write(forget)

    async def erase_rows(self, is_meant: Callable[[str], bool], most: int = 100) -> None:
        """Mark rows of imports as erased, as when their facts are retired."""

        def erase(tx: Connection) -> None:
            units = tx.execute(select(table_import_table.c.id, table_import_table.c.name)).all()
            for unit in units:
                rows = imported_rows.list_rows(tx, unit.id, most) if is_meant(unit.name) else []
                imported_rows.mark_erased(tx, [row.id for row in rows])

        await self.db.write(erase)

    async def count_wrong_counters(self) -> int:
        def count(tx: Connection) -> int:
            return len(counter_check.list_wrong_counters(tx, journeys.list_current(tx)["cafe"]))

        return await self.db.read(count)


def counts(report: ImportReport) -> dict[RowOutcome, int]:
    """Return the rows by outcome, without the outcomes of no row."""
    return {outcome: n for outcome, n in report.rows.items() if n}


def answer_counts(report: ImportReport) -> dict[str, int]:
    """Return the answers or events by outcome."""
    found: dict[str, int] = {}
    for subject in report.subjects.values():
        for outcome, n in subject.outcomes.items():
            found[outcome.value] = found.get(outcome.value, 0) + n
    return found


def reasons(report: ImportReport) -> list[tuple[str, list[int]]]:
    """Return the reasons of refused rows with the first lines of each."""
    return [(str(reason.mistake), [place.line for place in reason.places]) for reason in report.refusals.reasons]
