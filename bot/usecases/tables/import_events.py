"""A batch of past events is recorded, as if they had been posted; nobody is asked about them unless that is wanted."""

from collections.abc import Sequence
from datetime import datetime

from bot.db.engine.database import Connection
from bot.usecases.asking.record_visits import EventStatus, record
from cjm.asking.decision import AskingRules
from cjm.tables.csv_file import BadRow
from cjm.tables.event_rows import EventRow


def import_events(
    tx: Connection, rows: Sequence[EventRow], rules: AskingRules | None, now: datetime
) -> tuple[int, int, list[BadRow]]:
    """How many events are new, how many were known already, and the rows that hold an event that cannot be."""
    lines = [row.line for row in rows for _ in row.events]
    results = record(tx, [event for row in rows for event in row.events], rules, now)
    bad = {line: r.error for line, r in zip(lines, results, strict=True) if r.status is EventStatus.REJECTED}
    new, known = (sum(r.status is status for r in results) for status in (EventStatus.ACCEPTED, EventStatus.REPEATED))
    return new, known, [BadRow(line, error or "") for line, error in bad.items()]
