"""Random tables of events, imported, corrected, shortened and taken back, while the same events come over HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import select

from bot.db.engine.database import Connection
from bot.db.imports import imported_rows, table_imports
from bot.db.journeys import cohorts, journeys
from bot.db.journeys.tables import stage_entry_table
from bot.db.people.tables import customer_table
from bot.usecases.asking.event_checks import EventStatus
from bot.usecases.asking.record_visits import record_events
from bot.usecases.tables.rows.import_events import import_events
from bot.usecases.tables.rows.remove_rows import Removed, remove_rows
from bot.usecases.tables.undo_import import end_unit
from cjm.journeys.visit import Event
from cjm.tables.event_rows import EventRow
from cjm.tables.row_identity import digest_events, name_event
from cjm.tables.row_outcome import RowOutcome, RowResult
from tests.journeys import SMALL, small_journey
from tests.usecases.tables.random_answers import TableLife

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = (1, 2, 9, 40, 330, 420)
POINTS = ("search", "advert", "pay", "call", "open")
EventTable = dict[str, EventRow]
"""Rows by name."""


def make_event_row(
    name: str, events: Sequence[Event], *, import_name: str | None = None, line: int = 2, customer: str | None = None
) -> EventRow:
    """Make a row as `cjm.tables` reads it. Without an ``import_name`` its name is the id of its one event."""
    content = digest_events(name=name, customer=events[0].customer, events=events, places={})
    if import_name is None:
        events = [replace(event, id=name) for event in events]
    else:
        events = [replace(event, id=name_event(import_name, name, event.touchpoint)) for event in events]
    return EventRow(
        line=line,
        name=name,
        is_named=True,
        customer=customer or events[0].customer,
        content=content,
        events=tuple(events),
    )


@dataclass
class EventLife:
    """Imports of two names, and events over HTTP, in one transaction.

    ``tables`` are the rows that the database holds of each import. ``posted`` are the events that their sender was told
    to be stored, and ``withdrawn`` their ids and others' that were withdrawn.
    """

    tx: Connection
    random: Random
    tables: dict[str, EventTable] = field(default_factory=dict)
    posted: dict[str, Event] = field(default_factory=dict)
    withdrawn: dict[str, Event] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.journey = small_journey()
        journeys.apply(self.tx, self.journey, SMALL, now=NOW)

    def live(self, steps: int) -> None:
        """Import, correct, shorten, take back, post and withdraw at random."""
        for _ in range(steps):
            name, luck = self.random.choice(["own", "shared", "shared too"]), self.random.random()
            if luck < 0.15:
                self.undo(name)
            elif luck < 0.45:
                self.post_some()
            else:
                table = self.change(name, self.tables.get(name, {}))
                self.take(name, table, is_mirror=self.random.random() < 0.5)

    def change(self, name: str, table: EventTable) -> EventTable:
        """Return another version of a table: some rows as they are, others new, changed or gone."""
        changed = {}
        for number in range(4):
            row, luck = f"r{number}", self.random.random()
            if row in table and luck < 0.3:
                changed[row] = table[row]
            elif luck < 0.8:
                changed[row] = self.make_row(name, row)
        return changed

    def make_row(self, name: str, row: str) -> EventRow:
        """Make a wide row of one person for "own", whose events are the import's, and else a row of one known id."""
        customer, attributes = self.random.choice(["anna", "boris"]), self.choose_class()
        if name != "own":
            return make_event_row(row, [replace(self.make_event(row), customer=customer)])
        points = self.random.sample(POINTS, self.random.randint(1, 3))
        events = [replace(self.make_event(row + p), touchpoint=p, customer=customer) for p in points]
        return make_event_row(row, [replace(e, attributes=attributes) for e in events], import_name="small/own")

    def make_event(self, key: str) -> Event:
        # A minute of its own: what two events tell about one moment cannot be told apart any more.
        minutes = sum(key.encode()) % 700
        at = NOW - timedelta(days=self.random.choice(DAYS), minutes=minutes)
        return Event(
            key,
            self.random.choice(["anna", "boris"]),
            "small",
            at,
            touchpoint=self.random.choice(POINTS),
            channel=self.random.choice([None, "app"]),
            passage=self.random.choice([None, None, "order 7"]),
            attributes=self.choose_class(),
            amount=self.random.choice([None, 5]),
            measures=self.random.choice([None, {"wait": 2}, {"wait": 3.5}]),
        )

    def choose_class(self) -> Mapping[str, str]:
        return {"class": self.random.choice(["gold", "silver", "tin"])}

    def post_some(self) -> None:
        """Post events over HTTP: new ones, those of the tables as they are or changed, and withdrawals."""
        stored = [e for table in self.tables.values() for row in table.values() for e in row.events]
        shared = [event for event in stored if event.id.startswith("r")]
        events = [self.make_event(f"r{self.random.randint(0, 5)}")]
        events += self.random.sample(shared, min(len(shared), 1))
        events += [replace(e, withdrawn=True, attributes=None) for e in self.random.sample(stored, min(len(stored), 1))]
        self.post(self.random.sample(events, self.random.randint(1, len(events))))

    def post(self, events: Sequence[Event]) -> list[EventStatus]:
        results = record_events(self.tx, events, None, NOW)
        for event, result in zip(events, results, strict=True):
            if result.status in (EventStatus.ACCEPTED, EventStatus.REPEATED):
                (self.withdrawn if event.withdrawn else self.posted).setdefault(event.id, event)
        return [result.status for result in results]

    def take(self, name: str, table: EventTable, *, is_mirror: bool = False) -> list[RowResult]:
        """Import a table in small batches, and remove what it lacks with ``is_mirror``."""
        unit = table_imports.start_run(self.tx, "small", name, "events", None, NOW)
        rows, results = list(table.values()), []
        for start in range(0, len(rows), 2):
            results += import_events(self.tx, unit, self.journey, rows[start : start + 2], None, NOW)
        table_imports.finish_run(self.tx, unit)
        held = self.tables.setdefault(name, {})
        missing = imported_rows.list_missing(self.tx, unit, 100)
        assert len(missing) == len(held.keys() - table.keys())
        if is_mirror and all(result.outcome is not RowOutcome.REFUSED for result in results):
            remove_rows(self.tx, self.journey, missing)
            self.tables[name] = held = {key: row for key, row in held.items() if key in table}
        for result in results:
            assert isinstance(result.row, EventRow)
            if result.outcome in (RowOutcome.NEW, RowOutcome.CORRECTED):
                held[result.row.name] = result.row
        return results

    def undo(self, name: str) -> Removed:
        """Take a whole import back."""
        self.tables.pop(name, None)
        removed = Removed()
        for unit in table_imports.list_by_name(self.tx, "small", name):
            while rows := imported_rows.list_rows(self.tx, unit.id, 2):
                removed += remove_rows(self.tx, self.journey, rows)
            end_unit(self.tx, unit)
        return removed

    def repeat_facts(self, life: "EventLife") -> None:
        """Store what another life has left: what was posted, then its tables, then what was withdrawn."""
        self.post(sorted(life.posted.values(), key=lambda event: event.id))
        for name, table in sorted(life.tables.items()):
            self.take(name, table)
        self.post(sorted(life.withdrawn.values(), key=lambda event: event.id))

    def read_figures(self) -> tuple[object, ...]:
        """Return all counters and stage entries, with cohorts and people by what they are."""
        known = {number: tuple(cohort.items()) for number, cohort in cohorts.list_by_journey(self.tx, "small").items()}
        people = {row.id: row.external_id for row in self.tx.execute(select(customer_table))}
        entries = sorted(
            (people[r.customer_id], r.passage, r.stage, r.at, str(r.next_at), r.channel, known[r.cohort_id])
            for r in self.tx.execute(select(stage_entry_table))
        )
        return TableLife(self.tx, self.random).read_counters(), entries
